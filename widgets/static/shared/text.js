// Text as nodes: links made clickable, hits marked, quotes folded.

import { h } from "./dom.js";
import { split } from "./quotes.js";

// Every part is bounded and starts where a word does: a stranger's text of a million characters must
// not be tried from each of them anew.
const LINK =
  /\b(?:https?:\/\/|www\.)[^\s<>"“”]{1,2000}|\bmailto:[^\s<>"]{1,2000}|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/gi;
/** Letters before a hit that tell what it is about. */
const LEAD = 16;
const SENTENCE_END = new Set(".,;:!?'\"»…");
const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** `text` with its web and mail addresses as links. */
export function linked(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const shown = trimmed(found[0]);
    const href = address(shown);
    if (!href) continue;
    nodes.push(text.slice(end, found.index));
    nodes.push(h("a", { href, target: "_blank", rel: "noopener noreferrer" }, shown));
    end = found.index + shown.length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

/** Punctuation that ends the sentence is not part of the address, nor is a bracket opened before it. */
function trimmed(link) {
  const opened = link.includes("(");
  let end = link.length;
  while (SENTENCE_END.has(link[end - 1]) || (link[end - 1] === ")" && !opened)) end -= 1;
  return link.slice(0, end);
}

function address(shown) {
  const full = /^(https?:|mailto:)/i.test(shown)
    ? shown
    : /^www\./i.test(shown) ? `https://${shown}` : `mailto:${shown}`;
  try {
    const url = new URL(full);
    return SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** `text` with every hit of `query` in a <mark>; case and accents don't count, as in the search. */
export function marked(text, query) {
  const hits = query.trim() ? find(text, query) : [];
  const nodes = [];
  let end = 0;
  for (const [from, to] of hits) {
    nodes.push(text.slice(end, from), h("mark", {}, text.slice(from, to)));
    end = to;
  }
  nodes.push(text.slice(end));
  return nodes;
}

/** `text` from shortly before its first hit of `query`, for a line that is cut off at its end. */
export function fromHit(text, query) {
  const at = query.trim() ? find(text, query)[0]?.[0] ?? 0 : 0;
  if (at <= LEAD) return text;
  const space = text.indexOf(" ", at - LEAD);
  return `…${text.slice(space >= 0 && space < at ? space + 1 : at)}`;
}

/**
 * A name without the invisible marks that turn text around: with U+202E in it, "evil" + "gpj.exe" is
 * read as "evilexe.jpg", and so is what follows the name. Arabic and Hebrew don't need them.
 */
export function plain(name) {
  return name.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
}

/** Where `query` stands in `text`: the whole phrase, or else each of its words. */
function find(text, query) {
  const { folded, from } = fold(text);
  const phrase = fold(query).folded.trim().replace(/\s+/g, " ");
  const whole = spans(folded, [phrase]);
  const found = whole.length ? whole : spans(folded, phrase.split(" "));
  return found.map(([start, end]) => [from[start], from[end]]);
}

function spans(folded, words) {
  const found = [];
  for (const word of words.filter(Boolean)) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length)) {
      found.push([at, at + word.length]);
    }
  }
  found.sort((a, b) => a[0] - b[0]);
  return found.filter(([start], i) => i === 0 || start >= found[i - 1][1]);
}

/** Folded text, and for each of its positions (and its end) the position in `text` it came from. */
export function fold(text) {
  let folded = "";
  const from = [];
  let at = 0;
  for (const letter of text) {
    const plain = letter.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    for (let i = 0; i < plain.length; i += 1) from.push(at);
    folded += plain;
    at += letter.length;
  }
  from.push(at);
  return { folded, from };
}

/** Plain text of a message: links, and the quoted mail at its end folded away. */
export function body(text) {
  const { fresh, quoted } = split(text);
  if (!quoted) return linked(text);
  return [
    ...linked(fresh),
    h(
      "details",
      { class: "cw-quote" },
      h("summary", { "aria-label": "Show quoted text", title: "Quoted text" }, "•••"),
      h("div", {}, linked(quoted)),
    ),
  ];
}
