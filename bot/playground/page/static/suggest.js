// Suggestions in a composer after @ and /, and its Enter key.
// Keys follow https://www.w3.org/WAI/ARIA/apg/patterns/combobox/; a text area keeps its own role.
const WORDS = {
  "@": [["Threadline", "the bot"], ["ada", "Ada"], ["bob", "Bob"], ["gil", "Gil"], ["eve", "Eve"]],
  "/": [["processor", "choose research depth, cost and speed"], ["processor help", "how to use it"], ["processor me", "your own setting"], ["threadline me", "what you've spent, and what is left"], ["threadline help", "what admins can do"]],
};

export function suggest(form, send) {
  const field = form.elements.text;
  const list = form.querySelector(".suggestions");
  let found = [];
  let at = -1;

  list.id = `${field.id}-suggestions`;
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  close();

  function close() {
    list.hidden = true;
    found = [];
    at = -1;
    field.removeAttribute("aria-activedescendant");
  }

  function word() {
    const before = field.value.slice(0, field.selectionStart);
    return /(?:^|\s)(@)([\w-]*)$/.exec(before) ?? /^(\/)([\w -]*)$/.exec(before);
  }

  function update() {
    const typed = word();
    found = typed ? WORDS[typed[1]].filter(([name]) => name.toLowerCase().startsWith(typed[2].toLowerCase()) && name !== typed[2]) : [];
    if (!found.length) return close();
    at = typed[1] === "@" ? 0 : -1; // Enter sends a command as typed, unless one was chosen
    list.replaceChildren(...found.map(([name, about], index) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${index}`;
      item.setAttribute("role", "option");
      item.textContent = `${typed[1]}${name} · ${about}`;
      item.addEventListener("mousedown", (event) => { event.preventDefault(); take(index); });
      return item;
    }));
    list.hidden = false;
    mark();
  }

  function mark() {
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", `${list.id}-${at}`);
  }

  function take(index) {
    const typed = word();
    const end = field.selectionStart;
    const start = end - typed[2].length;
    field.setRangeText(`${found[index][0]} `, start, end, "end");
    close();
  }

  field.addEventListener("input", update);
  field.addEventListener("blur", close);
  form.addEventListener("reset", close);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !list.hidden;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (open && step) {
      at = at < 0 && step < 0 ? found.length - 1 : (at + step + found.length) % found.length;
      mark();
    } else if (open && (event.key === "Tab" || (event.key === "Enter" && at >= 0))) take(Math.max(at, 0));
    else if (open && event.key === "Escape") close();
    else if (event.key === "Enter" && !event.shiftKey) send();
    else return;
    event.preventDefault();
  });
}
