// While somebody types, names that begin alike are offered in a list; the form works without them.
const PAUSE_MS = 150;
const field = document.querySelector("[data-suggest]");
const list = field && document.getElementById(field.dataset.controls);
const said = document.querySelector("[data-suggest-said]");

if (list) {
  let waiting = 0;
  let chosen = -1;
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");

  const choose = (place) => {
    chosen = place;
    [...list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === place)));
    const option = list.children[place];
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    clearTimeout(waiting);
    list.hidden = true;
    said.textContent = "";
    field.setAttribute("aria-expanded", "false");
    choose(-1);
  };
  const take = (option) => {
    field.value = option.textContent;
    close();
    field.form.requestSubmit();
  };
  const offer = (items) => {
    list.replaceChildren(
      ...items.map(({ text }, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.textContent = text;
        return option;
      }),
    );
    choose(-1);
    list.hidden = items.length === 0;
    field.setAttribute("aria-expanded", String(items.length > 0));
    said.textContent = items.length ? field.dataset.said.replace("{count}", items.length) : "";
  };
  const ask = async () => {
    const typed = field.value.trim();
    if (!typed || typed.length > 40) return close();
    try {
      const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(typed)}`);
      if (!answer.ok) return close();
      const { items } = await answer.json();
      // What comes late answers an older question, or somebody who has gone on.
      if (field.value.trim() === typed && document.activeElement === field) offer(items);
    } catch {
      close(); // Without the network there is nothing to offer.
    }
  };
  field.addEventListener("input", (event) => {
    clearTimeout(waiting);
    // Half a syllable that an input method is still composing is no word yet.
    if (!event.isComposing) waiting = setTimeout(ask, PAUSE_MS);
  });
  field.addEventListener("compositionend", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE_MS);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const count = list.children.length;
    if (event.key === "ArrowDown") choose(chosen + 1 < count ? chosen + 1 : 0);
    else if (event.key === "ArrowUp") choose(chosen > 0 ? chosen - 1 : count - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) take(list.children[chosen]);
    else return;
    event.preventDefault();
  });
  // A press must not take the focus away before it has chosen.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  field.addEventListener("blur", close);
}
