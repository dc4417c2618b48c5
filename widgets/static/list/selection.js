// Which conversations are selected: some by their ids, or all that match.

export class Selection {
  /** `changed()` is called after each change made here. */
  constructor(changed) {
    this.changed = changed;
    this.ids = new Set();
    this.all = false;
    this.anchor = "";
    this.before = new Set();
  }

  get on() {
    return this.all || this.ids.size > 0;
  }

  has(id) {
    return this.all || this.ids.has(id);
  }

  /** As the kernel has it; says whether that is something new. */
  take(ids, all) {
    const same = all === this.all && ids.length === this.ids.size && ids.every((id) => this.ids.has(id));
    if (!same) Object.assign(this, { ids: new Set(ids), all });
    return !same;
  }

  set(ids) {
    Object.assign(this, { ids: new Set(ids), all: false });
    this.changed();
  }

  clear() {
    this.anchor = "";
    this.set([]);
  }

  everything() {
    Object.assign(this, { ids: new Set(), all: true });
    this.changed();
  }

  /** `loaded`: what "all" comes down to once one of them is taken out. */
  toggle(id, loaded) {
    const ids = new Set(this.all ? loaded : this.ids);
    if (!ids.delete(id)) ids.add(id);
    this.anchorAt(id, ids);
    this.set(ids);
  }

  /** Where a range begins, and what was selected before it. */
  anchorAt(id, ids = this.ids) {
    this.anchor = id;
    this.before = new Set(ids);
  }

  /** All from the anchor to the row at `to`, beside what was selected before. */
  extend(rows, to) {
    const from = Math.max(0, rows.indexOf(this.anchor));
    const [first, last] = from < to ? [from, to] : [to, from];
    const range = rows.ids().slice(first, last + 1);
    this.set([...this.before, ...range]);
  }
}
