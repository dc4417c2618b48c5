// Sending what was written, taking it back, and the warning where somebody else was faster.

import { Attached } from "../shared/attached.js";
import { token } from "../shared/dom.js";
import { underWay } from "../shared/offers.js";
import { page } from "../shared/page.js";
import { Undo } from "./undo.js";

const AWAY = "Nothing was sent: the workspace is away, and is being started again. What you wrote is kept here; send it once it is back.";

export class Sending {
  /**
   * `shown(entry)` follows whatever changed in an entry, `back(entry)` what is to be written on;
   * `scope()` names the workspace; `lost()`: its hub is away.
   */
  constructor({ el, link, signal, drafts, shown, back, scope, lost }) {
    Object.assign(this, { el, link, drafts, shown, back, scope, lost });
    page.addEventListener("taken back", ({ detail }) => this.takenBack(detail), { signal });
    this.undo = new Undo({ el, signal, undo: (sent) => this.takeBack(sent) });
  }

  /** What is known of the conversation: while nothing is written, its newest message is seen. */
  read(entry, state) {
    if (entry.seen === null || entry.empty) this.reviewed(entry, state);
    const { other } = state;
    if (!other || entry.note || BigInt(other.id) <= BigInt(entry.seen)) return;
    const who = other.who || "Somebody else";
    entry.warning = { words: `${who} replied while you were writing. Read it before you send yours.`, message: other.id };
  }

  /** The writer has seen what there is; without a state: wants to send whatever there is. */
  reviewed(entry, state) {
    entry.seen = state?.newest ?? null;
    entry.warning = null;
    entry.anyway = !state;
  }

  /** Whether an entry is what was tried to be sent: then it keeps its key. */
  same({ attempt, text, items }) {
    return attempt?.text === text.trim() && attempt.items.length === items.length && attempt.items.every((item, n) => item === items[n]);
  }

  /** Nothing is sent to a hub that is away: its writer does so again. Here it is only asked to start. */
  away() {
    this.link.ask("wake").catch((trouble) => this.lost() && this.undo.say(trouble.message));
    return AWAY;
  }

  /** Sends an entry once its files have arrived. Resolves to words where it could not. */
  async send(entry, state) {
    if (!entry.ready || entry.warning) return "";
    const files = entry.note ? [] : entry.items;
    if (files.some(({ id }) => !id) && !(await this.arrival(entry, files))) return entry.stopped ?? "";
    return entry.note ? this.note(entry, state) : this.deliver(entry, state);
  }

  /** Waits for the files, visibly. Resolves to whether it is still to be sent. */
  async arrival(entry, files) {
    entry.waiting = true;
    entry.stopped = "";
    this.shown(entry);
    const arrived = await Promise.all(files.map(({ done }) => done));
    const wanted = entry.waiting;
    entry.waiting = false;
    if (wanted && !arrived.every(Boolean)) entry.stopped = "A file could not be uploaded; try it again or remove it, then send.";
    this.shown(entry);
    return wanted && arrived.every(Boolean);
  }

  async deliver(entry, state) {
    const text = entry.text.trim();
    const { items } = entry;
    const key = this.same(entry) ? entry.attempt.key : token();
    const seen = entry.anyway ? null : entry.seen;
    entry.anyway = false;
    entry.attempt = null;
    entry.clear();
    this.drafts.touch(entry);
    this.shown(entry);
    return this.ask(entry, state, { text, items, key, seen });
  }

  async ask(entry, state, { text, items, key, seen }) {
    const tell = teller(entry, state);
    const unwanted = underWay(this.el);
    if (text && !items.length) tell("sending", { key, text });
    try {
      const uploads = items.map(({ stored }) => stored);
      const { value } = await this.link.ask("send", { conversation_id: entry.id, text, uploads, key, seen });
      if (text && !items.length && !value.sent.length) tell("settled", { key });
      value.sent.forEach(({ message }, n) => tell("settled", { key: n ? `${key}-${n}` : key, message }));
      this.undo.offer(value.sent.map((sent) => ({ ...sent, entry, items })), unwanted());
      const { left } = value;
      if (!left) return this.forget(items, value.sent);
      const rest = items.filter(({ id }) => left.uploads.includes(id));
      return this.giveBack(entry, { text: left.text, items: rest, key: left.key }, left);
    } catch (trouble) {
      unwanted();
      tell("settled", { key });
      return this.giveBack(entry, { text, items, key }, trouble);
    }
  }

