// Tabs, search and filters over the conversation list.

import { debounce, fill, h } from "./dom.js";
import { capitalised, daysAgo, shortDay, zone } from "./format.js";
import { channelIcon, icon } from "./icons.js";
import { popover } from "./overlay.js";
import { panel } from "./panel.js";

const STATUSES = ["created", "pending", "replied", "resolved"];
const TABS = [["all", "All"], ["archived", "Archived"]];
const NONE = { status: [], search: "", since: "", until: "", channel: "", unread: false };
const TYPING_PAUSE = 220;

const PRESETS = [
  ["Today", () => [daysAgo(0), daysAgo(0)]],
  ["Yesterday", () => [daysAgo(1), daysAgo(1)]],
  ["Last 7 days", () => [daysAgo(6), daysAgo(0)]],
  ["Last 30 days", () => [daysAgo(29), daysAgo(0)]],
];

class Filters {
  constructor({ el, link }) {
    this.el = el;
    this.link = link;
    this.filter = { tab: "all", ...NONE };
    this.channels = [];
    this.search = this.searchField();
    this.tabs = h("div", { class: "cw-tabs", role: "tablist", "aria-label": "Conversations" });
    this.chips = h("div", { class: "cw-chips", role: "group", "aria-label": "Filters" });
    this.tabs.addEventListener("keydown", (event) => this.moveTab(event));
    fill(el, this.tabs, this.search.row, this.chips);
    this.build();
    link.on("totals", (value) => this.showTotals(value));
    // Its own choices come back too, older than what may have been typed since.
    link.on("filter", ({ by, filter }) => by !== link.view && this.take(filter));
    link.on("channels", (value) => this.takeChannels(value));
    link.read("ready", { view: link.view }).then(({ value }) => {
      this.channels = value.channels;
      this.take(value.filter);
      this.showTotals(value);
    }, (trouble) => fill(this.chips, h("p", { class: "cw-note", role: "alert" }, trouble.message)));
  }

  /** The kernel's filter: another view, or Python, may have changed it. */
  take(filter) {
    this.filter = filter;
    if (document.activeElement !== this.search.input) this.search.input.value = filter.search;
    this.build();
  }

  takeChannels(channels) {
    this.channels = channels;
    this.build();
  }

  change(part) {
    this.filter = { ...this.filter, ...part };
    this.build();
    this.link.ask("filter", { ...this.filter, zone, by: this.link.view }).then(
      () => this.problem(""),
      (trouble) => this.problem(trouble.message),
    );
  }

  problem(words) {
    this.el.querySelector(".cw-filters-problem")?.remove();
    if (words) this.el.append(h("p", { class: "cw-note cw-filters-problem", role: "alert" }, words));
  }

  // --- tabs

  build() {
    if (!this.tabs.childElementCount) fill(this.tabs, TABS.map(([id, label]) => this.tab(id, label)));
    for (const tab of this.tabs.children) {
      const on = tab.dataset.tab === this.filter.tab;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
    }
    this.search.clear.hidden = !this.search.input.value;
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

  // --- search

  searchField() {
    const input = h("input", {
      type: "text",
      class: "cw-search-input",
      "aria-label": "Search conversations",
      placeholder: "Search names and messages",
      autocomplete: "off",
      spellcheck: "false",
    });
    const clear = h(
      "button",
      { class: "cw-icon-button cw-search-clear", "aria-label": "Clear the search", hidden: true },
      icon("close"),
    );
    const send = debounce(TYPING_PAUSE, () => this.change({ search: input.value.trim() }));
    const empty = () => {
      input.value = "";
      send.cancel();
      this.change({ search: "" });
    };
    input.addEventListener("input", () => {
      clear.hidden = !input.value;
      send();
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && input.value) empty();
      if (event.key === "ArrowDown") focusList(this.el);
    });
    clear.addEventListener("click", () => {
      empty();
      input.focus();
    });
    return { row: h("div", { class: "cw-search", role: "search" }, icon("search"), input, clear), input, clear };
  }

  // --- chips

  buildChips() {
    const { status, since, until, channel, unread } = this.filter;
    const focused = this.chips.contains(document.activeElement) && document.activeElement.dataset.chip;
    if (this.chips.querySelector(":popover-open")) return this.relabel();
    const picked = this.channels.find(({ id }) => id === channel);
    fill(
      this.chips,
      this.dropdown("status", statusLabel(status), status.length > 0, () => this.statusForm()),
      this.dropdown("dates", rangeLabel(since, until), Boolean(since || until), (close) => this.dateForm(close)),
      this.channels.length > 1 &&
        this.dropdown("channel", picked?.name ?? "Channel", Boolean(channel), (close) => this.channelForm(close)),
      this.unreadChip(unread),
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
    return Boolean(status.length || since || until || channel || unread);
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
    return h("button", { ...props, onclick: () => this.change({ unread: !on }) }, "Unread");
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
      { class: "cw-form", onchange: toggle },
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
        value: this.filter[part],
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
      { class: "cw-form" },
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
      { class: "cw-form" },
      option("", "Any channel", null),
      this.channels.map(({ id, name, look }) => option(id, name, channelIcon(look, ""))),
    );
  }
}

function statusLabel(status) {
  if (status.length === 0) return "Status";
  return status.length === 1 ? capitalised(status[0]) : `${status.length} statuses`;
}

function rangeLabel(since, until) {
  const preset = PRESETS.find(([, range]) => range().join() === [since, until].join());
  if (preset) return preset[0];
  if (since && until) return since === until ? shortDay(since) : `${shortDay(since)} – ${shortDay(until)}`;
  if (since) return `From ${shortDay(since)}`;
  return until ? `Until ${shortDay(until)}` : "Date";
}

function focusList(el) {
  el.closest(".cw-inbox")?.querySelector(".cw-list [role=listbox]")?.focus();
}

export default panel("filters", (parts) => new Filters(parts));
