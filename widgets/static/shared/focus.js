// Where the keyboard is in an inbox: from part to part, back to the list, and never lost.

/** The parts in reading order, and what of each takes the focus. */
const REGIONS = [
  ["sidebar", "[aria-current]"],
  ["filters", ".cw-search-input"],
  ["list", "[role=listbox]"],
  ["view", "[role=log]"],
  ["composer", "textarea"],
  ["toasts", ".cw-toast-action"],
  ["card", ""],
  ["templates", "[role=listbox]"],
];
const FOCUSABLE = "button, input, textarea, select, a[href], [tabindex='0']";

/** `inbox` is the element around all panels. */
export class Focus {
  constructor(inbox, signal) {
    this.inbox = inbox;
    this.last = null;
    this.lost = false;
    this.waiting = false;
    inbox.addEventListener("focusin", ({ target }) => this.arrived(target), { signal });
    inbox.addEventListener("focusout", (event) => event.relatedTarget || setTimeout(() => this.left()), { signal });
    const watcher = new MutationObserver((records) => this.changed(records));
    watcher.observe(inbox, { attributeFilter: ["hidden", "disabled", "data-open", "data-page"], childList: true, subtree: true });
    signal.addEventListener("abort", () => watcher.disconnect());
  }

  arrived(target) {
    this.last = target;
    this.waiting = false;
  }

  /**
   * To the list, where it shows, or else to what is searched for; a narrow inbox shows it again. Returns
   * false where there is none.
   */
  toList() {
    const list = this.spot("list") ?? this.uncovered() ?? this.spot("filters");
    list?.focus();
    return Boolean(list);
  }

  uncovered() {
    const back = this.inbox.querySelector(".cw-view[data-open=true] .cw-back");
    if (!back || !takesFocus(back)) return undefined;
    back.click();
    return this.spot("list");
  }

  /** To the messages; as soon as they are there if their conversation is still being loaded. */
  toMessages() {
    const log = this.spot("view");
    log?.focus();
    this.waiting = !log;
  }

  /** The next part (`by` 1) or the one before (-1), round and round. */
  move(by) {
    const spots = REGIONS.map(([name]) => this.spot(name)).filter(Boolean);
    const at = spots.findIndex((spot) => spot.closest(".cw-panel").contains(document.activeElement));
    spots.at(at < 0 ? 0 : (at + by) % spots.length)?.focus();
  }

  /** What of a part takes the focus; undefined where the part does not show. */
  spot(name) {
    const panel = this.inbox.querySelector(`.cw-panel.cw-${name}`);
    const wanted = REGIONS.find(([each]) => each === name)[1];
    const spots = [wanted && panel?.querySelector(wanted), ...(panel?.querySelectorAll(FOCUSABLE) ?? [])];
    return spots.find((spot) => spot && takesFocus(spot));
  }

  // --- what was focused may be removed, hidden or disabled under one's hands

  left() {
    if (!this.lost && !this.inbox.contains(document.activeElement)) this.last = null;
  }

  changed(records) {
    if (this.waiting && this.spot("view")?.matches("[role=log]")) {
      this.waiting = false;
      this.spot("view").focus();
      return;
    }
    if (!this.last || this.lost) return;
    const removed = records.some(({ removedNodes }) => [...removedNodes].some((node) => node.contains(this.last)));
    if (!removed && takesFocus(this.last)) return;
    this.lost = true;
    setTimeout(() => this.rescue());
  }

  rescue() {
    this.lost = false;
    const at = document.activeElement;
    if (at && at !== document.body && at !== this.last) return;
    // Not `toList`: what is being read must not be closed because the list got covered.
    const spot = takesFocus(this.last) ? this.last : (this.spot("list") ?? this.spot("filters") ?? this.spot("view"));
    if (spot) spot.focus();
    else this.move(1);
  }
}

function takesFocus(node) {
  return node.isConnected && !node.disabled && node.checkVisibility({ visibilityProperty: true });
}
