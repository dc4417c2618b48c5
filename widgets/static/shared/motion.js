// Motion that a script makes, which the styles' rule for who wants none does not reach.

/** How to scroll where one is to see the way: at once for who wants no motion. */
export function gently() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
}
