// The rows a list has loaded, newest activity first, and what a change does to them. No DOM here.

export class Rows {
  constructor() {
    this.sorted = [];
    this.byId = new Map();
  }

  get size() {
    return this.sorted.length;
  }

  get(id) {
    return this.byId.get(id);
  }

  at(index) {
    return this.sorted[index];
  }

  ids() {
    return this.sorted.map(({ id }) => id);
  }

  /** Some conversations by ids, and by the names of those that are here. */
  named(ids) {
    return { ids, names: ids.map((id) => this.byId.get(id)?.contact_name ?? "").filter(Boolean) };
  }

  areAll(ids, status) {
    return ids.every((id) => this.byId.get(id)?.status === status);
  }

  /** Where a row stands; -1 if it is not here. */
  indexOf(id) {
    const row = this.byId.get(id);
    return row ? this.place(row) : -1;
  }

  // `place` is a text made to be compared: time of the last activity, then id.
  place(row) {
    let [low, high] = [0, this.sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle].place > row.place) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Puts `rows` in their places and takes the ids `gone` out; `fresh`: these are all there are.
   * Returns those that came, or moved to another place.
   */
  apply({ fresh, rows, gone }) {
    const moved = rows.filter((row) => this.byId.get(row.id)?.place !== row.place);
    if (fresh) this.byId.clear();
    for (const id of gone) this.byId.delete(id);
    for (const row of rows) this.byId.set(row.id, row);
    this.sorted = [...this.byId.values()].sort((a, b) => (a.place < b.place ? 1 : -1));
    return moved;
  }
}
