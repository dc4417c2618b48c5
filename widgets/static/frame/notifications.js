// Desktop notifications of customers' messages, where somebody asked for them.
//
// They say "New message" and nothing more, unless "Show names and text" is on: a lock screen, a
// projector or a system's log of notifications is no place for a customer's words.

import { plural } from "../shared/format.js";
import { onePerPage } from "../shared/page.js";
import { remembered } from "../shared/remembered.js";
import { plain } from "../shared/text.js";

const LONGEST = 120;

/** off, on, blocked (by the browser), or missing (the browser has none, or not on this address). */
export function notifying() {
  if (!("Notification" in globalThis)) return "missing";
  if (Notification.permission === "denied") return "blocked";
  return Notification.permission === "granted" && remembered("notify", false) ? "on" : "off";
}

/** Asks the browser's leave, which it gives only after a click. Resolves to what `notifying` says. */
export async function askToNotify() {
  if ("Notification" in globalThis) await Notification.requestPermission();
  return notifying();
}

class Notifications {
  constructor() {
    this.shown = new Map();
  }

  /**
   * `arrived`: {messages: [{id, name, text, at}], more}. One notification a conversation, replaced by
   * its next message; a crowd gets one together. `open(id)` is for who clicks.
   */
  tell(scope, { messages, more }, open) {
    if (notifying() !== "on") return;
    if (more > 0) this.show(`${scope}/`, { title: plural(messages.length + more, "new message") }, () => open(""));
    else for (const message of messages) this.tellOf(scope, message, open);
  }

  tellOf(scope, { id, name, text, at }, open) {
    const tag = `${scope}/${id}`;
    const before = this.shown.get(tag);
    if (before?.at === at) return; // another inbox of this page was faster
    const count = (before?.count ?? 0) + 1;
    const named = remembered("notify-names", false);
    const title = named ? plain(name) : count > 1 ? plural(count, "new message") : "New message";
    this.show(tag, { title, body: named ? beginning(text) : "", at, count }, () => open(id));
  }

  show(tag, { title, body = "", ...kept }, clicked) {
    const notification = new Notification(title, { body, tag });
    const entry = { ...kept, notification };
    this.shown.set(tag, entry);
    notification.onclick = () => {
      window.focus();
      notification.close();
      clicked();
    };
    notification.onclose = () => this.shown.get(tag) === entry && this.shown.delete(tag);
  }

  /** The conversation is being read. */
  seen(scope, id) {
    const tag = `${scope}/${id}`;
    this.shown.get(tag)?.notification.close();
    this.shown.delete(tag);
  }
}

function beginning(text) {
  const letters = [...plain(text).replace(/\s+/g, " ")];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("")}…` : letters.join("");
}

export const notifications = onePerPage("notifications", () => new Notifications());
