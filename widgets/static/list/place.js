// Where one is in the list, to go on from: also once the row one was at has moved by an answer, or is gone.

export class Place {
  constructor(rows) {
    this.rows = rows;
    this.forget();
  }

  /** One begins at the top. */
  forget() {
    this.was = { at: 0 };
  }

  /** One goes to the row `id`. */
  take(id) {
    const at = this.rows.indexOf(id);
    if (at < 0) return this.forget();
    this.was = { at, place: this.rows.at(at).place, before: this.rows.at(Math.max(0, at - 1)).id, after: this.rows.at(at + 1)?.id };
    return undefined;
  }

  /** The index of the row `id`, or half of one: between the rows that were around it. */
  of(id) {
    const at = this.rows.indexOf(id);
    if (at >= 0 && this.rows.get(id).place === this.was.place) return at;
    const after = this.rows.indexOf(this.was.after);
    if (after >= 0) return after - 0.5;
    const before = this.was.before === id ? -1 : this.rows.indexOf(this.was.before);
    if (before >= 0) return before + 0.5;
    return at >= 0 ? at : this.was.at - 0.5;
  }

  /** Where to go on when one is done with the row `id`: to the next, at the end to the one before; -1: nowhere. */
  next(id) {
    const at = this.of(id);
    const to = below(at) < this.rows.size ? below(at) : above(at);
    return this.rows.at(to) ? to : -1;
  }

  /** A step down (1) or up (-1) from the row `id`, within the list. */
  step(id, by) {
    const at = this.of(id);
    return Math.max(0, Math.min(by > 0 ? below(at) : above(at), this.rows.size - 1));
  }

  /** The row `id`, or the one that took its place at `at`; "" where there is none. */
  here(id, at) {
    return (this.rows.get(id) ?? this.rows.at(Math.min(below(at), this.rows.size - 1)))?.id ?? "";
  }
}

/** So many rows below a place. */
export function below(at, by = 1) {
  return Math.floor(at) + by;
}

/** So many rows above a place. */
export function above(at, by = 1) {
  return Math.ceil(at) - by;
}
