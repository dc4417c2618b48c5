// Sending what was written, taking it back, and the warning where somebody else was faster.

import { Attached } from "../shared/attached.js";
import { token } from "../shared/dom.js";
import { underWay } from "../shared/offers.js";
import { toast } from "../shared/overlay.js";
import { page } from "../shared/page.js";
import { Undo } from "./undo.js";

const AWAY = "Nothing was sent: the workspace is away, and is being started again. What you wrote is kept here; send it once it is back.";

/** Milliseconds between two news that somebody types; the hub tells the provider as seldom as it may. */
const TYPING = 4_000;

/** Errors that leave open whether it has arrived. */
const UNSURE = new Set(["error", "hub_unavailable", "kernel", "store_unavailable"]);

export class Sending {
  /**
   * `shown(entry)` follows whatever changed in an entry, `back(entry)` what is to be written on;
   * `lost()`: the hub is away.
   */
  constructor({ el, link, signal, drafts, shown, back, lost }) {
    Object.assign(this, { el, link, drafts, shown, back, lost, scope: "" });
    page.addEventListener("taken back", (event) => this.takenBack(event), { signal });
    this.undo = new Undo({ el, signal, undo: (sent) => this.takeBack(sent) });
  }

  /** What is known of the conversation: while no reply is written, its newest message is seen. */
  read(entry, state) {
    this.scope = state.scope;
    dropSent(entry, state);
    if (entry.seen === null || entry.reply.empty) this.reviewed(entry, state);
    const { other } = state;
    if (!other || BigInt(other.id) <= BigInt(entry.seen)) return;
    entry.warning = `${other.who || "Somebody else"} replied while you were writing. Read it before you send yours.`;
  }

  /** The writer has seen what there is; without a state: wants to send whatever there is. */
  reviewed(entry, state) {
    entry.seen = state?.newest ?? null;
    entry.warning = "";
    entry.anyway = !state;
  }

  /** Nothing is sent to a hub that is away: its writer does so again. Here it is only asked to start. */
  away() {
    this.link.ask("wake").catch((trouble) => this.lost() && this.undo.say(trouble.message));
    return AWAY;
  }

  /** Sends what is shown of an entry, a reply once its files have arrived. Resolves to words where it could not. */
  async send(entry) {
    if (!entry.ready) return "";
    if (entry.noting) return this.post(entry, entry.note, entry.note.take(), (note) => this.addNote(entry, note));
    if (entry.warning) return "";
    if (entry.reply.items.some(({ id }) => !id) && !(await this.arrival(entry))) return entry.stopped;
    const seen = this.seen(entry);
    return this.post(entry, entry.reply, entry.reply.take(), (message) => this.deliver(entry, message, seen));
  }

  /** Waits for the files, visibly. Resolves to whether it is still to be sent. */
  async arrival(entry) {
    entry.waiting = true;
    entry.stopped = "";
    this.shown(entry);
    const arrived = await Promise.all(entry.reply.items.map(({ done }) => done));
    const wanted = entry.waiting;
    entry.waiting = false;
    if (wanted && !arrived.every(Boolean)) entry.stopped = "A file could not be uploaded; try it again or remove it, then send.";
    this.shown(entry);
    return wanted && arrived.every(Boolean);
  }

  /** The newest message that a send of now may not know of; null: whatever there is. */
  seen(entry) {
    const { anyway } = entry;
    entry.anyway = false;
    return anyway ? null : entry.seen;
  }

  /** Sends one `messages` after the other by `send`; what could not be is in `writing` again. */
  async post(entry, writing, messages, send) {
    this.changed(entry);
    entry.going += 1;
    try {
      for (; messages.length > 0; messages.shift()) await send(messages[0]);
      return "";
    } catch (trouble) {
      writing.giveBack(messages, UNSURE.has(trouble.code));
      if (trouble.code === "answered_meanwhile") entry.warning = trouble.message;
      this.changed(entry);
      return trouble.message;
    } finally {
      entry.going -= 1;
    }
  }

  /** Of several messages that it becomes, `message` is then what could not be sent. */
  async deliver(entry, message, seen) {
    const { text, items, quote = null, key } = message;
    const unwanted = underWay(this.el);
    const uploads = items.map(({ stored }) => stored);
    if (text && !items.length) this.tell(entry, "sending", { key, text });
    const asked = this.link.ask("send", { conversation_id: entry.id, text, uploads, key, seen, reply_to: quote });
    const { value } = await asked.catch((trouble) => {
      unwanted();
      this.tell(entry, "settled", { key });
      throw trouble;
    });
    value.sent.forEach((sent, n) => this.settled(entry, n ? `${key}-${n}` : key, sent.message));
    this.undo.offer(value.sent.map((sent) => ({ ...sent, entry, items })), unwanted());
    const { left } = value;
    if (!left) return this.forget(items, value.sent);
    Object.assign(message, { text: left.text, items: items.filter(({ id }) => left.uploads.includes(id)), quote: null, key: left.key });
    throw left;
  }

