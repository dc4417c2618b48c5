// What is being written in each conversation: here at once, in the kernel soon after, and in the
// workspace as soon as its hub is there. A page that is loaded anew gets it back from either.

import { Attached } from "../shared/attached.js";
import { debounce } from "../shared/dom.js";
import { Entry } from "./entry.js";

const PAUSE = 700;
const RETRY = 4000;

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
      for (const { reply } of this.entries.values()) reply.items.forEach((item) => item.drop());
    });
  }

  of(id) {
    if (!this.entries.has(id)) this.entries.set(id, new Entry(id));
    return this.entries.get(id);
  }

  /** Whether a file is part of what is being written, anywhere. */
  hold(item) {
    return [...this.entries.values()].some(({ reply }) => reply.items.includes(item));
  }

  /** Somebody wrote: the draft is kept after a pause. */
  touch(entry) {
    entry.changes += 1;
    this.later();
  }

  /**
   * What the workspace has kept, in the place of what it was told; null: it has been sent since, by another page.
   * What was written here since comes first, and what it was never told stays.
   */
  take(entry, saved) {
    if (entry.unsaved || entry.trouble || entry.waiting) return;
    const { draft, reply } = entry;
    const known = (upload) => reply.items.find(({ id }) => id === upload.id) ?? Attached.kept(this.link, upload);
    const uploads = (saved?.uploads ?? []).map(known);
    draft.text = "";
    reply.quote = null;
    reply.items = [...uploads, ...reply.items.filter(({ id }) => !id)];
    if (!saved) return;
    entry.noting = saved.note;
    entry.shown.text = saved.text;
    if (!saved.note) reply.quote = saved.reply_to ?? null;
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
    const { id, draft, note, reply } = entry;
    const uploads = reply.items.map(({ stored }) => stored).filter(Boolean);
    return { conversation_id: id, text: draft.text, note: draft === note, uploads, reply_to: draft === note ? null : reply.quote, version: this.version(entry) };
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
