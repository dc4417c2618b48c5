// The dialog that merges two contacts: whom with is searched for, then both are shown side by side.

import { fill, h } from "../shared/dom.js";
import { hue, initials, plural, relative } from "../shared/format.js";
import { icon } from "../shared/icons.js";
import { aside, show } from "../shared/overlay.js";
import { plain } from "../shared/text.js";

const PAUSE = 150;

/**
 * Resolves to {contact, other}, of which the latter is to become a part of the former; or to null.
 * `find(text)` gives contacts; `identity(address)` shows one of their addresses.
 */
export function mergeContacts(el, { contact, find, identity }) {
  return new Promise((resolve) => {
    const { place, end } = aside(el);
    const dialog = h("dialog", { class: "cw-dialog cw-merge", "aria-label": "Merge contacts" });
    const inside = h("div", { class: "cw-merge-inside" });
    const title = h("h3", {});
    let chosen = null;
    const choose = (other) => {
      title.textContent = "Merge these two?";
      fill(inside, preview({ contact, other, identity, back: search, done: (pair) => ((chosen = pair), dialog.close()) }));
      inside.querySelector("[autofocus]").focus();
    };
    const search = () => {
      title.textContent = `Merge ${shown(contact)} with`;
      fill(inside, picker({ contact, find, choose, close: () => dialog.close() }));
      inside.querySelector("input").focus();
      inside.querySelector("input").select();
    };
    dialog.append(title, inside);
    show(place, dialog, () => (end(), resolve(chosen)));
    search();
  });
}

export function shown({ name, addresses }) {
  return plain(name || addresses[0]?.value || "No name");
}

// --- whom with

function picker({ contact, find, choose, close }) {
  const list = h("div", { class: "cw-merge-list", role: "listbox", id: "cw-merge-list", "aria-label": "Contacts" });
  const status = h("p", { class: "cw-merge-none", role: "status" });
  const field = h("input", {
    class: "cw-input",
    type: "search",
    role: "combobox",
    value: contact.name,
    placeholder: "Name, phone number or email",
    autocomplete: "off",
    dir: "auto",
    "aria-label": "Search for a contact",
    "aria-controls": "cw-merge-list",
    "aria-expanded": "true",
    "aria-autocomplete": "list",
  });
  let at = 0;
  let timer = null;
  let asked = 0;
  const options = () => [...list.children];
  const point = (to) => {
    at = to;
    options().forEach((option, n) => option.setAttribute("aria-selected", String(n === at)));
    field.setAttribute("aria-activedescendant", options()[at]?.id ?? "");
    options()[at]?.scrollIntoView({ block: "nearest" });
  };
  const load = async () => {
    const turn = ++asked;
    try {
      const found = await find(field.value);
      if (turn !== asked) return;
      fill(list, found.map((other) => option(other, () => choose(other))));
      status.textContent = found.length > 0 ? "" : "Nobody else is found by this.";
      point(0);
    } catch (trouble) {
      if (turn === asked) status.textContent = trouble.message;
    }
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(load, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    const many = options().length;
    if (event.isComposing || !many) return;
    const to = { ArrowDown: (at + 1) % many, ArrowUp: (at + many - 1) % many }[event.key];
    if (to !== undefined) point(to);
    else if (event.key === "Enter") options()[at].click();
    else return;
    event.preventDefault();
  });
  load();
  const cancel = h("button", { class: "cw-button", onclick: close }, "Cancel");
  return [field, list, status, h("div", { class: "cw-dialog-actions" }, cancel)];
}

function option(contact, run) {
  return h(
    "div",
    { role: "option", id: `cw-merge-${contact.id}`, class: "cw-merge-option", "aria-selected": "false", onclick: run },
    face(contact),
    h(
      "span",
      { class: "cw-merge-who" },
      h("bdi", { class: "cw-merge-name" }, shown(contact)),
      h("bdi", { class: "cw-merge-small" }, contact.addresses.map(({ value }) => plain(value)).join(", ")),
    ),
    h("span", { class: "cw-merge-small" }, relative(contact.last_contact_at)),
  );
}

function face(contact) {
  return h("span", { class: "cw-avatar", "aria-hidden": "true", style: { "--cw-hue": hue(contact.id) } }, initials(shown(contact)) || icon("user"));
}

// --- both

function preview({ contact, other, identity, back, done }) {
  let [kept, added] = [contact, other];
  const sides = h("div", { class: "cw-merge-sides" });
  const means = h("div", { class: "cw-dialog-body" });
  const draw = () => {
    fill(sides, side("Stays", kept, identity), side("Becomes a part of it", added, identity));
    fill(means, consequences(kept, added).map((words) => h("p", {}, words)));
  };
  const swap = () => {
    [kept, added] = [added, kept];
    draw();
  };
  draw();
  return [
    sides,
    h("button", { class: "cw-link-button cw-merge-swap", onclick: swap }, "Keep the other one"),
    means,
    h(
      "div",
      { class: "cw-dialog-actions" },
      h("button", { class: "cw-button", onclick: back }, "Back"),
      h("button", { class: "cw-button cw-primary", autofocus: true, onclick: () => done({ contact: kept, other: added }) }, "Merge"),
    ),
  ];
}

function side(label, contact, identity) {
  const { blocked, opted_out: out, conversations } = contact;
  return h(
    "section",
    { class: "cw-merge-side", "aria-label": `${label}: ${shown(contact)}` },
    h("span", { class: "cw-merge-small" }, label),
    h("span", { class: "cw-merge-head" }, face(contact), h("bdi", { class: "cw-merge-name" }, shown(contact))),
    h("ul", { class: "cw-card-identities" }, contact.identities.map((each) => h("li", {}, identity(each)))),
    h("span", { class: "cw-merge-small" }, `${plural(conversations, "conversation")}, last ${relative(contact.last_contact_at)}`),
    (blocked || out) && h("span", { class: "cw-merge-marks" }, blocked && h("span", { class: "cw-pill" }, "Blocked"), out && h("span", { class: "cw-pill" }, "Opted out")),
  );
}

/** What the merge does, in words. */
function consequences(kept, added) {
  const name = plain(kept.name || added.name);
  const both = (mark) => kept[mark] !== added[mark];
  return [
    `${name ? `One contact, ${name}` : "One contact"}, with the addresses and conversations of both. Each conversation stays as it is.`,
    both("blocked") && "Blocked holds for both: what either writes changes nothing, and nothing can be sent to them.",
    both("opted_out") && "Opted out holds for both: nothing can be sent to them.",
    "You can unmerge them at any time.",
  ].filter(Boolean);
}
