// The page's script: it shows what the server has drawn, and posts back what people do.
//
// Where one looks (who, channel, thread, tab, panel) stands in the address, so a reload, a bookmark and
// the back button work. The stream `/live` sends the panes that have changed; Idiomorph puts them
// in place without losing focus, scroll position or open menus.
import { Idiomorph } from "/static/idiomorph.js";
import { find, followed } from "/static/permalinks.js";
import { suggest } from "/static/suggest.js";

const $ = (id) => document.getElementById(id);
const FOLLOWED = 3000; // ms that a log is kept at its end after something was said or pressed
const NAMES = ["who", "channel", "thread", "tab", "panel"];
let stream = null;
let asked = -Infinity; // when something was last said or pressed here, in ms
let opened = ""; // the tab of the direct messages that Slack has told the app of

// --- where one looks --------------------------------------------------------------------

function place() {
  const query = new URLSearchParams(location.search);
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name) || ""]));
}

function go(changes) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...place(), ...changes })) {
    if (value) query.set(name, value);
  }
  history.pushState(null, "", query.size ? `?${query}` : location.pathname);
  look();
}

function look() {
  const { who, channel, thread, tab, panel } = place();
  $("who").value = who || "ada";
  $("home").hidden = tab !== "home";
  $("thread").hidden = !thread;
  $("underneath").hidden = !panel;
  $("toggle-panel").setAttribute("aria-expanded", String(Boolean(panel)));
  document.body.dataset.open = [tab, thread && "thread", panel && "panel"].filter(Boolean).join(" ");
  for (const each of document.querySelectorAll("[data-panel]")) {
    const chosen = each.dataset.panel === panel;
    each.setAttribute("aria-selected", String(chosen));
    each.tabIndex = chosen ? 0 : -1;
  }
  open();
  const direct = /^(D|dm$)/.test(channel) ? `${who} ${tab || "messages"}` : "";
  if (direct && direct !== opened) act("open", { tab: tab || "messages" });
  opened = direct;
}

// --- the stream -------------------------------------------------------------------------

function open() {
  stream?.close();
  stream = new EventSource(`/live?${new URLSearchParams(place())}`);
  let first = true;
  stream.addEventListener("panes", (event) => {
    for (const [id, html] of Object.entries(JSON.parse(event.data))) show(id, html, first);
    find($("thread-log"));
    first = false;
    document.body.dataset.live = "yes";
  });
  stream.addEventListener("lost", (event) => {
    stream.close(); // what was looked at is not there (the playground was started anew)
    say(JSON.parse(event.data));
    go({ channel: "", thread: "", tab: "" });
  });
  stream.onerror = () => {
    document.body.dataset.live = "no";
    $("state").textContent = "The playground is not reached; trying again";
  };
}

function show(id, html, first) {
  const pane = $(id);
  const log = pane.closest("[role=log]");
  const end = log && log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  if (id === "modal") return showModal(pane, html);
  Idiomorph.morph(pane, html, { morphStyle: "innerHTML", ignoreActiveValue: filling(), callbacks: { beforeAttributeUpdated: keepOpen } });
  if (log && (end || first || performance.now() - asked < FOLLOWED)) log.scrollTop = log.scrollHeight;
}

// Whether somebody types or chooses: that is kept. A button that was pressed becomes what is drawn now.
const filling = () => document.activeElement.matches("input, select, textarea");

// A <details> that somebody has opened stays open when its message changes.
const keepOpen = (name, node) => !(name === "open" && node.tagName === "DETAILS");

function showModal(dialog, html) {
  const known = dialog.querySelector("form")?.id;
  if (!html) {
    dialog.close();
    dialog.replaceChildren();
    return;
  }
  const coming = new DOMParser().parseFromString(html, "text/html").querySelector("form").id;
  if (known === coming) Idiomorph.morph(dialog, html, { morphStyle: "innerHTML", ignoreActiveValue: filling() });
  else dialog.innerHTML = html;
  if (!dialog.open) dialog.showModal();
}

