// Tabs, search and filters over the conversation list.

import { fill, h } from "../shared/dom.js";
import { capitalised, daysAgo, shortDay, zone } from "../shared/format.js";
import { channelIcon, icon } from "../shared/icons.js";
import { onCommands } from "../shared/keys.js";
import { popover } from "../shared/overlay.js";
import { panel } from "../shared/panel.js";
import { SearchField } from "./search_field.js";
import { ViewsMenu } from "./views_menu.js";

const STATUSES = ["created", "pending", "replied", "resolved"];
const TABS = [["all", "All"], ["archived", "Archived"]];
const NONE = { status: [], search: "", since: "", until: "", channel: "", unread: false, contact: "", ids: null, query: "" };
const DAY_LENGTH = "2026-03-31".length;

const PRESETS = [
  ["Today", () => [daysAgo(0), daysAgo(0)]],
  ["Yesterday", () => [daysAgo(1), daysAgo(1)]],
  ["Last 7 days", () => [daysAgo(6), daysAgo(0)]],
  ["Last 30 days", () => [daysAgo(29), daysAgo(0)]],
];

class Filters {
  constructor({ el, link, signal }) {
    this.el = el;
    this.link = link;
    this.filter = { tab: "all", ...NONE };
    this.channels = [];
    this.sending = false;
    this.search = new SearchField({ search: (search) => this.change({ search }), leave: () => focusList(el) });
    this.views = new ViewsMenu({ el, link });
    this.tabs = h("div", { class: "cw-tabs", role: "tablist", "aria-label": "Conversations" });
    this.chips = h("div", { class: "cw-chips", role: "group", "aria-label": "Filters" });
    this.tabs.addEventListener("keydown", (event) => this.moveTab(event));
    fill(el, this.tabs, h("div", { class: "cw-search-line" }, this.search.root, this.views.root), this.chips);
    this.build();
    link.on("totals", (value) => this.showTotals(value));
    // Its own choices come back too, older than what may have been typed since.
    link.on("filter", ({ by, filter }) => by !== link.view && this.take(filter));
    link.on("channels", (value) => this.takeChannels(value));
    link.on("views", (value) => this.views.show(value));
    onCommands(el, signal, { search: () => this.search.input.select() });
    this.load();
  }

  async load() {
    this.problem("");
    try {
      const { value } = await this.link.read("ready", { view: this.link.view });
      this.channels = value.channels;
      this.take(value.filter);
      this.views.show(value.views);
      this.showTotals((await this.link.read("totals")).value);
    } catch (trouble) {
      // A hub that is back is asked again by itself (`followHub` in shared/panel.js).
      this.problem(trouble.message, h("button", { class: "cw-link-button cw-retry", onclick: () => this.load() }, "Try again"));
    }
  }

  /** The kernel's filter: another view, or Python, may have changed it. */
  take(filter) {
    this.filter = filter;
    this.build();
  }

  takeChannels(channels) {
    this.channels = channels;
    this.build();
  }

  change(part) {
    this.filter = { ...this.filter, ...part };
    this.build();
    this.send();
  }

  /** Tells the kernel, one filter at a time: what changes meanwhile goes next, so that the last one counts. */
  async send() {
    this.changed = true;
    if (this.sending) return;
    this.sending = true;
    this.search.busy(true);
    while (this.changed) {
      this.changed = false;
      const asked = this.link.ask("filter", { ...this.filter, zone, by: this.link.view });
      const words = await asked.then(() => "", (trouble) => trouble.message);
      if (!this.changed) this.problem(words);
    }
    this.sending = false;
    this.search.busy(false);
  }

  problem(words, ...more) {
    this.el.querySelector(".cw-filters-problem")?.remove();
    if (words) this.el.append(h("p", { class: "cw-note cw-filters-problem", role: "alert" }, words, " ", more));
  }

  // --- tabs

  build() {
    if (!this.tabs.childElementCount) fill(this.tabs, TABS.map(([id, label]) => this.tab(id, label)));
    for (const tab of this.tabs.children) {
      const on = tab.dataset.tab === this.filter.tab;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
    }
    this.search.show(this.filter.search);
    this.buildChips();
  }

  tab(id, label) {
    const props = { role: "tab", class: "cw-tab", dataset: { tab: id } };
    const badge = h("span", { class: "cw-badge", hidden: true });
    return h("button", { ...props, onclick: () => this.change({ tab: id }) }, label, badge);
  }

