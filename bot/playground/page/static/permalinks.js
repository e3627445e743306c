// Links to messages, as Slack makes them: followed here, for there is no such workspace on the web.
const PERMALINK = /^https:\/\/local-slack\.slack\.com\/archives\/(\w+)\/p(\d+)(\d{6})(?:\?thread_ts=([\d.]+))?/;
let wanted = ""; // the ts of the message that a link has led to, until it is shown

// Where a link leads to, as in the page's address; null when it is no link to a message.
export function followed(link) {
  const found = PERMALINK.exec(link?.href ?? "");
  if (!found) return null;
  const [, channel, seconds, micros, thread] = found;
  wanted = `${seconds}.${micros}`;
  return { channel, thread: thread ?? wanted, tab: "" };
}

// Bring the message into view in an open thread, and let it stand out for a moment.
export function find(thread) {
  const message = wanted && thread.querySelector(`[data-ts="${wanted}"]`);
  if (!message) return;
  wanted = "";
  message.scrollIntoView({ block: "center" });
  message.animate({ backgroundColor: ["#f2c74480", "#f2c74400"] }, 2000);
}