// --- what people do ---------------------------------------------------------------------

const SAYING = new Set(["say", "upload", "submit"]); // acts whose outcome stands at the end
let silence = 0;

function say(text) {
  $("notice").textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => { $("notice").textContent = ""; }, 8000);
}

async function act(name, fields, file) {
  if (SAYING.has(name)) asked = performance.now();
  const body = file ? new FormData() : new URLSearchParams();
  for (const [key, value] of Object.entries({ who: place().who || "ada", ...fields })) {
    if (value !== undefined) body.append(key, value);
  }
  if (file) body.append("file", file);
  try {
    const response = await fetch(`/${name}`, { method: "POST", body });
    const text = (await response.text()).trim();
    if (!response.ok) say(text || `refused (${response.status})`);
    return response.ok ? text : null;
  } catch {
    say("The playground is not reached. Is it still running?");
    return null;
  }
}

async function send(form) {
  const { channel, thread } = place();
  const fields = { channel, thread: form.dataset.for === "thread" ? thread : "" };
  const [text, file] = [form.elements.text.value, form.elements.file.files[0]];
  if (!text.trim() && !file) return;
  const command = /^(\/[a-z]+)\s*([^]*)$/.exec(text);
  let done;
  if (file) done = await act("upload", { ...fields, text }, file);
  else if (command) done = await act("command", { ...fields, command: command[1], text: command[2] });
  else done = await act("say", { ...fields, text, broadcast: form.elements.broadcast?.checked ? "1" : "" });
  if (done === null) return; // what was typed stays, to be put right
  if (form.elements.text.value === text) form.reset(); // else the next message is being typed
  form.elements.text.focus();
}

// Where a button or menu stands: in an open view, or in a message.
function standing(element) {
  const view = element.closest("[data-view]");
  return view ? { view: view.dataset.view } : { message: element.closest("[data-ts]")?.dataset.ts };
}

async function press(element, value) {
  element.closest("details.bk-overflow")?.removeAttribute("open");
  if (element.dataset.confirm && !(await confirmed(JSON.parse(element.dataset.confirm)))) {
    for (const option of element.options ?? []) option.selected = option.defaultSelected;
    return;
  }
  await act("press", { ...standing(element), action: element.dataset.action, value });
}

function confirmed(words) {
  const dialog = $("confirm");
  $("confirm-title").textContent = words.title?.text ?? "";
  $("confirm-text").textContent = words.text?.text ?? "";
  $("confirm-yes").textContent = words.confirm?.text ?? "Yes";
  $("confirm-deny").textContent = words.deny?.text ?? "No";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true });
  });
}

async function submitView(form) {
  // What is unchecked or empty is posted as such; a file is told of by its name.
  const named = [...form.elements].filter((each) => each.name?.includes("/"));
  const fields = Object.fromEntries(named.map((each) => [each.name, ""]));
  for (const [name, value] of new FormData(form)) {
    const words = value instanceof File ? value.name : value;
    fields[name] = fields[name] ? `${fields[name]},${words}` : words;
  }
  const told = await act("submit", { ...fields, view: form.dataset.view });
  for (const old of form.querySelectorAll(".complaint")) old.remove();
  for (const [block, text] of Object.entries(told ? JSON.parse(told).errors : {})) complain(form, block, text);
}

function complain(form, block, text) {
  const field = form.querySelector(`[name^="${CSS.escape(block)}/"]`);
  const words = Object.assign(document.createElement("p"), { className: "complaint", textContent: text });
  words.setAttribute("role", "alert");
  (field?.closest("fieldset, label, div") ?? form).append(words);
  field?.focus();
}

