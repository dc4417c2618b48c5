// Messages and events in their order, and which of them stand together.

import { sideOf } from "./bubble.js";

const TOGETHER = 5 * 60_000;

/** The greatest of some ids; 0 for none. */
export function highest(ids) {
  return ids.map(BigInt).reduce((a, b) => (a > b ? a : b), 0n);
}

export function byTime(a, b) {
  // Dates in JavaScript end at milliseconds: the id decides between what the server's stamps do not.
  const apart = Date.parse(a.occurred_at) - Date.parse(b.occurred_at);
  return apart || (BigInt(a.id) < BigInt(b.id) ? -1 : 1);
}

/** Whether a message goes on where one of the same author has just ended. */
export function together(before, message) {
  return Boolean(before?.direction && message.direction)
    && sideOf(before) === sideOf(message)
    && before.author.kind === message.author.kind
    && before.author.name === message.author.name
    && Date.parse(message.occurred_at) - Date.parse(before.occurred_at) < TOGETHER;
}

/** The id of the first of so many unread messages; null: none is. */
export function firstUnread(messages, unread) {
  const inbound = messages.filter(({ direction }) => direction === "inbound");
  return unread > 0 ? (inbound.at(-unread) ?? inbound[0])?.id ?? null : null;
}