  async addNote(entry, { text, key }) {
    const { value } = await this.link.ask("note", { conversation_id: entry.id, text, key });
    this.settled(entry, key, value);
  }

  /** Lets go of what was sent, once Undo can't bring it back. */
  forget(items, sent) {
    const wait = 1000 * (1 + Math.max(...sent.map(({ undo_seconds: seconds }) => seconds)));
    setTimeout(() => items.filter((item) => !this.drafts.hold(item)).forEach((item) => item.drop()), wait);
  }

  /** A template alone; `again` shows its form as it was filled in. */
  async template(entry, choice, again) {
    if (this.lost()) return this.away();
    const seen = this.seen(entry);
    const key = keyOf(entry, choice);
    const unwanted = underWay(this.el);
    try {
      const { value } = await this.link.ask("send_template", { conversation_id: entry.id, template: choice, key, seen });
      entry.template = null;
      this.settled(entry, key, value.message);
      this.undo.offer([{ ...value, entry, items: [], again }], unwanted());
      return "";
    } catch (trouble) {
      unwanted();
      if (trouble.code === "answered_meanwhile") entry.warning = trouble.message;
      this.shown(entry);
      return trouble.message;
    }
  }

  /** Resolves to words where it could not be sent; the recording is then a file of the entry. */
  async voice(entry, item) {
    const message = { text: "", items: [item], quote: entry.reply.quote, key: token() };
    if (!this.lost() && (await item.done)) {
      const { seen } = entry;
      entry.reply.quote = null;
      return this.post(entry, entry.reply, [message], () => this.deliver(entry, message, seen));
    }
    entry.reply.giveBack([{ ...message, key: "" }]);
    this.changed(entry);
    return this.lost() ? this.away() : "";
  }

  /** The customer sees it; told at times, as the channel shows it for a while. */
  typing({ id, noting, shown }, state) {
    const now = Date.now();
    if (noting || !shown.text.trim() || !state?.typing || this.lost() || now - (this.typedAt ?? 0) < TYPING) return;
    this.typedAt = now;
    this.link.tell("typing", { conversation_id: id });
  }

  // --- taking back

  async takeBack(sent) {
    try {
      const { value } = await this.link.ask("undo", { message_id: sent.message.id });
      this.tell(sent.entry, "settled", { key: "", message: value });
      this.back(sent.entry);
      this.bringBack(sent, value);
    } catch (trouble) {
      this.undo.say(trouble.message);
    }
  }

  /** A view took a message back: what was in it returns to its writer, once, in the inbox of that view. */
  takenBack(event) {
    const { inbox, scope, id, message } = event.detail;
    if (scope !== this.scope) return;
    const sent = this.undo.drop(message.id);
    if (inbox !== this.el.closest(".cw-inbox") || event.defaultPrevented) return;
    event.preventDefault();
    this.bringBack(sent ?? { entry: this.drafts.of(id), items: [] }, message);
  }

  bringBack({ entry, items, again }, { text, attachments, reply_to: quote }) {
    if (again) return again();
    const files = attachments.map((file) => items.find(({ id }) => id === file.id) ?? Attached.kept(this.link, file));
    entry.reply.giveBack([{ text, items: files, quote }]);
    if (entry.noting && !entry.note.empty) this.sayWhere(entry);
    else entry.noting = false;
    return this.changed(entry);
  }

  /** A note is being written, and stays in sight. */
  sayWhere(entry) {
    const run = () => {
      entry.noting = false;
      this.back(entry);
      this.changed(entry);
    };
    toast(this.el, "The reply is back; your note stays as it is", { actions: [{ label: "Show reply", run }], wait: 12_000 });
  }

  // --- telling

  changed(entry) {
    this.drafts.touch(entry);
    this.shown(entry);
  }

  /** A message of the writer's own is one that they saw. */
  settled(entry, key, message) {
    if (entry.seen !== null && BigInt(message.id) > BigInt(entry.seen)) entry.seen = message.id;
    this.tell(entry, "settled", { key, message });
  }

  /** Tells the page's other panels what becomes of a message. */
  tell({ id }, name, more) {
    page.dispatchEvent(new CustomEvent(name, { detail: { scope: this.scope, id, ...more } }));
  }
}

/** What its writer has sent since by another page, or another inbox of this one, is not to be sent here again. */
function dropSent(entry, { mine }) {
  if (entry.seen === null || entry.unsaved || entry.going) return;
  for (const { text, note, files } of mine.filter(({ id }) => BigInt(id) > BigInt(entry.seen))) {
    const writing = note ? entry.note : entry.reply;
    if (writing.text.trim() === text) Object.assign(writing, { text: "", quote: null });
    writing.items = writing.items.filter(({ id }) => !files.includes(id));
  }
}

/** The key of a template; sent again after an error, the same one keeps it, so that it can't go twice. */
function keyOf(entry, choice) {
  const written = JSON.stringify(choice);
  if (entry.template?.written !== written) entry.template = { written, key: token() };
  return entry.template.key;
}
