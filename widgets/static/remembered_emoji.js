// What the emoji picker remembers in this browser: the skin tone, and what was used last.

const NAME = "conversation-workspace emoji";

export function kept() {
  try {
    const { tone, recent } = JSON.parse(localStorage.getItem(NAME)) ?? {};
    return { tone: Number.isInteger(tone) ? tone : 0, recent: Array.isArray(recent) ? recent : [] };
  } catch {
    return { tone: 0, recent: [] }; // storage may be closed to this page
  }
}

export function keep(chosen) {
  try {
    localStorage.setItem(NAME, JSON.stringify(chosen));
  } catch {
    // it is a convenience, no more
  }
}
