// Popovers, menus and dialogs, all in the browser's top layer: no ancestor can clip them.

import { around, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { withKey } from "./keys.js";
import { offerUndo } from "./offers.js";

const GAP = 6;

/**
 * A popover opened by `anchor`; Escape and a click outside close it. `build()` makes its content
 * each time it opens. Returns {open, close}.
 */
export function popover(anchor, { label, role = "dialog", align = "start", build }) {
  let box = null;
  const close = () => box?.hidePopover();
  const open = () => {
    const opened = h("div", { class: "cw-popover", popover: "auto", role, "aria-label": label });
    box = opened;
    opened.append(build(close));
    anchor.after(opened);
    opened.addEventListener("toggle", (event) => event.newState === "closed" && gone(opened));
    opened.showPopover();
    place(opened, anchor, align);
    anchor.setAttribute("aria-expanded", "true");
    focusFirst(opened);
  };
  const gone = (closed) => {
    if (closed.contains(document.activeElement)) anchor.focus();
    closed.remove();
    box = null;
    anchor.setAttribute("aria-expanded", "false");
  };
  anchor.setAttribute("aria-haspopup", role);
  anchor.setAttribute("aria-expanded", "false");
  // A press on the anchor also counts as outside the popover, which closes before the click comes.
  let wasOpen = false;
  anchor.addEventListener("pointerdown", () => (wasOpen = box !== null));
  anchor.addEventListener("click", (event) => {
    if (box) close();
    else if (event.detail === 0 || !wasOpen) open();
  });
  return { open, close };
}

function place(box, anchor, align) {
  const at = anchor.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const left = align === "end" ? at.right - size.width : at.left;
  const below = at.bottom + GAP;
  const fits = below + size.height <= innerHeight - GAP || at.top - GAP < size.height;
  const top = fits ? below : at.top - GAP - size.height;
  box.style.left = `${Math.max(GAP, Math.min(left, innerWidth - size.width - GAP))}px`;
  box.style.top = `${Math.max(GAP, top)}px`;
}

function focusFirst(box) {
  box.querySelector("[autofocus], [role^=menuitem], input, button")?.focus();
}

/** A menu behind `anchor`. `items()` gives [{label, icon, run, danger}], or null for a line; without `run` one only says something. */
export function menu(anchor, label, items, align = "end") {
  return popover(anchor, {
    label,
    role: "menu",
    align,
    build: (close) => {
      const list = h("div", { onkeydown: moveInMenu });
      list.append(...items().map((item) => (item ? menuItem(item, close) : h("hr", {}))));
      return list;
    },
  });
}

function menuItem(item, close) {
  const run = () => {
    close();
    item.run();
  };
  const { title = null } = item;
  const props = { role: "menuitem", class: "cw-menu-item", title, dataset: { danger: Boolean(item.danger) } };
  // Not `disabled`, which the focus would pass by: what it says is to be heard.
  const does = item.run ? { onclick: run } : { "aria-disabled": "true" };
  return h("button", { ...props, ...does }, icon(item.icon), item.label);
}

function moveInMenu(event) {
  const items = [...event.currentTarget.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items.at(to % items.length).focus();
}

/**
 * Asks before something that cannot be undone (`danger`), or is other than expected; resolves to
 * whether it was confirmed.
 */
export function confirm(parent, { title, body, action, danger = true }) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "cw-dialog", role: "alertdialog", "aria-label": title });
    const answer = (value) => () => dialog.close(value);
    dialog.append(
      h("h3", {}, title),
      h("div", { class: "cw-dialog-body" }, body),
      h(
        "div",
        { class: "cw-dialog-actions" },
        h("button", { class: "cw-button", autofocus: true, onclick: answer("") }, "Cancel"),
        h("button", { class: danger ? "cw-button cw-danger" : "cw-button", onclick: answer("yes") }, action),
      ),
    );
    const { place, end } = aside(parent);
    show(place, dialog, () => {
      end();
      resolve(dialog.returnValue === "yes");
    });
  });
}

/**
 * A place for a dialog, not in the panel that asks: another conversation may be opened there before the
 * answer. `end()` takes it away.
 */
export function aside(el) {
  const place = h("div", { class: "cw-panel cw-dialogs", dataset: { cwTheme: el.closest(".cw-panel").dataset.cwTheme } });
  around(el).append(place);
  return { place, end: () => place.remove() };
}

/** A dialog with a heading and something to read or fill in. Returns a function that closes it. */
export function sheet(parent, heading, ...content) {
  const dialog = h("dialog", { class: "cw-dialog cw-sheet", "aria-label": heading });
  const close = () => dialog.close();
  dialog.append(
    h(
      "header",
      { class: "cw-sheet-head" },
      h("h3", {}, heading),
      h("button", { class: "cw-icon-button", "aria-label": "Close", onclick: close }, icon("close")),
    ),
    ...content,
  );
  show(parent, dialog, () => {});
  return close;
}

/**
 * Says something at the foot of the inbox around `el`, for `wait` milliseconds, or as long as one is at
 * it. `undo` {run, label} takes back what it tells of, by its button or by the key; `actions`
 * [{label, run}] are what else can be done about it. The next one takes its place, and its Undo comes
 * after that one's. Returns a function that ends it.
 */
export function toast(el, words, { undo = null, actions = [], wait = 6000 } = {}) {
  const place = around(el).querySelector(":scope > .cw-toasts") ?? toasts(around(el));
  place.dataset.cwTheme = el.closest(".cw-panel").dataset.cwTheme;
  const end = () => {
    shown.remove();
    withdraw?.();
  };
  const ending = (run) => () => {
    end();
    run();
  };
  const withdraw = undo && offerUndo(el, ending(undo.run));
  const way = undo && { label: "Undo", title: withKey("Undo", "undo"), ...undo };
  const button = ({ label, run, title = null }) => h("button", { class: "cw-toast-action", title, onclick: ending(run) }, label);
  const shown = h(
    "div",
    { class: "cw-toast" },
    h("span", {}, words),
    [way, ...actions].filter(Boolean).map(button),
    h("button", { class: "cw-icon-button", "aria-label": "Dismiss", onclick: end }, icon("close")),
  );
  fill(place, shown);
  lift(place, shown, around(el));
  const leave = () => (shown.matches(":hover, :focus-within") ? setTimeout(leave, wait) : end());
  setTimeout(leave, wait);
  return end;
}

/** Above the composer where the toast would lie over it: there one writes. */
function lift(place, shown, inbox) {
  const composer = inbox.querySelector(".cw-panel.cw-composer")?.getBoundingClientRect();
  const { left, right } = shown.getBoundingClientRect();
  const covers = composer?.width > 0 && right > composer.left && left < composer.right;
  place.style.bottom = covers ? `${inbox.getBoundingClientRect().bottom - composer.top + GAP}px` : "";
}

function toasts(inbox) {
  const place = h("div", { class: "cw-panel cw-toasts", role: "status" });
  inbox.append(place);
  return place;
}

/** Opens a dialog; `closed()` follows, once the focus is back where it was. */
export function show(parent, dialog, closed) {
  const before = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
    closed();
  });
  parent.append(dialog);
  dialog.showModal();
}