const DOES = {
  "thread": (message) => go({ thread: message.dataset.ts }),
  "edit": edit,
  "delete": (message) => act("delete", { message: message.dataset.ts }),
  "dismiss": (message) => act("dismiss", { message: message.dataset.ts }),
  "redeliver": async (message) => say(await act("redeliver", { message: message.dataset.ts }) ?? ""),
  "prompt": async (_, button) => {
    await act("say", { channel: place().channel, text: button.dataset.text });
    $("channel-text").focus();
  },
  "stop": () => act("stop", { message: place().thread }),
  "close": (_, button) => act("close", standing(button)),
  "close-thread": () => go({ thread: "" }),
  "close-panel": () => go({ panel: "" }),
  "cancel-edit": () => $("editing").close(),
};

function edit(message) {
  const dialog = $("editing");
  dialog.dataset.message = message.dataset.ts;
  $("editing-text").value = message.querySelector(".content").innerText.trim();
  dialog.showModal();
}

document.addEventListener("click", async (event) => {
  const linked = followed(event.target.closest("a"));
  if (linked) {
    event.preventDefault();
    return go(linked);
  }
  const button = event.target.closest("button, a[data-action]");
  if (!button) return;
  const data = button.dataset;
  const message = button.closest("[data-ts]");
  closeMenu(button.closest("details.more"));
  if (data.action) await press(button, data.choice);
  else if (data.do) await DOES[data.do](message, button);
  else if (data.react) await act("react", { message: message.dataset.ts, name: data.react });
  else if (data.shortcut) await act("shortcut", { message: message.dataset.ts, shortcut: data.shortcut });
  else if (data.thread) go({ thread: data.thread });
  else if (data.channel) go({ channel: data.channel, thread: "", tab: "" });
  else if (data.tab !== undefined) go({ tab: data.tab });
  else if (data.panel) go({ panel: data.panel });
  else if (data.trouble) say(await act("trouble", { name: data.trouble }) ?? $("notice").textContent);
  else if (button.id === "toggle-panel") go({ panel: place().panel ? "" : "chain" });
});

// A menu closes once something in it is chosen; the focus stays with it, not with nothing.
function closeMenu(menu) {
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

document.addEventListener("change", (event) => {
  const element = event.target;
  if (element.id === "who") go({ who: element.value, thread: "", tab: "", channel: place().channel.startsWith("D") ? "" : place().channel });
  else if (element.dataset.action) press(element, chosen(element));
});

// A menu may allow several choices; they travel with commas between them.
function chosen(element) {
  if (element.multiple) return [...element.selectedOptions].map((option) => option.value).join(",");
  if (element.type === "checkbox") {
    const group = element.closest("fieldset").querySelectorAll("input:checked");
    return [...group].map((each) => each.value).join(",");
  }
  return element.value;
}

// A menu that opens at the end of a pane is brought into view. The event does not bubble.
document.addEventListener("toggle", ({ target }) => {
  if (target.open && target.matches(".bk-overflow, .more")) target.lastElementChild.scrollIntoView({ block: "nearest" });
}, true);

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.classList.contains("composer")) send(form);
  else if (form.dataset.view) submitView(form);
  else if (form.closest("#confirm")) form.closest("dialog").close(event.submitter?.value ?? "");
  else if (form.closest("#editing")) {
    act("edit", { message: $("editing").dataset.message, text: $("editing-text").value });
    $("editing").close();
  }
});

// Escape closes a modal; the bot is told of it like of the button.
$("modal").addEventListener("cancel", (event) => {
  event.preventDefault();
  act("close", { view: $("modal").querySelector("form").dataset.view });
});

// Arrow keys walk through the tabs (https://www.w3.org/WAI/ARIA/apg/patterns/tabs/).
document.addEventListener("keydown", (event) => {
  const list = event.target.closest("[role=tablist]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!list || !step) return;
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
  next.focus();
  next.click();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented) {
    for (const menu of document.querySelectorAll("details.more[open]")) menu.open = false;
  }
});

for (const form of document.querySelectorAll(".composer")) suggest(form, () => send(form));
window.addEventListener("popstate", look);
look();
