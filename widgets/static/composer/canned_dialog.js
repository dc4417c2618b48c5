// The dialog in which canned replies are added, changed and deleted.

import { fill, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { show } from "../shared/overlay.js";
import { plain } from "../shared/text.js";

const VARIABLES = ["{{name}}", "{{first_name}}", "{{operator}}", "{{channel}}", "{{subject}}"];

/**
 * `load()`, `save(shortcut, text)` and `remove(shortcut)` do it; `text` is what is being written.
 * Resolves when the dialog is closed.
 */
export function manageCanned(el, { load, save, remove, text }) {
  return new Promise((resolve) => {
    const list = h("ul", { class: "cw-canned-list" });
    const problem = h("p", { class: "cw-note", role: "alert", hidden: true });
    const shortcut = h("input", { class: "cw-input", name: "shortcut", required: true, maxlength: "50", placeholder: "e.g. refund-sent", autocomplete: "off" });
    const body = h("textarea", { class: "cw-input", name: "text", required: true, rows: "4", dir: "auto" });
    const say = (words) => {
      problem.textContent = words;
      problem.hidden = !words;
    };
    const attempt = async (work) => {
      try {
        await work();
        say("");
        fill(list, rows(await load()));
        return true;
      } catch (trouble) {
        say(trouble.message);
        return false;
      }
    };
    const gone = h("p", { class: "cw-canned-gone", role: "status" });
    /** Deletes it, and offers to save it again. */
    const erase = async ({ shortcut: name, text: words }) => {
      if (!(await attempt(() => remove(name)))) return;
      const back = async () => (await attempt(() => save(name, words))) && fill(gone);
      fill(gone, `/${name} is deleted. `, h("button", { type: "button", class: "cw-link-button", onclick: back }, "Undo"));
      gone.querySelector("button").focus();
    };
    const edit = (reply) => {
      shortcut.value = reply.shortcut;
      body.value = reply.text;
      body.focus();
    };
    const rows = (replies) => replies.map((reply) =>
      h(
        "li",
        {},
        h("span", { class: "cw-canned-shortcut" }, `/${reply.shortcut}`),
        h("span", { class: "cw-canned-text", dir: "auto" }, plain(reply.text)),
        h("button", { class: "cw-icon-button", "aria-label": `Edit ${reply.shortcut}`, title: "Edit", onclick: () => edit(reply) }, icon("pencil")),
        h("button", { class: "cw-icon-button", "aria-label": `Delete ${reply.shortcut}`, title: "Delete", onclick: () => erase(reply) }, icon("trash")),
      ));
    const form = h(
      "form",
      {
        class: "cw-canned-form",
        onsubmit: (event) => {
          event.preventDefault();
          attempt(async () => {
            await save(shortcut.value, body.value);
            shortcut.value = "";
            body.value = "";
          });
        },
      },
      h("label", { class: "cw-label" }, "Shortcut", shortcut),
      h("label", { class: "cw-label" }, "Text", body),
      h("p", { class: "cw-form-hint" }, "Filled in when inserted: ", VARIABLES.map((name) => [h("code", {}, name), " "])),
      problem,
      h(
        "div",
        { class: "cw-dialog-actions" },
        h("button", { type: "button", class: "cw-button", onclick: () => dialog.close() }, "Close"),
        h("button", { class: "cw-button cw-primary" }, "Save"),
      ),
    );
    const dialog = h("dialog", { class: "cw-dialog cw-canned-dialog", "aria-label": "Canned replies" }, h("h3", {}, "Canned replies"), list, gone, form);
    body.value = text;
    attempt(async () => {});
    show(el, dialog, resolve);
    shortcut.focus();
  });
}
