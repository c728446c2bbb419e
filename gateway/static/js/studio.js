// The studio without waiting: acts are sent in the background, and the page follows the room by its event stream.
const studio = document.querySelector("[data-studio]");
const stream = `/api/v1/broadcasts/${studio.dataset.studio}/stream`;

// Parts are taken from a fresh copy of the page, but never from under somebody's hands.
const typed = (field) => ("checked" in field && /checkbox|radio/.test(field.type) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);
const held = (part) =>
  part.querySelector("details[open] form") ||
  [...part.querySelectorAll("textarea, input:not([type=hidden])")].some(typed) ||
  (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"));

function take(html, force = []) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const state = fresh.querySelector("[data-studio]");
  if (!state) return false;
  // When what may be done has changed as a whole, what was half typed is of no use any more.
  const other = ["state", "rehearsing", "segment"].some((name) => state.dataset[name] !== studio.dataset[name]);
  Object.assign(studio.dataset, state.dataset);
  // What was refused is mended where it was typed.
  const said = fresh.querySelector(".flash");
  const refused = said?.querySelector(".notice--fail");
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!next || (!other && (refused || !force.includes(part.dataset.live)) && held(part))) continue;
    const { scrollTop } = part;
    part.replaceChildren(...next.childNodes);
    part.scrollTop = scrollTop;
  }
  const shown = document.querySelector(".flash");
  if (said && shown) shown.replaceWith(said);
  else if (said) document.querySelector(".desk").before(said);
  if (said && !refused) setTimeout(() => said.remove(), 8000);
  follow();
  return true;
}

let asked = false;
async function refresh() {
  if (asked) return;
  asked = true;
  await new Promise((done) => setTimeout(done, 400));
  asked = false;
  const answer = await fetch(location.href).catch(() => null);
  if (answer?.ok) take(await answer.text());
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-act]")) return;
  event.preventDefault();
  const button = event.submitter;
  if (button) button.disabled = true;
  const body = new URLSearchParams(new FormData(form, button?.name ? button : undefined));
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  if (button) button.disabled = false;
  if (!answer) return form.submit();
  const part = form.closest("[data-live]")?.dataset.live;
  // A page that is no studio (signed out meanwhile, say) is shown as it is.
  if (!take(await answer.text(), part ? [part] : [])) return location.assign(answer.url);
});

// A room that waits for the gate, is open, halted or rehearses has a stream; a lost one is tried again.
let source = null;
const runs = () => studio.dataset.rehearsing || ["opening", "open", "halted"].includes(studio.dataset.state);
function follow(pause = 1000) {
  if (source || !runs()) return;
  source = new EventSource(stream);
  for (const event of ["state", "chat", "removed", "folded", "stock", "bye"]) source.addEventListener(event, refresh);
  source.onopen = () => (pause = 1000);
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return;
    source = null;
    setTimeout(follow, pause, Math.min(pause * 2, 30000));
  };
}
follow();

setInterval(() => {
  const clock = document.querySelector("[data-until]");
  if (!clock) return;
  const left = Math.round((Date.parse(clock.dataset.until) - Date.now()) / 1000);
  if (left < 0 || left > 86400) return;
  const text = `${Math.floor(left / 3600)}:${String(Math.floor(left / 60) % 60).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
  clock.textContent = clock.dataset.word.replace("{left}", text);
}, 1000);
