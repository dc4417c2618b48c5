// HTML mail. The kernel sanitises it and wraps it with a Content-Security-Policy; here it goes into a
// sandboxed frame. Scripts, forms and navigation of the page are never allowed. allow-same-origin,
// without allow-scripts, lets us (not the mail) measure the height; popups are for its links.

import { fill, h } from "../shared/dom.js";
import { highlight } from "./highlight.js";

const SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";
const TALLEST = 4000;

/** The frame of one mail, as tall as what it holds. `signal` ends when another conversation is shown. */
export function mailFrame({ link, message, signal }) {
  const frame = h("iframe", { class: "cw-mail-frame", sandbox: SANDBOX, referrerpolicy: "no-referrer", title: "Mail" });
  const bar = h("div", { class: "cw-mail-bar", hidden: true });
  const box = h("div", { class: "cw-mail" }, bar, frame);
  const load = async (images) => {
    try {
      const { value, parts } = await link.read("mail", { message_id: message.id, images });
      frame.srcdoc = await new Blob(parts).text();
      bar.hidden = value.blocked === 0;
    } catch (trouble) {
      fill(box, h("p", { class: "cw-media-trouble" }, trouble.message));
    }
  };
  fill(
    bar,
    h("span", {}, "Images from the web are not shown: they tell the sender that the mail was read."),
    h("button", { class: "cw-link-button", onclick: () => load(true) }, "Show images"),
  );
  const fit = () => measure(frame);
  const watcher = new ResizeObserver(fit);
  watcher.observe(box);
  frame.addEventListener("load", () => {
    watcher.observe(frame.contentDocument.body); // a quote is unfolded, pictures come
    if (frame.cwSearch) highlightMail(frame, frame.cwSearch);
    fit();
  });
  signal.addEventListener("abort", () => watcher.disconnect());
  load(false);
  return box;
}

function measure(frame) {
  const inside = frame.contentDocument?.body;
  if (!inside) return;
  const height = Math.min(Math.ceil(inside.getBoundingClientRect().height) + 1, TALLEST);
  if (frame.clientHeight !== height) frame.style.height = `${height}px`;
}

/** Marks the words of a search in a mail, now or as soon as it is there. */
export function highlightMail(frame, search) {
  frame.cwSearch = search;
  const inside = frame.contentDocument?.body;
  if (inside) highlight(inside, search);
}
