// Permalinks to messages: opened here, because the workspace does not exist on the web.
const PERMALINK = /^https:\/\/local-slack\.slack\.com\/archives\/(\w+)\/p(\d+)(\d{6})(?:\?thread_ts=([\d.]+))?/;
let target = ""; // the ts of the message to scroll to, until it is shown

// The view that a link opens, as in the page's address; null if it is not a permalink.
export function followed(link) {
  const found = PERMALINK.exec(link?.href ?? "");
  if (!found) return null;
  const [, channel, seconds, micros, thread] = found;
  target = `${seconds}.${micros}`;
  return { channel, thread: thread ?? target, tab: "" };
}

// Scroll to the message in the open thread, and highlight it for a moment.
export function find(thread) {
  const message = target && thread.querySelector(`[data-ts="${target}"]`);
  if (!message) return;
  target = "";
  message.scrollIntoView({ block: "center" });
  message.animate({ backgroundColor: ["#f2c74480", "#f2c74400"] }, 2000);
}
