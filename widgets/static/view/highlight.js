// What a search found: its words, marked inside what is already shown, and its message, lit up.

import { marked } from "../shared/text.js";

const SHOWN = "details.cw-quote";

/** Marks every hit of `query` in the text below `root`, and opens the quote it is folded into. */
export function highlight(root, query) {
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    const nodes = marked(text.data, query);
    if (nodes.length === 1) continue;
    const folded = text.parentElement.closest(SHOWN);
    if (folded) folded.open = true;
    text.replaceWith(...nodes);
  }
}

/** Takes the marks away again. */
export function plainAgain(root) {
  for (const mark of root.querySelectorAll("mark")) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
}

/** Has a message stand out, until its animation is over: at once where none is wanted. */
export async function lightUp(node) {
  node.classList.add("cw-lit");
  const bubble = node.querySelector(".cw-bubble");
  await Promise.allSettled(bubble.getAnimations().map(({ finished }) => finished));
  node.classList.remove("cw-lit");
}
