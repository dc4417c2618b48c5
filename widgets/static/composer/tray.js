// The row of files of a message being written.

import { fill, h } from "../shared/dom.js";

/** The row of tiles; `remove(item)` is asked for by its button. */
export class Tray {
  constructor(remove) {
    this.remove = remove;
    this.list = h("ul", { class: "cw-tray-list", "aria-label": "Attachments" });
    this.note = h("p", { class: "cw-tray-note", role: "status" });
    this.node = h("div", { class: "cw-tray", hidden: true }, this.list, this.note);
  }

  show(items) {
    this.node.hidden = items.length === 0;
    fill(this.list, items.map((item) => item.node(() => this.remove(item))));
  }

  /** What is to be known before it is sent, such as that the files go as several messages. */
  say(words) {
    this.note.textContent = words;
    this.note.hidden = !words;
  }
}
