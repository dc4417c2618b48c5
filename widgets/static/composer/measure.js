// The size of a text as a channel counts it.

/** In "chars" (code points), "bytes" of UTF-8, or "utf16" units. */
export function size(text, unit) {
  if (unit === "utf16") return text.length;
  if (unit === "bytes") return new TextEncoder().encode(text).length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
