// While somebody types, names that begin alike are offered; the form works without them.
const PAUSE_MS = 150;
const field = document.querySelector("[data-suggest]");
const offered = field && document.getElementById(field.getAttribute("list"));

if (offered) {
  let waiting = 0;
  const ask = async () => {
    const typed = field.value.trim();
    if (!typed || typed.length > 40) return offered.replaceChildren();
    try {
      const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(typed)}`);
      if (!answer.ok || field.value.trim() !== typed) return;
      const { items } = await answer.json();
      offered.replaceChildren(...items.map(({ text }) => Object.assign(document.createElement("option"), { value: text })));
    } catch {
      // Without the network there is nothing to offer.
    }
  };
  field.addEventListener("input", (event) => {
    clearTimeout(waiting);
    // Half a syllable that an input method is still composing is no word yet.
    if (!event.isComposing) waiting = setTimeout(ask, PAUSE_MS);
  });
}
