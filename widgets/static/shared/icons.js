// Our own glyphs on a 24 by 24 grid, drawn as strokes; channels are pictured by what they are
// (a bubble, a camera, an envelope), not by their owners' marks.

import { svg } from "./dom.js";

const PATHS = {
  alert: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 8v4.6M12 15.9v.1",
  archive: "M4.5 4.5h15a1 1 0 0 1 1 1v2a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1v-2a1 1 0 0 1 1-1zM5 8.5V18a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8.5M10 12.5h4",
  audio: "M12 3.5a3 3 0 0 0-3 3v4.6a3 3 0 0 0 6 0V6.5a3 3 0 0 0-3-3zM5.6 11.3a6.4 6.4 0 0 0 12.8 0M12 17.7v2.8",
  back: "M14.5 5.5 8 12l6.5 6.5",
  bell: "M12 4a5.3 5.3 0 0 0-5.3 5.3c0 4.6-1.7 6.2-2.2 6.7h15c-.5-.5-2.2-2.1-2.2-6.7A5.3 5.3 0 0 0 12 4zM10 19.3a2.1 2.1 0 0 0 4 0",
  belloff: "M12 4a5.3 5.3 0 0 0-5.3 5.3c0 4.6-1.7 6.2-2.2 6.7h15c-.5-.5-2.2-2.1-2.2-6.7A5.3 5.3 0 0 0 12 4zM10 19.3a2.1 2.1 0 0 0 4 0M4.5 4l15 16",
  block: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM6 6l12 12",
  canned: "M13.2 3.5 5.5 13.4h5.6l-.9 7.1 8.3-10.6h-5.9z",
  chat: "M5.5 4.5h13a2 2 0 0 1 2 2v8.5a2 2 0 0 1-2 2h-7L7 20.5V17H5.5a2 2 0 0 1-2-2V6.5a2 2 0 0 1 2-2zM8 9h8M8 12.5h5",
  check: "m5 12.6 4.4 4.4L19 7.4",
  checks: "m1.8 12.6 4.4 4.4L15 8.2M11.3 15.9l1.1 1.1L22.2 7.2",
  chevron: "m7 9.5 5 5 5-5",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
  bookmark: "M7.5 4.5h9a1 1 0 0 1 1 1v14L12 15.7 6.5 19.5V5.5a1 1 0 0 1 1-1z",
  clip: "M19 11.6l-7.1 7.1a4.3 4.3 0 0 1-6.1-6.1l7.4-7.4a2.9 2.9 0 0 1 4.1 4.1l-7.3 7.3a1.4 1.4 0 0 1-2-2l6.6-6.6",
  close: "m6.5 6.5 11 11M17.5 6.5l-11 11",
  code: "m8.5 8-4 4 4 4M15.5 8l4 4-4 4",
  copy: "M9.5 8.5h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-8a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2zM4.5 15.5v-9a2 2 0 0 1 2-2h9",
  document: "M13.5 3.5H7.5a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2V8.5zM13.5 3.5v5h5",
  down: "M12 5v14M6 13l6 6 6-6",
  download: "M12 4v10.5M7.5 10.5 12 15l4.5-4.5M5 19.5h14",
  filter: "M4.5 6.5h15M7.5 12h9M10.5 17.5h3",
  fold: "M6 5h12a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM9.5 5v14M15.5 9.5 13 12l2.5 2.5",
  image: "M6 4.5h12A2.5 2.5 0 0 1 20.5 7v10a2.5 2.5 0 0 1-2.5 2.5H6A2.5 2.5 0 0 1 3.5 17V7A2.5 2.5 0 0 1 6 4.5zM4 17l4.8-4.6 3.4 3.1 3.3-3 4.7 4.3M9 8.1a1.1 1.1 0 1 0 0 2.2 1.1 1.1 0 0 0 0-2.2z",
  link: "M14 4.5h5.5V10M19.5 4.5l-9 9M11 5.5H6a1.5 1.5 0 0 0-1.5 1.5v11A1.5 1.5 0 0 0 6 19.5h11a1.5 1.5 0 0 0 1.5-1.5v-5",
  lock: "M7 11h10a1.5 1.5 0 0 1 1.5 1.5v6A1.5 1.5 0 0 1 17 20H7a1.5 1.5 0 0 1-1.5-1.5v-6A1.5 1.5 0 0 1 7 11zM8 11V8a4 4 0 0 1 8 0v3",
  merge: "M5 4.5v2.5a5 5 0 0 0 5 5h2.5M5 19.5V17a5 5 0 0 1 5-5M11.5 12h8M16 8.5l3.5 3.5-3.5 3.5",
  minus: "M5.5 12h13",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  note: "M5.5 4.5h13a1 1 0 0 1 1 1v8.6l-5.4 5.4H5.5a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1zM19.2 14.2h-4a1 1 0 0 0-1 1v4M8 9h8M8 12.5h4",
  panel: "M5.5 4.5h13a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2v-11a2 2 0 0 1 2-2zM14.5 4.5v15",
  pause: "M8.5 5.5v13M15.5 5.5v13",
  pencil: "M4.5 19.5l1-4.5L16 4.5l3.5 3.5L9 18.5z",
  phone: "M6.5 3.5h3l1.6 4.2-2.1 1.6a12 12 0 0 0 5.7 5.7l1.6-2.1 4.2 1.6v3a2 2 0 0 1-2 2A15 15 0 0 1 4.5 5.5a2 2 0 0 1 2-2z",
  play: "M8 5.2v13.6L18.8 12z",
  plug: "M9 3.5v4.5M15 3.5v4.5M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0zM12 17v3.5",
  plus: "M12 5.5v13M5.5 12h13",
  question: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM9.7 9.7a2.3 2.3 0 1 1 3.4 2c-.8.4-1.1.9-1.1 1.6M12 16.3v.1",
  read: "M3.5 10.5 12 4.5l8.5 6V18a1.8 1.8 0 0 1-1.8 1.8H5.3A1.8 1.8 0 0 1 3.5 18zM3.5 10.8 12 15.8l8.5-5",
  reopen: "M4.5 12a7.5 7.5 0 1 0 2.4-5.5L4.5 8.8M4.5 4.5v4.3h4.3",
  reply: "M9.5 6.5 4.5 11.5l5 5M5 11.5h9a5.5 5.5 0 0 1 5.5 5.5v1.5",
  resolve: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM8.3 12.3l2.6 2.6 4.9-5.1",
  search: "M11 4.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM19.5 19.5l-3.9-3.9",
  send: "M12 19.5v-15M5.5 11 12 4.5 18.5 11",
  smile: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM8.2 14a4.6 4.6 0 0 0 7.6 0M9 9.6v.1M15 9.6v.1",
  spark: "M12 3.5l1.9 5.2a2.3 2.3 0 0 0 1.4 1.4l5.2 1.9-5.2 1.9a2.3 2.3 0 0 0-1.4 1.4L12 20.5l-1.9-5.2a2.3 2.3 0 0 0-1.4-1.4L3.5 12l5.2-1.9a2.3 2.3 0 0 0 1.4-1.4z",
  stop: "M8 7h8a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1z",
  template: "M5.5 4.5h13a1 1 0 0 1 1 1v3.2h-15V5.5a1 1 0 0 1 1-1zM4.5 12h7v7.5h-6a1 1 0 0 1-1-1zM15 12h4.5v6.5a1 1 0 0 1-1 1H15z",
  trash: "M4.5 6.5h15M9.5 6.5v-2h5v2M6.5 6.5l.8 12.1a1.5 1.5 0 0 0 1.5 1.4h6.4a1.5 1.5 0 0 0 1.5-1.4l.8-12.1M10 10.5V16M14 10.5V16",
  unarchive: "M4.5 4.5h15a1 1 0 0 1 1 1v2a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1v-2a1 1 0 0 1 1-1zM5 8.5V18a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8.5M12 17v-5.5M9.7 13.7l2.3-2.3 2.3 2.3",
  unread: "M14 5.5H6A2.5 2.5 0 0 0 3.5 8v8.5A2.5 2.5 0 0 0 6 19h12a2.5 2.5 0 0 0 2.5-2.5V11M4.2 7.5 12 13l4-2.8M19 3.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z",
  unmerge: "M4.5 12H10a5 5 0 0 0 5-5V5.5M10 12a5 5 0 0 1 5 5v1.5M11.8 8 15 4.8 18.2 8M11.8 16l3.2 3.2 3.2-3.2",
  unfold: "M6 5h12a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM9.5 5v14M13.5 9.5 16 12l-2.5 2.5",
  up: "M12 19V5M6 11l6-6 6 6",
  user: "M12 4.5a3.7 3.7 0 1 0 0 7.4 3.7 3.7 0 0 0 0-7.4zM5 19.5a7 7 0 0 1 14 0",
  video: "M6 6.5h7.5a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2zM15.5 11l5-3v8l-5-3",
};

