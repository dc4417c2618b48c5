// A message that is quoted, in short: in a bubble, and above what is being written.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { plain } from "./text.js";

const KINDS = { audio: "Voice message", document: "File", image: "Photo", video: "Video" };

/** Who wrote it; `me` is the operator here. */
export function quotedAuthor({ direction, author }, me) {
  if (direction === "inbound") return plain(author.name) || "Customer";
  if (author.kind === "agent") return plain(author.name) || "Agent";
  return author.name === me ? "You" : plain(author.name) || "Operator";
}

/** Its beginning in one line. */
export function quotedWords({ text, media, file }) {
  return plain(text).replace(/\s+/g, " ").trim() || (media === "document" && plain(file)) || KINDS[media] || "Message";
}

/** What shows it. */
export function quotedParts(quoted, me) {
  const glyph = quoted.media && icon(quoted.media);
  return h(
    "span",
    { class: "cw-quoted-text", dataset: { side: quoted.direction === "inbound" ? "in" : "out" } },
    h("span", { class: "cw-quoted-author" }, h("bdi", {}, quotedAuthor(quoted, me))),
    h("span", { class: "cw-quoted-words", dir: "auto" }, glyph, quotedWords(quoted)),
  );
}

/** A message in short, as the hub tells of one that is quoted. */
export function inShort({ id, direction, author, text, unsupported, attachments }) {
  const [first] = attachments;
  return { id, direction, author, text: (text || unsupported).slice(0, 300), media: first?.kind ?? null, file: first?.name ?? "" };
}
