// Which conversation an inbox is about to show. Its panels hear that from their kernel, a moment after the
// list has told it; who begins to write within that moment must not write to the one before.

const NAME = "cw-opening";

/** Tells the panels around `el` what the kernel will tell them. */
export function foretell(el, id) {
  for (const panel of el.closest(".cw-inbox")?.querySelectorAll(".cw-panel") ?? []) panel.dispatchEvent(new CustomEvent(NAME, { detail: id }));
}

/** Calls `run(id)` as soon as a conversation of its inbox is chosen. */
export function onForetold(el, signal, run) {
  el.addEventListener(NAME, ({ detail }) => run(detail), { signal });
}
