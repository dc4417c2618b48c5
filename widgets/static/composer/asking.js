// What the channel says to what is being written: asked before a file is uploaded, and as one types.

import { Attached } from "../shared/attached.js";

const factsOf = ({ name, size, type }) => ({ name, size, mime: type });

/**
 * The `files` that an entry's channel takes, on their way, and in `words` why it does not take others.
 * `moved()` follows each step of one.
 */
export async function attached(link, entry, files, moved) {
  const present = entry.reply.items.map(({ facts }) => facts);
  const { value } = await link.ask("attach", { conversation_id: entry.id, present, files: files.map(factsOf) });
  return { items: value.taken.map((n) => Attached.of(link, files[n], moved)), words: value.refusals.join(" ") };
}

/** The same for a recording, which goes alone. */
export async function attachedAlone(link, { id }, file) {
  const { items, words } = await attached(link, { id, reply: { items: [] } }, [file], () => {});
  return { item: items[0] ?? null, words };
}

/** {refusal, note}: what speaks against a reply as it stands, and how it would go. */
export async function planned(link, { id, reply: { text, items } }) {
  return (await link.ask("plan", { conversation_id: id, text, files: items.map(({ facts }) => facts) })).value;
}
