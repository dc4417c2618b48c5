// Building DOM. Strangers' text only ever becomes a text node: nothing here parses HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. `props`: attributes, `on…` listeners, `dataset`, and `style` as custom or plain
 * properties; null, undefined and false are left out, in props and among children.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) set(node, key, value);
  return fill(node, ...children);
}

function set(node, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else if (key === "dataset") Object.assign(node.dataset, value);
  else if (key === "style") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
  else node.setAttribute(key, value === true ? "" : value);
}

/** Replaces what `node` holds. */
export function fill(node, ...children) {
  const present = children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false);
  node.replaceChildren(...present);
  return node;
}

/** The inbox that `el` is in; a panel that stands alone is its own. */
export function around(el) {
  return el.closest(".cw-inbox") ?? el.closest(".cw-panel");
}

export function svg(tag, props = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(props)) {
    if (value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

/**
 * Makes `nodes` the children of `parent`, moving only what is not yet in its place: a moved iframe
 * or audio player would load anew.
 */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let at = parent.firstElementChild;
  for (const node of nodes) {
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
}

export function debounce(wait, run) {
  let timer;
  const later = (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      run(...args);
    }, wait);
  };
  later.cancel = () => {
    clearTimeout(timer);
    timer = null;
  };
  /** Whether it is to run yet. */
  later.due = () => Boolean(timer);
  return later;
}

/** A random name for a request or an attempt; `randomUUID` exists on https and localhost only. */
export function token() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}