  /** Lets go of what was sent, once Undo can't bring it back. */
  forget(items, sent) {
    const wait = 1000 * (1 + Math.max(...sent.map(({ undo_seconds: seconds }) => seconds)));
    setTimeout(() => items.filter((item) => !this.drafts.hold(item)).forEach((item) => item.drop()), wait);
    return "";
  }

  /** A failed attempt returns to where it was written. */
  giveBack(entry, { text, items, key }, { code, message, detail }) {
    const untouched = entry.empty;
    this.restore(entry, text, items);
    entry.attempt = untouched ? { text, items, key } : null;
    if (code === "answered_meanwhile") {
      entry.warning = { words: message, message: detail?.message };
      this.shown(entry);
      return "";
    }
    return message;
  }

  restore(entry, text, items) {
    entry.text = [text, entry.text].filter(Boolean).join("\n");
    entry.items = [...items, ...entry.items];
    this.drafts.touch(entry);
    this.shown(entry);
  }

  async note(entry, state) {
    const text = entry.text.trim();
    const key = this.same({ ...entry, items: [] }) ? entry.attempt.key : token();
    entry.text = "";
    this.drafts.touch(entry);
    this.shown(entry);
    try {
      const { value } = await this.link.ask("note", { conversation_id: entry.id, text, key });
      teller(entry, state)("settled", { key, message: value });
      return "";
    } catch (trouble) {
      this.restore(entry, text, []);
      entry.attempt = { text, items: [], key };
      return trouble.message;
    }
  }

  /** A template alone; `again` shows its form as it was filled in. */
  async template(entry, state, choice, again) {
    if (this.lost()) return this.away();
    const seen = entry.anyway ? null : entry.seen;
    const key = keyOf(entry, choice);
    const unwanted = underWay(this.el);
    try {
      const { value } = await this.link.ask("send_template", { conversation_id: entry.id, template: choice, key, seen });
      entry.template = null;
      teller(entry, state)("settled", { key, message: value.message });
      this.undo.offer([{ ...value, entry, items: [], again }], unwanted());
      return "";
    } catch (trouble) {
      unwanted();
      if (trouble.code === "answered_meanwhile") {
        entry.warning = { words: trouble.message };
        this.shown(entry);
      }
      return trouble.message;
    }
  }

  /** Resolves to words where it could not be sent; the recording is then a file of the entry. */
  async voice(entry, state, item) {
    if (this.lost() || !(await item.done)) {
      this.restore(entry, "", [item]);
      return this.lost() ? this.away() : "";
    }
    return this.ask(entry, state, { text: "", items: [item], key: token(), seen: entry.seen });
  }

  async takeBack(sent) {
    try {
      const { value } = await this.link.ask("undo", { message_id: sent.message.id });
      teller(sent.entry, { scope: this.scope() })("settled", { key: "", message: value });
      this.back(sent.entry);
      this.bringBack(sent, value);
    } catch (trouble) {
      this.undo.say(trouble.message);
    }
  }

  /** The conversation's view took a message back: what was in it returns to its writer, here. */
  takenBack({ scope, id, message }) {
    if (scope !== this.scope()) return;
    const sent = this.undo.drop(message.id);
    this.bringBack(sent ?? { entry: this.drafts.of(id), items: [] }, message);
  }

  bringBack({ entry, items, again }, { text, attachments }) {
    if (again) return again();
    const files = attachments.map((file) => items.find(({ id }) => id === file.id) ?? Attached.kept(this.link, file));
    entry.note = false;
    return this.restore(entry, text, files);
  }
}

/** The key of a template; sent again after an error, the same one keeps it, so that it can't go twice. */
function keyOf(entry, choice) {
  const written = JSON.stringify(choice);
  if (entry.template?.written !== written) entry.template = { written, key: token() };
  return entry.template.key;
}

/** Tells the page's other panels what becomes of a message. */
function teller({ id }, { scope }) {
  return (name, more) => page.dispatchEvent(new CustomEvent(name, { detail: { scope, id, ...more } }));
}
