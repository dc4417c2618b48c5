// One template: what it is, why it can't be sent, how the customer sees it, and what is wrong with it.

import { h } from "../shared/dom.js";
import { capitalised } from "../shared/format.js";
import { channelIcon, icon } from "../shared/icons.js";
import { plain } from "../shared/text.js";
import { bubbleOf, languageName } from "../new/template_bubble.js";
import { isFit, statusOf } from "../new/template_lines.js";

const PLACES = { header: "Header", body: "Text", button: "Button" };
const QUALITIES = { GREEN: "High", YELLOW: "Medium", RED: "Low" };
const PARTS = { name: "Name", header: "Header", body: "Text", footer: "Footer", buttons: "Buttons" };

/** `look`: the kind of the channel; `back`, `edit` and `remove` are what its buttons do. */
export function detailOf(template, { channel, look, back, edit, remove }) {
  return [
    headOf(template, { back, edit, remove }),
    h(
      "div",
      { class: "cw-board-scroll", tabindex: "0", role: "group", "aria-label": "About this template" },
      troubleOf(template),
      h("div", { class: "cw-board-columns" }, h("div", { class: "cw-board-preview" }, heading("What the customer sees"), previewOf(template)), aboutOf(template, channel, look)),
    ),
  ];
}

function headOf(template, { back, edit, remove }) {
  return h(
    "header",
    { class: "cw-board-detail-head" },
    h("button", { class: "cw-icon-button cw-board-back", "aria-label": "Back to the templates", title: "Back", onclick: back }, icon("back")),
    h("h3", { title: plain(template.name) }, h("bdi", {}, plain(template.name))),
    statusOf(template),
    template.own && h("span", { class: "cw-board-acts" }, button("pencil", "Edit", edit), button("trash", "Delete", remove)),
  );
}

function button(glyph, words, onclick) {
  return h("button", { class: "cw-button", onclick }, icon(glyph), h("span", {}, words));
}

export function heading(words) {
  return h("h4", {}, words);
}

function troubleOf(template) {
  if (isFit(template)) return null;
  const { status, reason, obstacle } = template;
  const undecided = status !== "APPROVED" && (reason || "The provider does not say why. Only approved templates can be sent.");
  const lines = [undecided, obstacle].filter(Boolean).map((words) => h("p", {}, words));
  return h("div", { class: "cw-board-callout", dataset: { status } }, icon("lock"), h("div", {}, lines));
}

/** With the examples where values will be. */
export function previewOf(template) {
  return h("div", { class: "cw-board-phone" }, bubbleOf(template, { values: new Map() }));
}

function aboutOf(template, channel, look) {
  const { language, category, own, variables, format, quality } = template;
  const fact = (label, value) => value && [h("dt", {}, label), h("dd", {}, value)];
  return h(
    "div",
    { class: "cw-board-about" },
    heading("About"),
    h(
      "dl",
      { class: "cw-board-facts" },
      fact("Language", languageName(language)),
      fact("Category", category && capitalised(category.toLowerCase())),
      fact("Channel", own ? "Those without templates of a provider, as plain text" : [channelIcon(look ?? "other", ""), h("bdi", {}, channel)]),
      fact("Quality", quality && h("span", { class: "cw-board-quality", dataset: { quality } }, QUALITIES[quality] ?? capitalised(quality.toLowerCase()))),
      fact("Header", format && format !== "TEXT" && capitalised(format.toLowerCase())),
    ),
    variables.length > 0 && [heading("Variables"), variablesOf(variables)],
    heading("Checks"),
    findingsOf(template),
  );
}

function variablesOf(variables) {
  const rows = variables.map(({ label, place, example }) => h("li", {}, h("span", {}, label, h("small", {}, PLACES[place])), example ? h("bdi", { title: "Example" }, example) : h("em", {}, "no example")));
  return h("ul", { class: "cw-board-variables" }, rows);
}

/** What speaks against it, by rule. */
export function findingsOf({ findings, own }) {
  if (!findings.length) return h("p", { class: "cw-board-fine" }, icon("check"), own ? "Nothing is wrong with it." : "Nothing in it breaks the provider’s rules.");
  const rows = findings.map(({ place, message }) => h("li", {}, icon("alert"), h("span", {}, h("strong", {}, PARTS[place] ?? place), message)));
  return h("ul", { class: "cw-board-findings" }, rows);
}
