// A reservation counts down; when it is over, the page is asked again how things stand.
const AGAIN_MS = 3000; // When it has just run out.
const LATER_MS = 20000; // When it was over as the page came: orders waits a while for the provider's last word.
const shown = document.querySelector("[data-left]");

if (shown) {
  // Counted from the server's seconds: the clock of a phone may be wrong.
  const end = performance.now() + shown.dataset.left * 1000;
  const show = () => {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left <= 0) {
      clearInterval(ticking);
      shown.textContent = shown.dataset.over;
      shown.hidden = false;
      shown.classList.add("is-over");
      setTimeout(() => location.reload(), Number(shown.dataset.left) > 0 ? AGAIN_MS : LATER_MS);
      return;
    }
    const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    // A screen reader is not told every second.
    shown.setAttribute("aria-live", left % 60 === 0 ? "polite" : "off");
    shown.textContent = shown.dataset.word.replace("{left}", text);
    shown.hidden = false;
  };
  const ticking = setInterval(show, 1000);
  show();
}
