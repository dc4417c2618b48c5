// Which conversation an inbox is about to show. Its panels hear that from their kernel, a moment after one of
// them has told it; who begins to write within that moment must not write to the one before.

import { MESSAGES, showPage } from "./pages.js";

const NAME = "cw-opening";

/** Tells the panels around `el` what the kernel will tell them. */
export function foretell(el, id) {
  for (const panel of el.closest(".cw-inbox")?.querySelectorAll(".cw-panel") ?? []) panel.dispatchEvent(new CustomEvent(NAME, { detail: id }));
}

/** Opens a conversation in the inbox around `el`, whose panel has this model; "" closes it. */
export function openConversation(el, model, id) {
  if (id) showPage(el, MESSAGES);
  // Nothing would come of it from the kernel.
  if (model.get("conversation_id") === id) return;
  model.set("conversation_id", id);
  model.save_changes();
  foretell(el, id); // what panels ask because of it, the kernel hears after it
}

/** What a panel is told of its conversation, twice: as foretold, and by the kernel. */
export class Opening {
  /** `go(id)` is called at once for what is foretold, and for what the kernel says by itself. */
  constructor(el, signal, go) {
    this.go = go;
    /** What the kernel has yet to say, in this order; it may leave some out. */
    this.due = [];
    el.addEventListener(NAME, ({ detail }) => this.foretold(detail), { signal });
  }

  foretold(id) {
    this.due.push(id);
    this.go(id);
  }

  /** As the kernel says: of a choice that was foretold, which may no longer be the last one, or by itself. */
  told(id) {
    const at = this.due.indexOf(id);
    this.due = at < 0 ? [] : this.due.slice(at + 1);
    if (this.due.length === 0) this.go(id);
  }
}
