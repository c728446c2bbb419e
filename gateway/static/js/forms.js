// A long form is not lost to a stray tap: the browser asks before leaving it half filled in.
let dirty = false;

document.addEventListener("input", (event) => {
  if (event.target.closest("form[data-guard]")) dirty = true;
});
document.addEventListener("submit", (event) => {
  dirty = false;
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.dataset.sent === "yes") {
    if (form.dataset.sent === "yes") event.preventDefault();
    return;
  }
  // A second tap on a slow network must not send the form twice. Ten seconds later it may be tried again.
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 10000);
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

// On a phone the row of rooms is wider than the screen: the one we are in is brought into view, the page stays put.
const here = document.querySelector(".tabs [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft - (here.parentElement.clientWidth - here.offsetWidth) / 2;

// After a refused form, the first thing read is what must be mended.
(document.querySelector("[data-error-summary]") ?? document.querySelector("main [aria-invalid]"))?.focus();
