// The line below the text: what the keys do, what becomes of the draft, how long one may write.

import { fill, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";

const NOT_YET = "Draft not saved yet; it is kept here until the workspace is back.";

export class Hint {
  /** `stop()` ends the waiting for files. */
  constructor(stop) {
    this.stop = stop;
    this.node = h("div", { class: "cw-composer-hint" });
  }

  /** `lost`: the hub is away; `focused`: one writes; `open`: there is a field; `left`: of the window. */
  show(entry, { lost, focused, open, left }) {
    const { waiting, noting, unsaved } = entry;
    const { empty } = entry.draft;
    const words = empty ? "" : entry.trouble ? `Draft not saved: ${entry.trouble}` : unsaved && lost ? NOT_YET : "";
    const draft = !entry.shown.empty && !unsaved && !focused;
    const shown = JSON.stringify([waiting, words, noting, draft, open, left]);
    // What is said is not said again with each letter.
    if (shown === this.shown) return;
    this.shown = shown;
    const advice = waiting ? this.wait() : words ? h("span", { role: "status", title: words }, words) : open ? keys(noting, draft) : h("span");
    fill(this.node, advice, left && h("span", { class: "cw-window" }, icon("clock"), `Messaging window open for ${left}`));
  }

  wait() {
    return h("span", { role: "status" }, "Sends as soon as the files have arrived. ", h("button", { class: "cw-link-button", onclick: this.stop }, "Wait, don't send"));
  }
}

function keys(noting, draft) {
  return h("span", {}, draft && [h("span", { class: "cw-pill" }, "Draft"), " "], h("kbd", {}, "Enter"), noting ? " adds the note, " : " sends, ", h("kbd", {}, "Shift"), " ", h("kbd", {}, "Enter"), " new line");
}
