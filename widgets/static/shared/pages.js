// Which page of the workspace an inbox shows: the messages, or another panel in their place.

const NAME = "cw-page";
export const MESSAGES = "messages";
/** Panels of a page of their own, by its name; and those that are on every page. */
const PAGES = { templates: ".cw-templates" };
const ALWAYS = ".cw-sidebar, .cw-notice, .cw-toasts";

/** Of the inbox around `el`. */
export function pageOf(el) {
  return el.closest(".cw-inbox")?.dataset.page ?? MESSAGES;
}

export function showPage(el, name) {
  const inbox = el.closest(".cw-inbox");
  if (!inbox || pageOf(el) === name) return;
  inbox.dataset.page = name;
  for (const panel of inbox.querySelectorAll(".cw-panel")) panel.dispatchEvent(new CustomEvent(NAME, { detail: name }));
}

/** Calls `run(name)` when another page is shown. */
export function onPage(el, signal, run) {
  el.addEventListener(NAME, ({ detail }) => run(detail), { signal });
}

/** The panels around `el` that its page has: what does not show hears no keys. */
export function onThisPage(el) {
  const panels = [...(el.closest(".cw-inbox")?.querySelectorAll(".cw-panel") ?? [])];
  const own = PAGES[pageOf(el)];
  const others = Object.values(PAGES).join(", ");
  return panels.filter((panel) => (own ? panel.matches(`${ALWAYS}, ${own}`) : !panel.matches(others)));
}
