// What is being written in one conversation: a reply to the customer, and a note for the team beside it.
// They are two texts, so that what is meant for the team can't become a reply.

import { token } from "../shared/dom.js";

/** One of the two. */
class Writing {
  constructor() {
    /** A send that may be on its way: {text, items, quote, key, unsure}. */
    this.attempt = null;
    this.clear();
  }

  clear() {
    this.text = "";
    this.items = [];
    /** The message that it answers, in short; null: none. */
    this.quote = null;
  }

  get empty() {
    return !this.text.trim() && this.items.length === 0;
  }

  /**
   * Takes all of it away, to be sent: {text, items, key} of each message. What is as it was tried before keeps its
   * key, so that it can't go twice; what may have arrived goes by itself, before what was written since.
   */
  take() {
    const { attempt } = this;
    const more = attempt && this.after(attempt);
    const whole = { text: this.text.trim(), items: this.items, quote: this.quote, key: token() };
    this.attempt = null;
    this.clear();
    if (more && !more.text && more.items.length === 0) return [attempt];
    return more && attempt.unsure ? [attempt, { ...more, quote: null, key: token() }] : [whole];
  }

  /** What follows an attempt; null where this does not begin with it. */
  after({ text, items, quote }) {
    if (quote?.id !== this.quote?.id) return null;
    const written = this.text.trim();
    const start = text && written !== text ? `${text}\n` : text;
    if (!written.startsWith(start) || !items.every((item, n) => item === this.items[n])) return null;
    return { text: written.slice(start.length).trim(), items: this.items.slice(items.length) };
  }

  /** What was not sent, or was taken back, is here again, before what was written since. `unsure`: it may have arrived. */
  giveBack(messages, unsure = false) {
    const [first] = messages;
    this.attempt = first.key && (unsure || this.empty) ? { ...first, unsure } : null;
    this.text = [...messages.map(({ text }) => text), this.text].filter(Boolean).join("\n");
    this.items = [...messages.flatMap(({ items }) => items), ...this.items];
    this.quote = first.quote ?? this.quote;
  }
}

export class Entry {
  constructor(id) {
    this.id = id;
    /** The customer's. */
    this.name = "";
    this.reply = new Writing();
    /** Without files. */
    this.note = new Writing();
    /** Whether the note is shown, or else the reply. */
    this.noting = false;
    /** A template that may be on its way: as it was filled in, and its key. */
    this.template = null;
    /** Sends of it that are not answered yet. */
    this.going = 0;
    /** The newest message its writer saw. */
    this.seen = null;
    /** Why the reply is to be looked at again before it is sent. */
    this.warning = "";
    /** Why something of it was not done. */
    this.problem = "";
    /** The reply is sent once its files have arrived. */
    this.waiting = false;
    /** How often it changed, of which the kernel has so many, and the workspace. */
    this.changes = 0;
    this.kept = 0;
    this.saved = 0;
    /** Why the workspace does not take it. */
    this.trouble = "";
  }

  get shown() {
    return this.noting ? this.note : this.reply;
  }

  get hidden() {
    return this.noting ? this.reply : this.note;
  }

  /** The one that the workspace keeps, which has room for one: what is shown, unless that is empty. */
  get draft() {
    return this.shown.empty && !this.hidden.empty ? this.hidden : this.shown;
  }

  /** Whether its button sends something. */
  get ready() {
    return !this.shown.empty && (this.noting || !this.waiting);
  }

  get unsaved() {
    return this.changes !== this.saved;
  }
}
