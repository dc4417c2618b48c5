// The message that is answered: who asks for it, and above the text what it is, and a way to take it off.

import { fill, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { page } from "../shared/page.js";
import { quotedAuthor, quotedParts } from "../shared/quoted.js";

/** Calls `run(message)` where the view of the composer's inbox wants one of its conversation answered, which is thereby taken. */
export function onQuote(composer, signal, run) {
  const heard = (event) => {
    const { inbox, scope, id, message } = event.detail;
    const { el, state } = composer;
    // While it is loading, its inbox and its id are all there is to go by.
    if (inbox !== el.closest(".cw-inbox") || id !== composer.id || (state && scope !== state.scope)) return;
    event.preventDefault();
    run(message);
  };
  page.addEventListener("quote", heard, { signal });
}

export class Quote {
  /** `drop()` takes it off, `find(id)` shows the message. */
  constructor({ drop, find }) {
    Object.assign(this, { drop, find, shown: null });
    this.node = h("div", { class: "cw-composer-quote", role: "group", "aria-label": "Replying to", hidden: true });
  }

  /** `quoted`: null: nothing. `me`: the operator, undefined until that is known. */
  show(quoted, me) {
    if (quoted?.id === this.shown?.id && me === this.me) return;
    Object.assign(this, { shown: quoted, me });
    this.node.hidden = !quoted;
    fill(this.node, quoted && this.parts(quoted, me));
  }

  parts(quoted, me) {
    const who = quotedAuthor(quoted, me);
    return [
      h("button", { class: "cw-quoted", "aria-label": `Show the message of ${who}`, title: "Show the message", onclick: () => this.find(quoted.id) }, quotedParts(quoted, me)),
      h("button", { class: "cw-icon-button", "aria-label": "Don't quote it", title: "Don't quote it", onclick: this.drop }, icon("close")),
    ];
  }
}
