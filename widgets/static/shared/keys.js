// The keyboard of an inbox: what a key means while no text is being written, and who acts on it.
//
// A key becomes a command, and the panels of its inbox are asked in turn who takes it: so `r` in the
// list puts the cursor into the composer, and two inboxes on one page don't hear each other.

import { onThisPage } from "./pages.js";

const MOVING = "Moving around";
const ACTING = "The open conversation";
const WRITING_TEXT = "Writing";

/**
 * Keys, their commands, and what the help says of them. An upper-case letter needs Shift; `always`:
 * also while a text is written. `also` is another way to say the key, for the help.
 */
export const KEYS = [
  { key: "j", command: "next", label: "Next conversation", group: MOVING, also: "↓" },
  { key: "k", command: "previous", label: "Previous conversation", group: MOVING, also: "↑" },
  { key: "Escape", command: "back", label: "Back to the list", group: MOVING, always: true },
  { key: "F6", command: "region", label: "Next part of the inbox", group: MOVING, always: true },
  { key: "/", command: "search", label: "Search", group: MOVING },
  { key: "n", command: "new", label: "New conversation", group: MOVING },
  { key: "?", command: "help", label: "Keyboard shortcuts", group: MOVING },
  { key: "r", command: "reply", label: "Reply", group: ACTING },
  { key: "q", command: "quote", label: "Reply to one message: the marked or the newest", group: ACTING },
  { key: "m", command: "note", label: "Internal note", group: ACTING },
  { key: "e", command: "archive", label: "Archive", group: ACTING },
  { key: "R", command: "resolve", label: "Resolve", group: ACTING },
  { key: "u", command: "unread", label: "Mark as unread", group: ACTING },
  { key: "z", command: "undo", label: "Undo", group: ACTING, also: "Ctrl Z" },
];

/** Keys that a panel handles by itself: only the help needs to know them. */
export const OTHER_KEYS = [
  { keys: ["Enter"], label: "Open, and read the messages", group: MOVING },
  { keys: ["X"], label: "Select for many at once", group: MOVING },
  { keys: ["Enter"], label: "Send", group: WRITING_TEXT },
  { keys: ["Shift", "Enter"], label: "New line", group: WRITING_TEXT },
  { keys: ["/"], label: "Canned replies", group: WRITING_TEXT },
  { keys: ["Esc"], label: "Leave the field; the draft is kept", group: WRITING_TEXT },
];

const WRITING = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable=true]";
const OWN_KEYS = "dialog, [popover], [role=dialog], [role=alertdialog], [role=menu]";

/** Runs what a key pressed in the panel `el` stands for; leaves text fields, dialogs and menus alone. */
export function runKey(el, event) {
  const { target } = event;
  if (event.defaultPrevented || event.isComposing || target.closest(OWN_KEYS)) return;
  // Escape closes what is open on top, and nothing else.
  if (event.key === "Escape" && el.querySelector(":popover-open")) return;
  const found = KEYS.find(({ key }) => isKey(event, key));
  // In an empty text there is nothing of its own to undo.
  const writing = target.closest(WRITING) && !(undoes(event) && target.value === "");
  if (!found || (writing && !found.always)) return;
  const name = found.key === "F6" && event.shiftKey ? "region-before" : found.command;
  if (command(el, name)) event.preventDefault();
}

/** Whether `key` was pressed: a letter with Shift if it is a capital one, whatever CapsLock makes of it. */
export function isKey(event, key) {
  const letter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
  if (!letter) return event.key === key;
  return event.key.toLowerCase() === key.toLowerCase() && event.shiftKey === (key !== key.toLowerCase());
}

/** Ctrl+Z, or ⌘Z: as good as the key for Undo. */
export function undoes(event) {
  return (event.ctrlKey || event.metaKey) && !event.altKey && isKey(event, "z");
}

/** Asks the panel `el`, then those around it, to do something. Returns whether one of them did. */
export function command(el, name) {
  const panels = new Set([el, ...onThisPage(el)]);
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
  return found ? `${label} (${keyCaps(found.key).join("+")})` : label;
}

/** What is printed on the keys to press: ["Shift", "R"] for "R". */
export function keyCaps(key) {
  if (key === "Escape") return ["Esc"];
  if (key.length > 1) return [key];
  return key === key.toLowerCase() ? [key.toUpperCase()] : ["Shift", key];
}
