// The help on keys: every key and what it does, in groups.

import { h } from "../shared/dom.js";
import { KEYS, OTHER_KEYS, keyCaps } from "../shared/keys.js";
import { sheet } from "../shared/overlay.js";

/** Opens the dialog inside `el`. */
export function showHelp(el) {
  sheet(el, "Keyboard shortcuts", h("div", { class: "cw-help" }, groups().map(group)));
}

/** [name, lines] in the order in which the groups are first named. */
function groups() {
  const lines = [
    ...KEYS.map(({ key, also, ...line }) => ({ ...line, ways: [keyCaps(key), also && [also]].filter(Boolean) })),
    ...OTHER_KEYS.map(({ keys, ...line }) => ({ ...line, ways: [keys] })),
  ];
  return [...Map.groupBy(lines, (line) => line.group)];
}

function group([name, lines]) {
  return h("section", {}, h("h4", {}, name), h("ul", {}, lines.map(line)));
}

function line({ label, ways }) {
  const spelled = ways.flatMap((keys, n) => (n ? ["or", ...caps(keys)] : caps(keys)));
  return h("li", {}, h("span", {}, label), h("span", { class: "cw-keys" }, spelled));
}

function caps(keys) {
  return keys.map((key) => h("kbd", {}, key));
}

/** A hint for whoever has nothing open: the keys to begin with. */
export function firstKeys() {
  return h("p", { class: "cw-keys" }, caps(["J", "K"]), "to move,", caps(["Enter"]), "to open,", caps(["?"]), "for all keys");
}
