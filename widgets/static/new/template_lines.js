// A template in a list: its name and status, what kind it is, how it begins, and why it can't be sent.

import { h } from "../shared/dom.js";
import { capitalised } from "../shared/format.js";
import { icon } from "../shared/icons.js";
import { languageName, snippet } from "./template_bubble.js";
import { marked } from "../shared/text.js";

/** Only these can be sent, whatever other statuses the provider has. */
export function isFit({ status, obstacle }) {
  return status === "APPROVED" && !obstacle;
}

/** Why it can't be sent, in words; empty where it can. */
export function whyUnfit(template) {
  return isFit(template) ? "" : template.reason || template.obstacle || "Only approved templates can be sent.";
}

/** A status in words. */
export function statusWords(status) {
  return capitalised(status.toLowerCase().replaceAll("_", " "));
}

export function statusOf(template) {
  const { own, status } = template;
  return own ? h("span", { class: "cw-pill" }, "Your own") : h("span", { class: "cw-pill", dataset: { status, fit: isFit(template) } }, statusWords(status));
}

/** `where`: nodes that say more of where it belongs; `marks`: beside its status. */
export function linesOf(template, query, { where = [], marks = [] } = {}) {
  const { name, language, category } = template;
  const why = whyUnfit(template);
  const kind = [languageName(language), category.toLowerCase()].filter(Boolean).join(" · ");
  return [
    h("div", { class: "cw-template-option-line" }, h("strong", {}, marked(name, query)), marks, statusOf(template)),
    h("div", { class: "cw-template-kind" }, kind, where),
    h("div", { class: "cw-template-snippet", dir: "auto" }, snippet(template)),
    why && h("div", { class: "cw-template-reason" }, icon("lock"), why),
  ];
}
