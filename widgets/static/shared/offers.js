// The way back by keyboard: the newest of what an inbox offers to take back, whichever panel did it.

import { around } from "./dom.js";
import { onePerPage } from "./page.js";

const offers = onePerPage("undo", () => new WeakMap());

/** Offers to take back, by calling `run`, what was just done around `el`. Returns a function that ends the offer. */
export function offerUndo(el, run) {
  const standing = offersAround(el);
  standing.push(run);
  return () => standing.includes(run) && standing.splice(standing.indexOf(run), 1);
}

/**
 * Something is on its way: who takes it back already means this, not what was done before. Returns a
 * function that says, once it is done, whether it was taken back meanwhile.
 */
export function underWay(el) {
  let unwanted = false;
  const withdraw = offerUndo(el, () => {
    unwanted = true;
    withdraw();
  });
  return () => {
    withdraw();
    return unwanted;
  };
}

/** Takes back the newest of what is offered; false where nothing is. */
export function takeBack(el) {
  const newest = offersAround(el).at(-1);
  newest?.();
  return Boolean(newest);
}

function offersAround(el) {
  const place = around(el);
  if (!offers.has(place)) offers.set(place, []);
  return offers.get(place);
}
