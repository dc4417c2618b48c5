// What keys mean in a list that has several rows selected at a time, as the ARIA practices have it.

import { isKey } from "../shared/keys.js";
import { above, below } from "./place.js";

/**
 * `at` is the active row, or between two, `last` the last one, `page` as many as are in sight. Gives {moveTo} or
 * {extendTo} with a row, or {does: open | toggle | all | clear}; null: nothing of the list's.
 */
export function meaning(event, { at, last, page }) {
  const ctrl = event.ctrlKey || event.metaKey;
  if (event.altKey) return null;
  if (ctrl) return event.key.toLowerCase() === "a" ? { does: "all" } : null;
  const does = isKey(event, "x") ? "toggle" : { Enter: "open", " ": "toggle", Escape: "clear" }[event.key];
  if (does) return { does };
  const to = {
    ArrowDown: below(at),
    ArrowUp: above(at),
    PageDown: below(at, page),
    PageUp: above(at, page),
    Home: 0,
    End: last,
  }[event.key];
  if (to === undefined) return null;
  const row = Math.max(0, Math.min(to, last));
  return event.shiftKey ? { extendTo: row } : { moveTo: row };
}