const CHANNELS = {
  instagram: "M5.5 8h2.8L10 5.5h4L15.7 8h2.8A1.5 1.5 0 0 1 20 9.5v8a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5v-8A1.5 1.5 0 0 1 5.5 8zM12 10a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4z",
  mail: "M5.5 5.5h13a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2zM4 7.5l8 6 8-6",
  other: "M9 3.5v4.5M15 3.5v4.5M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0zM12 17v3.5",
  sms: "M5.5 5h13a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H13l-4.5 3.5V17h-3a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM8.5 11h.01M12 11h.01M15.5 11h.01",
  telegram: "M3.5 11.5 20.5 4.5l-3 15-6-4.5-2.5 3.5-.5-5.5zM8.5 13l12-8.5-9 10.5",
  whatsapp: "M12 4a8 8 0 0 0-6.9 12L4 20l4.1-1.1A8 8 0 1 0 12 4zM9 10.5h6M9 13.5h3.5",
};

const LABELS = {
  instagram: "Instagram",
  mail: "Mail",
  messenger: "Messenger",
  simulator: "Simulator",
  sms: "SMS",
  telegram: "Telegram",
  whatsapp: "WhatsApp",
};

function glyph(path, label, name) {
  const about = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  const node = svg("svg", { viewBox: "0 0 24 24", class: `cw-icon cw-icon-${name}`, ...about });
  if (label) node.append(title(label));
  node.append(svg("path", { d: path }));
  return node;
}

function title(text) {
  const node = svg("title");
  node.textContent = text;
  return node;
}

/** A glyph; with `label` it speaks and has a tooltip, without it is decoration. */
export function icon(name, label = "") {
  return glyph(PATHS[name], label, name);
}

export function channelIcon(kind, label = channelLabel(kind)) {
  const known = kind in CHANNELS ? kind : "other";
  const node = glyph(CHANNELS[known], label, "channel");
  node.dataset.channel = known;
  return node;
}

function channelLabel(kind) {
  return LABELS[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1);
}
