// What is being written in each conversation: kept here at once, and in the workspace soon after.

import { debounce } from "../shared/dom.js";
import { Attached } from "./tray.js";

const PAUSE = 700;
const RETRY = 4000;
// Where these are the reason, the same draft can be kept later.
const PASSING = new Set(["hub_unavailable", "store_unavailable", "store_closed", "kernel"]);

/** The writing in one conversation. */
export class Entry {
  constructor(id) {
    this.id = id;
    this.note = false;
    /** A send that may be on its way: its text, files and key. */
    this.attempt = null;
    /** The newest message its writer saw. */
    this.seen = null;
    this.warning = null;
    this.waiting = false;
    this.changes = 0;
    this.saved = 0;
    this.clear();
  }

  clear() {
    this.text = "";
    this.items = [];
  }

  get empty() {
    return !this.text.trim() && this.items.length === 0;
  }

  get dirty() {
    return this.changes !== this.saved;
  }

  get draft() {
    const uploads = this.items.map(({ id }) => id).filter(Boolean);
    return { conversation_id: this.id, text: this.text, note: this.note, uploads };
  }
}

export class Drafts {
  /** `told()` follows each attempt to keep a draft; `changed(entry)` each step of a file. */
  constructor({ link, signal, told, changed }) {
    Object.assign(this, { link, told, changed });
    this.entries = new Map();
    this.later = debounce(PAUSE, () => this.saveAll());
    const retry = setInterval(() => this.saveAll(), RETRY);
    const leave = () => this.dirty().forEach((entry) => link.tell("save_draft", entry.draft));
    addEventListener("pagehide", leave, { signal });
    signal.addEventListener("abort", () => {
      clearInterval(retry);
      this.later.cancel();
      leave();
      for (const { items } of this.entries.values()) items.forEach((item) => item.drop());
    });
  }

  of(id) {
    if (!this.entries.has(id)) this.entries.set(id, new Entry(id));
    return this.entries.get(id);
  }

  /** Whether a file is part of what is being written, anywhere. */
  hold(item) {
    return [...this.entries.values()].some(({ items }) => items.includes(item));
  }

  dirty() {
    return [...this.entries.values()].filter((entry) => entry.dirty);
  }

  /** Somebody wrote: the draft is kept after a pause. */
  touch(entry) {
    entry.changes += 1;
    this.later();
  }

  /** What the workspace has kept; what was written here since comes first. */
  take(entry, saved) {
    if (entry.dirty || entry.waiting || !saved) return;
    entry.text = saved.text;
    entry.note = saved.note;
    entry.items = saved.uploads.map((upload) => {
      const known = entry.items.find(({ id }) => id === upload.id);
      return known ?? Attached.kept(upload, () => this.changed(entry));
    });
  }

  saveAll() {
    this.dirty().forEach((entry) => this.save(entry));
  }

  async save(entry) {
    if (entry.saving) return;
    const { changes } = entry;
    entry.saving = true;
    try {
      await this.link.ask("save_draft", entry.draft);
      entry.saved = changes;
    } catch (trouble) {
      if (!PASSING.has(trouble.code)) entry.saved = changes;
    }
    entry.saving = false;
    this.told(entry);
    if (entry.changes > changes) this.later();
  }
}
