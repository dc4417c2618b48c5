// A template as the customer will see it, and its names in words.

import { h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { linked } from "../shared/text.js";

const BUTTONS = { URL: "link", PHONE_NUMBER: "phone", COPY_CODE: "copy" };
const languages = new Intl.DisplayNames(undefined, { type: "language" });

/** The language of a template in words: "English", "Portuguese (Brazil)"; else as it is written. */
export function languageName(code) {
  try {
    return languages.of(code.replaceAll("_", "-"));
  } catch {
    return code;
  }
}

/** All the text of a template, for searching in it. */
export function wordsOf({ name, language, category, header, body, footer }) {
  const text = [...header, ...body].map((part) => (typeof part === "string" ? part : part.written)).join("");
  return [name, name.replaceAll("_", " "), language, languageName(language), category, text, footer].join(" ");
}

/** The first words of its text. */
export function snippet({ body, variables }) {
  return pieces(body, new Map(variables.map(({ key, example }) => [key, example]))).join("");
}

function pieces(parts, values) {
  return parts.map((part) => (typeof part === "string" ? part : values.get(part.key) || part.written));
}

/**
 * The bubble. `values` is a Map by key; what is missing shows its example, plainly marked. `lit`: the
 * variable that is being written; `picture`: the address of the header's photo; `file`: its name.
 */
export function bubbleOf(template, { values, lit = "", picture = "", file = "" }) {
  const { header, body, footer, buttons, media } = template;
  const examples = new Map(template.variables.map(({ key, example }) => [key, example]));
  const text = (parts) => parts.map((part) => (typeof part === "string" ? linked(part) : slot(part, values, examples, lit)));
  return h(
    "div",
    { class: "cw-template-bubble", dir: "auto" },
    media && mediaOf(media, picture, file),
    header.length > 0 && h("div", { class: "cw-template-head" }, text(header)),
    h("div", { class: "cw-template-body" }, text(body)),
    footer && h("div", { class: "cw-template-foot" }, footer),
    buttons.length > 0 && h("div", { class: "cw-template-buttons" }, buttons.map((button) => buttonOf(button, values, lit))),
  );
}

function slot({ key, written }, values, examples, lit) {
  const value = values.get(key)?.trim() ? values.get(key) : "";
  const shown = value || examples.get(key) || written;
  return h("span", { class: "cw-template-slot", dataset: { filled: String(Boolean(value)), lit: String(key === lit) } }, h("bdi", {}, shown));
}

function mediaOf(media, picture, file) {
  if (picture) return h("img", { class: "cw-template-picture", src: picture, alt: "Header photo" });
  return h("div", { class: "cw-template-media" }, icon(media), file && h("span", {}, file));
}

function buttonOf({ type, text, target }, values, lit) {
  const where = pieces(target, values).join("");
  const on = target.some((part) => typeof part !== "string" && part.key === lit);
  return h("div", { class: "cw-template-button", title: where || null, dataset: { lit: String(on) } }, icon(BUTTONS[type] ?? "reply"), text);
}
