// Somebody else was faster: said before what was written is sent.

import { fill, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";

export class Warning {
  /** `review()` shows the other's message; `anyway()` sends all the same. */
  constructor({ review, anyway }) {
    Object.assign(this, { review, anyway });
    this.node = h("div", { class: "cw-composer-warning", role: "alert", hidden: true });
  }

  show(words) {
    this.node.hidden = !words;
    if (!words) return fill(this.node);
    const button = (label, onclick) => h("button", { class: "cw-button", onclick }, label);
    const actions = [button("Review", this.review), button("Send anyway", this.anyway)];
    return fill(this.node, icon("alert"), h("span", {}, words), h("span", { class: "cw-closed-actions" }, actions));
  }
}
