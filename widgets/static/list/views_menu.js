// Saved views: filters and a search under a name.

import { fill, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { popover, toast } from "../shared/overlay.js";

export class ViewsMenu {
  constructor({ el, link }) {
    this.el = el;
    this.link = link;
    this.state = { views: [], on: "", changed: false };
    this.label = h("span", { class: "cw-view-name" });
    this.changed = h("span", { class: "cw-changed" });
    this.chip = h("button", { class: "cw-chip cw-views-button", dataset: { chip: "views" } }, icon("bookmark"), this.label, this.changed, icon("chevron"));
    this.root = h("span", { class: "cw-chip-slot" }, this.chip);
    popover(this.chip, { label: "Views", build: (close) => this.build(close) });
    this.show(this.state);
  }

  /** `views`: their names; `on`: the one that was opened, `changed` since. */
  show(state) {
    this.state = state;
    const { on, changed } = state;
    this.label.textContent = on;
    this.label.hidden = !on; // the search beside it has better use for the room
    this.changed.textContent = on && changed ? " changed" : "";
    this.chip.dataset.on = String(Boolean(on));
    const shown = `${on}${changed ? ", changed" : ""}`;
    this.chip.setAttribute("aria-label", on ? `Views: ${shown}` : "Views");
    this.chip.title = on ? `View: ${shown}` : "Saved views";
    if (this.form?.isConnected && !this.form.contains(document.activeElement?.closest("input"))) this.fillForm();
  }

  build(close) {
    this.close = close;
    this.form = h("div", { class: "cw-views" });
    this.fillForm();
    return this.form;
  }

  fillForm() {
    const { views, on, changed } = this.state;
    fill(
      this.form,
      views.map((name) => this.view(name)),
      views.length === 0 && h("p", { class: "cw-form-note" }, "Keep filters and a search under a name."),
      h("hr", {}),
      on && changed && this.option(`Save changes to ${on}`, "check", () => this.does("save", { name: on })),
      on && this.option("Leave this view", "close", () => this.does("open", { name: "" })),
      this.option("Save as a new view…", "plus", () => this.nameForm("", (name) => this.create(name))),
    );
  }

  view(name) {
    const on = name === this.state.on;
    const small = (picture, label, run) => h("button", { class: "cw-icon-button", "aria-label": `${label} ${name}`, title: label, onclick: run }, icon(picture));
    return h(
      "div",
      { class: "cw-view-line" },
      h("button", { class: "cw-option", dataset: { on: String(on) }, "aria-current": on && "true", onclick: () => this.does("open", { name }) }, h("span", { class: "cw-view-name" }, name), on && icon("check")),
      small("pencil", "Rename", () => this.nameForm(name, (to) => this.rename(name, to))),
      small("trash", "Delete", () => this.remove(name)),
    );
  }

  option(label, picture, run) {
    return h("button", { class: "cw-option", onclick: run }, icon(picture), label);
  }

  // --- names

  nameForm(name, done) {
    const input = h("input", { type: "text", maxlength: "80", "aria-label": "Name of the view", placeholder: "Name of the view", value: name });
    const problem = h("p", { class: "cw-note", role: "alert" });
    const save = async (event) => {
      event.preventDefault();
      const words = await done(input.value.trim());
      problem.textContent = words ?? "";
    };
    const form = h("form", { class: "cw-view-form", onsubmit: save }, input, h("button", { class: "cw-button" }, "Save"));
    fill(this.form, form, problem);
    input.focus();
    input.select();
  }

  create(name) {
    if (!name) return "A view needs a name.";
    if (this.state.views.includes(name)) return `There is a view called ${name}. Replace it by opening it and saving the changes, or choose another name.`;
    return this.does("save", { name });
  }

  rename(name, to) {
    if (!to) return "A view needs a name.";
    if (to !== name && this.state.views.includes(to)) return `There is a view called ${to} already.`;
    return this.does("rename", { name, to });
  }

  async remove(name) {
    try {
      const { value } = await this.link.ask("view_delete", { name });
      this.close();
      toast(this.el, `View “${name}” deleted`, { undo: { run: () => this.ask("view_restore", value) } });
    } catch (trouble) {
      toast(this.el, trouble.message);
    }
  }

  /** Does it and closes; resolves to what went wrong, in words. */
  async does(what, args) {
    try {
      await this.link.ask(`view_${what}`, args);
      this.close();
      return "";
    } catch (trouble) {
      if (!this.form.querySelector("form")) toast(this.el, trouble.message);
      return trouble.message;
    }
  }

  ask(name, args) {
    this.link.ask(name, args).catch((trouble) => toast(this.el, trouble.message));
  }
}
