// The text field of the composer: it grows with its text, and takes what is put in at the cursor.

import { h } from "../shared/dom.js";
import { withKey } from "../shared/keys.js";

const TALLEST = 160;

export class Field {
  /** `typed()` after each change by hand; `key(event)` before the field itself acts on a key. */
  constructor({ typed, key }) {
    this.node = h("textarea", {
      class: "cw-composer-field",
      rows: "1",
      "aria-label": "Reply",
      "aria-autocomplete": "list",
      dir: "auto",
      oninput: () => {
        this.fit();
        typed();
      },
      // A key that ends the input of a character (Enter in Japanese) is none of ours.
      onkeydown: (event) => !event.isComposing && event.keyCode !== 229 && key(event),
    });
  }

  get text() {
    return this.node.value;
  }

  set text(text) {
    this.node.value = text;
    this.fit();
  }

  /** For an entry to the customer `name`. */
  show({ noting, waiting }, name) {
    this.node.placeholder = noting ? "Write a note that only your team sees" : `Reply to ${name}`;
    this.node.setAttribute("aria-label", noting ? "Note text" : "Reply");
    this.node.title = noting ? withKey("Note", "note") : withKey("Reply", "reply");
    this.node.readOnly = waiting && !noting;
    this.fit();
  }

  get focused() {
    return document.activeElement === this.node;
  }

  focus() {
    this.node.focus();
  }

  /** What stands before the cursor. */
  before() {
    return this.node.value.slice(0, this.node.selectionStart);
  }

  /** Puts `text` in place of what is selected and of `over` characters before it. */
  insert(text, over = 0) {
    const { selectionStart: start, selectionEnd: end } = this.node;
    this.node.setRangeText(text, start - over, end, "end");
    this.node.focus();
    this.node.dispatchEvent(new Event("input"));
  }

  fit() {
    this.node.style.height = "auto";
    this.node.style.height = `${Math.min(this.node.scrollHeight, TALLEST)}px`;
  }
}
