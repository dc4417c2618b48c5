// Choices that this browser keeps, such as a collapsed menu; every panel of the page hears of them.
// They never hold anything of a customer.

import { page } from "./page.js";

const PREFIX = "conversation-workspace.";

/** What was chosen, or `otherwise`. A browser that keeps nothing is as good as a new one. */
export function remembered(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Not kept, but it holds for this page's panels that were told.
  }
  page.dispatchEvent(new CustomEvent("remembered", { detail: { name, value } }));
}

/** Calls `run(value)` when `name` is chosen anew, in any panel of the page. */
export function onRemembered(name, signal, run) {
  page.addEventListener("remembered", ({ detail }) => detail.name === name && run(detail.value), { signal });
}
