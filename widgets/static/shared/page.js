// What all panels of one page share, whatever notebook or kernel they are of. Each kernel may bring a
// script of its own for its panels, so it lies on the window.

/** Events between the panels of one page, such as a message on its way; never leaves the page. */
export const page = (globalThis[Symbol.for("conversation-workspace")] ??= new EventTarget());

/** The one `name` of this page, made by `make()` for the first that asks. */
export function onePerPage(name, make) {
  page.single ??= new Map();
  if (!page.single.has(name)) page.single.set(name, make());
  return page.single.get(name);
}
