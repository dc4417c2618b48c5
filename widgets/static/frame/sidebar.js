// The side menu: the pages of the workspace, notifications, help. It folds to its icons, by hand or for
// want of room.

import { fill, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { command, withKey } from "../shared/keys.js";
import { askToNotify, notifying } from "./notifications.js";
import { popover } from "../shared/overlay.js";
import { MESSAGES, onPage, pageOf, showPage } from "../shared/pages.js";
import { panel } from "../shared/panel.js";
import { onRemembered, remember, remembered } from "../shared/remembered.js";

/** Narrower than this, an inbox has no room for an open menu; below the other, for one nobody asked for. */
const ROOM = 1080;
const AMPLE = 1500;

const BELL = {
  on: "Desktop notifications are on",
  off: "Desktop notifications are off",
  blocked: "Desktop notifications are blocked by the browser",
  missing: "This browser has no desktop notifications here",
};
const ADVICE = {
  blocked: "The browser blocks them. Allow notifications in the settings of this site (left of the address), then load the page again.",
  missing: "Browsers have notifications on https and on this machine's own address only.",
};

class Sidebar {
  constructor({ el, link, signal }) {
    this.el = el;
    this.entries = h("ul", { class: "cw-sidebar-entries" });
    this.shown = new Map();
    this.bell = tool("bell", "");
    this.help = tool("question", withKey("Keyboard shortcuts", "help"), () => command(el, "help"));
    this.foldButton = tool("fold", "", () => remember("menu-folded", !this.folded));
    fill(el, h("nav", { "aria-label": "Workspace" }, this.entries), h("div", { class: "cw-sidebar-tools" }, this.bell, this.help, this.foldButton));
    popover(this.bell, { label: "Desktop notifications", build: () => this.choices() });
    onRemembered("menu-folded", signal, () => this.place());
    onRemembered("notify", signal, () => this.ring());
    onPage(el, signal, () => this.mark());
    link.on("entries", (entries) => this.show(entries));
    link.read("ready", { view: link.view }).then(({ value }) => this.show(value), () => {});
    this.sized = new ResizeObserver(() => this.place());
    this.sized.observe(el); // it is not in an inbox yet
    signal.addEventListener("abort", () => this.sized.disconnect());
    this.place();
    this.ring();
  }

  /** [{name, label, icon, badge}]. Buttons stay what they are: a press must not lose its own to news of the badge. */
  show(entries) {
    for (const entry of entries) {
      if (!this.shown.has(entry.name)) this.shown.set(entry.name, this.add(entry));
      this.tell(entry);
    }
    this.mark();
  }

  /** The page one is on. */
  mark() {
    for (const button of this.entries.querySelectorAll("button")) {
      if (button.dataset.page === pageOf(this.el)) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
  }

  go(name) {
    if (name !== pageOf(this.el)) showPage(this.el, name);
    else if (name === MESSAGES) command(this.el, "back"); // of another page, that would lead out of it
  }

  add({ name, label, icon: glyph }) {
    const badge = h("span", { class: "cw-badge" });
    const button = h(
      "button",
      { class: "cw-sidebar-entry", dataset: { page: name }, onclick: () => this.go(name) },
      icon(glyph),
      h("span", { class: "cw-sidebar-label" }, label),
      badge,
    );
    this.entries.append(h("li", {}, button));
    return { button, badge };
  }

  tell({ name, label, badge: unread }) {
    const { button, badge } = this.shown.get(name);
    const words = unread > 0 ? `${label}, ${unread} unread` : label;
    button.setAttribute("aria-label", words);
    button.title = words;
    badge.textContent = unread > 99 ? "99+" : String(unread);
    badge.hidden = unread === 0;
  }

  place() {
    const inbox = this.el.closest(".cw-inbox");
    if (inbox && inbox !== this.around) {
      this.sized.disconnect();
      this.sized.observe(inbox);
      this.around = inbox;
    }
    const width = inbox?.clientWidth ?? Infinity;
    this.foldButton.hidden = width < ROOM;
    this.fold(width < ROOM || remembered("menu-folded", width < AMPLE));
  }

  fold(folded) {
    this.folded = folded;
    this.el.dataset.folded = String(folded);
    const words = folded ? "Unfold the menu" : "Fold the menu";
    rename(this.foldButton, words, folded ? "unfold" : "fold");
    this.foldButton.setAttribute("aria-expanded", String(!folded));
  }

  // --- desktop notifications

  ring() {
    const state = notifying();
    rename(this.bell, BELL[state], state === "on" ? "bell" : "belloff");
    this.bell.dataset.state = state;
  }

  choices() {
    const state = notifying();
    const advice = ADVICE[state];
    const note = h("p", { class: "cw-form-note", role: "status" }, advice ?? "A sign for customers' messages while you look elsewhere.");
    const wanted = check("Desktop notifications", state === "on", Boolean(advice), async (box) => {
      const allowed = box.checked ? await askToNotify() : "off";
      remember("notify", box.checked && allowed !== "blocked");
      box.checked = notifying() === "on";
      if (ADVICE[notifying()]) note.textContent = ADVICE[notifying()];
    });
    const names = check("Show names and text", remembered("notify-names", false), Boolean(advice), (box) => remember("notify-names", box.checked));
    return h("div", { class: "cw-bell-choices" }, wanted, names, note);
  }
}

function tool(glyph, words, onclick) {
  return h("button", { class: "cw-icon-button", "aria-label": words, title: words, onclick }, icon(glyph));
}

function rename(button, words, glyph) {
  button.setAttribute("aria-label", words);
  button.title = words;
  fill(button, icon(glyph));
}

function check(words, checked, disabled, changed) {
  const box = h("input", { type: "checkbox", checked, disabled, onchange: () => changed(box) });
  return h("label", { class: "cw-check" }, box, words);
}

export default panel("sidebar", (parts) => new Sidebar(parts));
