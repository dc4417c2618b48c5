// What is being written in each conversation: here at once, in the kernel soon after, and in the
// workspace as soon as its hub is there. A page that is loaded anew gets it back from either.

import { Attached } from "../shared/attached.js";
import { debounce } from "../shared/dom.js";

const PAUSE = 700;
const RETRY = 4000;

/** The writing in one conversation. */
export class Entry {
  constructor(id) {
    this.id = id;
    this.note = false;
    /** A send that may be on its way: its text, files and key. */
    this.attempt = null;
    /** A template that may be on its way: as it was filled in, and its key. */
    this.template = null;
    /** The newest message its writer saw. */
    this.seen = null;
    this.warning = null;
    this.waiting = false;
    /** How often it changed, of which the kernel has so many, and the workspace. */
    this.changes = 0;
    this.kept = 0;
    this.saved = 0;
    /** Why the workspace does not take it. */
    this.trouble = "";
    this.clear();
  }

  clear() {
    this.text = "";
    this.items = [];
  }

  get empty() {
    return !this.text.trim() && this.items.length === 0;
  }

  /** Whether its button sends something: files don't go with a note. */
  get ready() {
    return !this.waiting && (this.note ? Boolean(this.text.trim()) : !this.empty);
  }

  get unsaved() {
    return this.changes !== this.saved;
  }
}

export class Drafts {
  /** `told(entry)` follows each attempt to save a draft. */
  constructor({ link, signal, told }) {
    Object.assign(this, { link, told });
    this.entries = new Map();
    this.later = debounce(PAUSE, () => this.keepAll());
    const retry = setInterval(() => this.keepAll(), RETRY);
    const leave = () => this.changed().forEach((entry) => link.tell("save_draft", this.draft(entry)));
    addEventListener("pagehide", leave, { signal });
    link.on("draft_saved", (said) => this.heard(said));
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

  /** Somebody wrote: the draft is kept after a pause. */
  touch(entry) {
    entry.changes += 1;
    this.later();
  }

  /** What the workspace has kept; what was written here since comes first. */
  take(entry, saved) {
    if (entry.unsaved || entry.waiting || !saved) return;
    entry.text = saved.text;
    entry.note = saved.note;
    entry.items = saved.uploads.map((upload) => entry.items.find(({ id }) => id === upload.id) ?? Attached.kept(this.link, upload));
  }

  /** What the kernel has and the workspace has not, on a page that knows nothing of it. */
  takeUnsaved(drafts) {
    for (const draft of drafts) {
      const entry = this.of(draft.conversation_id);
      if (entry.unsaved) continue;
      this.take(entry, draft);
      this.touch(entry);
    }
  }

  // --- keeping

  /** Those the kernel does not have as they are. */
  changed() {
    return [...this.entries.values()].filter(({ changes, kept }) => changes !== kept);
  }

  draft(entry) {
    const uploads = entry.items.map(({ stored }) => stored).filter(Boolean);
    return { conversation_id: entry.id, text: entry.text, note: entry.note, uploads, version: this.version(entry) };
  }

  /** Tells by which page, and when, something was written. */
  version({ changes }) {
    return `${this.link.view} ${changes}`;
  }

  keepAll() {
    this.changed().forEach((entry) => this.keep(entry));
  }

  async keep(entry) {
    if (entry.keeping) return;
    const { changes } = entry;
    entry.keeping = true;
    try {
      await this.link.ask("save_draft", this.draft(entry));
      entry.kept = changes;
    } catch (trouble) {
      // A kernel that did not answer is asked again.
      if (trouble.code !== "kernel") Object.assign(entry, { kept: changes, trouble: trouble.message });
    }
    entry.keeping = false;
    this.told(entry);
    if (entry.changes > changes) this.later();
  }

  /** The workspace has it, or says why not. */
  heard({ conversation_id: id, version, trouble }) {
    const entry = this.entries.get(id);
    if (!entry || version !== this.version(entry)) return;
    entry.saved = entry.changes;
    entry.trouble = trouble;
    this.told(entry);
  }
}