  moveTab(event) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    const other = TABS.find(([id]) => id !== this.filter.tab)[0];
    this.change({ tab: other });
    this.tabs.querySelector(`[data-tab=${other}]`).focus();
  }

  showTotals(totals) {
    const { filtered } = totals;
    for (const tab of this.tabs.children) {
      const n = totals[tab.dataset.tab];
      const badge = tab.querySelector(".cw-badge");
      badge.hidden = !filtered && n === 0;
      badge.textContent = n.toLocaleString();
      badge.classList.toggle("cw-badge-plain", filtered);
      badge.title = filtered ? `${n} found` : `${n} unread`;
    }
  }

  // --- chips

  buildChips() {
    const { status, since, until, channel, unread } = this.filter;
    const focused = this.chips.contains(document.activeElement) && document.activeElement.dataset.chip;
    if (this.chips.querySelector(":popover-open")) return this.relabel();
    const picked = this.channels.find(({ id, name }) => id === channel || name === channel);
    fill(
      this.chips,
      this.dropdown("status", statusLabel(status), status.length > 0, () => this.statusForm()),
      this.dropdown("dates", rangeLabel(since, until), Boolean(since || until), (close) => this.dateForm(close)),
      this.dropdown("channel", picked?.name ?? "Channel", Boolean(channel), (close) => this.channelForm(close)),
      this.unreadChip(unread),
      this.narrowedChip(),
      this.isFiltered() && this.clearButton(),
    );
    if (focused) this.chips.querySelector(`[data-chip=${focused}]`)?.focus();
    return undefined;
  }

  /** While a popover is open its chip must stay; only what the chips say may change. */
  relabel() {
    const { status, since, until } = this.filter;
    this.label("status", statusLabel(status), status.length > 0);
    this.label("dates", rangeLabel(since, until), Boolean(since || until));
  }

  label(name, text, on) {
    const chip = this.chips.querySelector(`[data-chip=${name}]`);
    chip.firstChild.textContent = text;
    chip.dataset.on = String(on);
  }

  isFiltered() {
    const { status, since, until, channel, unread } = this.filter;
    return Boolean(status.length || since || until || channel || unread || narrowed(this.filter));
  }

  dropdown(name, label, on, form) {
    const chip = h(
      "button",
      { class: "cw-chip", dataset: { chip: name, on: String(on) } },
      h("span", {}, label),
      icon("chevron"),
    );
    const closed = (event) => event.newState === "closed" && setTimeout(() => this.buildChips());
    popover(chip, {
      label: `Filter by ${name}`,
      build: (close) => {
        const content = form(close);
        queueMicrotask(() => content.parentElement.addEventListener("toggle", closed));
        return content;
      },
    });
    return h("span", { class: "cw-chip-slot" }, chip);
  }

  unreadChip(on) {
    const props = { class: "cw-chip", "aria-pressed": String(on), dataset: { chip: "unread", on: String(on) } };
    return h("button", { ...props, onclick: () => this.change({ unread: !on }) }, "Unread only");
  }

  /** What a view from Python may narrow to, which has no form here: a click takes it off. */
  narrowedChip() {
    const words = narrowed(this.filter);
    const off = () => this.change({ contact: "", ids: null, query: "" });
    const props = { class: "cw-chip", title: this.filter.query || words, dataset: { chip: "narrowed", on: "true" } };
    return words && h("button", { ...props, onclick: off }, h("span", {}, words), icon("close"));
  }

  clearButton() {
    const clear = () => this.change({ ...NONE, search: this.filter.search });
    return h("button", { class: "cw-chip cw-chip-clear", dataset: { chip: "clear" }, onclick: clear }, "Clear");
  }

  statusForm() {
    const toggle = (event) => {
      const { value, checked } = event.target;
      const kept = this.filter.status.filter((s) => s !== value);
      const status = STATUSES.filter((s) => kept.includes(s) || (checked && s === value));
      this.change({ status });
    };
    return h(
      "div",
      { onchange: toggle },
      STATUSES.map((status) =>
        h(
          "label",
          { class: "cw-check" },
          h("input", { type: "checkbox", value: status, checked: this.filter.status.includes(status) }),
          h("span", { class: "cw-pill", dataset: { status } }, capitalised(status)),
        ),
      ),
    );
  }

  dateForm(close) {
    const field = (label, part) =>
      h("label", { class: "cw-field" }, label, h("input", {
        type: "date",
        value: this.filter[part].slice(0, DAY_LENGTH),
        onchange: (event) => this.change({ [part]: event.target.value }),
      }));
    const preset = ([label, range]) => {
      const [since, until] = range();
      const on = since === this.filter.since && until === this.filter.until;
      const pick = () => {
        this.change({ since, until });
        close();
      };
      return h("button", { class: "cw-option", dataset: { on: String(on) }, onclick: pick }, label, on && icon("check"));
    };
    const presets = PRESETS.map(preset);
    return h(
      "div",
      {},
      presets,
      h("hr", {}),
      h("div", { class: "cw-fields" }, field("From", "since"), field("To", "until")),
      h("p", { class: "cw-form-note" }, `Days in ${zone.replaceAll("_", " ")}, by last activity`),
    );
  }

  channelForm(close) {
    const option = (id, name, glyph) => {
      const on = this.filter.channel === id;
      const pick = () => {
        this.change({ channel: id });
        close();
      };
      return h("button", { class: "cw-option", dataset: { on: String(on) }, onclick: pick }, glyph, name, on && icon("check"));
    };
    return h(
      "div",
      {},
      option("", "Any channel", null),
      this.channels.map(({ id, name, look }) => option(id, name, channelIcon(look, ""))),
    );
  }
}

function narrowed({ contact, ids, query }) {
  if (query) return "By query";
  if (ids) return `${ids.length.toLocaleString()} picked`;
  return contact && "One contact";
}

function statusLabel(status) {
  if (status.length === 0) return "Status";
  return status.length === 1 ? capitalised(status[0]) : `${status.length} statuses`;
}

function rangeLabel(from, to) {
  // From Python they may be instants, too.
  const [since, until] = [from.slice(0, DAY_LENGTH), to.slice(0, DAY_LENGTH)];
  const preset = PRESETS.find(([, range]) => range().join() === [since, until].join());
  if (preset) return preset[0];
  if (since && until) return since === until ? shortDay(since) : `${shortDay(since)} – ${shortDay(until)}`;
  if (since) return `From ${shortDay(since)}`;
  return until ? `Until ${shortDay(until)}` : "Date range";
}

function focusList(el) {
  el.closest(".cw-inbox")?.querySelector(".cw-list [role=listbox]")?.focus();
}

export default panel("filters", (parts) => new Filters(parts));
