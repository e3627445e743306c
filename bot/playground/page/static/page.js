// The page's script: it shows what the server draws, and posts what people do.
//
// The view (who, channel, thread, tab, panel) is in the address, so reload, bookmarks and the back
// button work. The stream `/live` sends the panes that have changed; Idiomorph puts them in place
// without losing focus, scroll position or open menus.
import { Idiomorph } from "/static/idiomorph.js";
import { find, followed } from "/static/permalinks.js";
import { suggest } from "/static/suggest.js";

const $ = (id) => document.getElementById(id);
const FOLLOWED = 3000; // ms for which a log stays scrolled to its end after a post
const NAMES = ["who", "channel", "thread", "tab", "panel"];
let stream = null;
let posted = -Infinity; // when something was last posted here, in ms
let opened = ""; // the tab of the direct messages for which app_home_opened was last sent

// --- the view ---------------------------------------------------------------------------

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
  $("inspector").hidden = !panel;
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
    stream.close(); // the view does not exist, for example after a restart of the playground
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
  if (log && (end || first || performance.now() - posted < FOLLOWED)) log.scrollTop = log.scrollHeight;
}

// Whether a field has the focus: its value is kept. A focused button is redrawn.
const filling = () => document.activeElement.matches("input, select, textarea");

// An open <details> stays open when its message changes.
const keepOpen = (name, node) => !(name === "open" && node.tagName === "DETAILS");

function showModal(dialog, html) {
  const current = dialog.querySelector("form")?.id;
  if (!html) {
    dialog.close();
    dialog.replaceChildren();
    return;
  }
  const next = new DOMParser().parseFromString(html, "text/html").querySelector("form").id;
  if (current === next) Idiomorph.morph(dialog, html, { morphStyle: "innerHTML", ignoreActiveValue: filling() });
  else dialog.innerHTML = html;
  if (!dialog.open) dialog.showModal();
}

// --- what people do ---------------------------------------------------------------------

const POSTING = new Set(["say", "upload", "submit"]); // actions that add to the end of a log
let noticeTimer = 0;

function say(text) {
  $("notice").textContent = text;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => { $("notice").textContent = ""; }, 8000);
}

async function act(name, fields, file) {
  if (POSTING.has(name)) posted = performance.now();
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
  if (done === null) return; // keep what was typed, to be corrected
  if (form.elements.text.value === text) form.reset(); // otherwise the next message is being typed
  form.elements.text.focus();
}

// The open view or the message that contains an element.
function container(element) {
  const view = element.closest("[data-view]");
  return view ? { view: view.dataset.view } : { message: element.closest("[data-ts]")?.dataset.ts };
}

async function press(element, value) {
  element.closest("details.bk-overflow")?.removeAttribute("open");
  if (element.dataset.confirm && !(await confirmed(JSON.parse(element.dataset.confirm)))) {
    for (const option of element.options ?? []) option.selected = option.defaultSelected;
    return;
  }
  await act("press", { ...container(element), action: element.dataset.action, value });
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
  // Unchecked and empty fields are posted as ""; of a file, only the name is posted.
  const named = [...form.elements].filter((each) => each.name?.includes("/"));
  const fields = Object.fromEntries(named.map((each) => [each.name, ""]));
  for (const [name, value] of new FormData(form)) {
    const words = value instanceof File ? value.name : value;
    fields[name] = fields[name] ? `${fields[name]},${words}` : words;
  }
  const result = await act("submit", { ...fields, view: form.dataset.view });
  for (const old of form.querySelectorAll(".complaint")) old.remove();
  for (const [block, text] of Object.entries(result ? JSON.parse(result).errors : {})) showError(form, block, text);
}

function showError(form, block, text) {
  const field = form.querySelector(`[name^="${CSS.escape(block)}/"]`);
  const words = Object.assign(document.createElement("p"), { className: "complaint", textContent: text });
  words.setAttribute("role", "alert");
  (field?.closest("fieldset, label, div") ?? form).append(words);
  field?.focus();
}

const ACTIONS = {
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
  "close": (_, button) => act("close", container(button)),
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
  else if (data.do) await ACTIONS[data.do](message, button);
  else if (data.react) await act("react", { message: message.dataset.ts, name: data.react });
  else if (data.shortcut) await act("shortcut", { message: message.dataset.ts, shortcut: data.shortcut });
  else if (data.thread) go({ thread: data.thread });
  else if (data.channel) go({ channel: data.channel, thread: "", tab: "" });
  else if (data.tab !== undefined) go({ tab: data.tab });
  else if (data.panel) go({ panel: data.panel });
  else if (data.trouble) say(await act("trouble", { name: data.trouble }) ?? $("notice").textContent);
  else if (button.id === "toggle-panel") go({ panel: place().panel ? "" : "chain" });
});

// A menu closes when an item is chosen, and keeps the focus.
function closeMenu(menu) {
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

document.addEventListener("change", (event) => {
  const element = event.target;
  if (element.id === "who") {
    // Guests and people of other companies may not see the channel that is open.
    const elsewhere = place().channel.startsWith("D") || "apart" in element.selectedOptions[0].dataset;
    go({ who: element.value, thread: "", tab: "", channel: elsewhere ? "" : place().channel });
  }
  else if (element.dataset.action) press(element, selected(element));
});

// Several selected options are separated by commas.
function selected(element) {
  if (element.multiple) return [...element.selectedOptions].map((option) => option.value).join(",");
  if (element.type === "checkbox") {
    const group = element.closest("fieldset").querySelectorAll("input:checked");
    return [...group].map((each) => each.value).join(",");
  }
  return element.value;
}

// Scroll to a menu that opens at the end of a pane. The event does not bubble.
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

// Escape closes a modal; the bot receives view_closed, as for the button.
$("modal").addEventListener("cancel", (event) => {
  event.preventDefault();
  act("close", { view: $("modal").querySelector("form").dataset.view });
});

// Arrow keys move between tabs (https://www.w3.org/WAI/ARIA/apg/patterns/tabs/).
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
