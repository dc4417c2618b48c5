// Text for the clipboard; where the browser refuses it (no https, no permission), to copy by hand.

import { h } from "./dom.js";
import { show, toast } from "./overlay.js";

/** `what` names it in the toast: "Python copied". */
export async function copyText(el, text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(el, `${what} copied`);
  } catch {
    byHand(el, text, what);
  }
}

function byHand(el, text, what) {
  const field = h("textarea", { class: "cw-copy", readonly: true, autofocus: true, rows: "8", "aria-label": what }, text);
  const dialog = h("dialog", { class: "cw-dialog cw-dialog-wide", "aria-label": `Copy ${what}` });
  dialog.append(
    h("h3", {}, `Copy ${what}`),
    h("div", { class: "cw-dialog-body" }, h("p", {}, "The browser keeps the clipboard from this page. Copy it from here:"), field),
    h("div", { class: "cw-dialog-actions" }, h("button", { class: "cw-button", onclick: () => dialog.close() }, "Close")),
  );
  show(el, dialog, () => {});
  field.select();
}
