// What a list shows while it has no rows.

import { h } from "../shared/dom.js";
import { blank } from "../shared/panel.js";
import { bone } from "../shared/sight.js";

export function skeleton() {
  return h("div", { class: "cw-rows", role: "status", "aria-busy": "true", "aria-label": "Loading" }, Array.from({ length: 7 }, bone));
}

/** Why there are none. `channels`: how many are connected. */
export function empty(channels, { filtered, tab }) {
  if (channels === 0) return connectFirst();
  if (filtered) return blank("search", "Nothing found", h("p", {}, "Try other words or fewer filters."));
  if (tab === "archived") return blank("archive", "Nothing archived", h("p", {}, "Archived conversations rest here."));
  return blank("chat", "No conversations yet", h("p", {}, "They appear here as customers write."));
}

function connectFirst() {
  const command = [
    "convo channel add mail \\",
    "  --set address=you@example.org \\",
    "  --set password=env:MAIL_PASSWORD \\",
    "  --set imap_host=… --set smtp_host=…",
  ];
  return blank(
    "plug",
    "Connect a channel to send and receive messages",
    h("p", {}, "In a terminal; docs/mail.md has all of it:"),
    h("code", { class: "cw-code" }, command.join("\n")),
    h("p", {}, "To look around first: ", h("code", {}, "convo demo")),
  );
}
