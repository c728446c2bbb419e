// The studio without waiting: acts are sent in the background, and the page follows the room by its event stream.
const studio = document.querySelector("[data-studio]");
const stream = `/api/v1/broadcasts/${studio.dataset.studio}/stream`;

// Parts are taken from a fresh copy of the page, but never from under somebody's hands.
function take(html, force = []) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    const busy = part.contains(document.activeElement) && document.activeElement !== part;
    const reading = part.querySelector("details[open] form");
    if (!next || ((busy || reading) && !force.includes(part.dataset.live))) continue;
    const { scrollTop } = part;
    part.replaceChildren(...next.childNodes);
    part.scrollTop = scrollTop;
  }
  const said = fresh.querySelector(".flash");
  const shown = document.querySelector(".flash");
  if (said && shown) shown.replaceWith(said);
  else if (said) document.querySelector(".desk").before(said);
  const state = fresh.querySelector("[data-studio]");
  if (!state) return;
  const opened = state.dataset.state !== studio.dataset.state || state.dataset.rehearsing !== studio.dataset.rehearsing;
  // What may be done has changed as a whole.
  if (opened) location.reload();
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
  form.querySelectorAll("textarea[required]").forEach((box) => answer.ok && (box.value = ""));
  take(await answer.text(), part ? [part] : []);
  scrollTo({ top: 0, behavior: "smooth" });
});

// A room that waits for the gate, is open, halted or rehearses has a stream; a lost one is tried again.
const rehearsing = Boolean(studio.dataset.rehearsing);
function listen(pause) {
  const source = new EventSource(stream);
  for (const event of ["state", "chat", "bye"]) source.addEventListener(event, refresh);
  source.onopen = () => (pause = 1000);
  source.onerror = () => source.readyState === EventSource.CLOSED && setTimeout(listen, pause, Math.min(pause * 2, 30000));
}
if (rehearsing || ["opening", "open", "halted"].includes(studio.dataset.state)) listen(1000);

setInterval(() => {
  const clock = document.querySelector("[data-until]");
  const left = Math.round((Date.parse(clock.dataset.until) - Date.now()) / 1000);
  if (left < 0 || left > 86400) return;
  const text = `${Math.floor(left / 3600)}:${String(Math.floor(left / 60) % 60).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
  clock.textContent = clock.dataset.word.replace("{left}", text);
}, 1000);
