// The keyboard of an inbox: what a key means while no text is being written, and who acts on it.
//
// A key becomes a command, and the panels of its inbox are asked in turn who takes it: so `r` in the
// list puts the cursor into the composer, and two inboxes on one page don't hear each other.

/** Keys, their commands, and what the help says of them. An upper-case letter needs Shift. */
export const KEYS = [
  { key: "j", command: "next", label: "Next conversation" },
  { key: "k", command: "previous", label: "Previous conversation" },
  { key: "r", command: "reply", label: "Reply" },
  { key: "m", command: "note", label: "Internal note" },
  { key: "e", command: "archive", label: "Archive" },
  { key: "R", command: "resolve", label: "Resolve" },
  { key: "u", command: "unread", label: "Mark as unread" },
  { key: "/", command: "search", label: "Search" },
  { key: "n", command: "new", label: "New conversation" },
  { key: "?", command: "help", label: "Keyboard shortcuts" },
];

const WRITING = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable=true]";
const OWN_KEYS = "dialog, [role=dialog], [role=alertdialog], [role=menu]";

/** Runs what a key pressed in the panel `el` stands for; leaves text fields, dialogs and menus alone. */
export function runKey(el, event) {
  if (event.defaultPrevented || event.isComposing || event.target.closest(`${WRITING}, ${OWN_KEYS}`)) return;
  const found = KEYS.find(({ key }) => key === event.key);
  if (found && command(el, found.command)) event.preventDefault();
}

/** Asks the panels around `el` to do something. Returns whether one of them did. */
export function command(el, name) {
  const inbox = el.closest(".cw-inbox");
  const panels = inbox ? inbox.querySelectorAll(".cw-panel") : [el];
  return [...panels].some((panel) => !panel.dispatchEvent(new CustomEvent("cw-command", { detail: name, cancelable: true })));
}

/** What the panel `el` does: {command: run}. A `run` that returns false leaves it to another panel. */
export function onCommands(el, signal, commands) {
  const heard = (event) => {
    if (event.detail in commands && commands[event.detail]() !== false) event.preventDefault();
  };
  el.addEventListener("cw-command", heard, { signal });
}

/** The words of a tooltip, with the key that does the same: "Archive (E)". */
export function withKey(label, name) {
  const found = KEYS.find((each) => each.command === name);
  if (!found) return label;
  const shifted = found.key !== found.key.toLowerCase();
  return `${label} (${shifted ? "Shift+" : ""}${found.key.toUpperCase()})`;
}
