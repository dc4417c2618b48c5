"""Whether a text is one emoji. Pure.

By the shape of emoji sequences, not by a list of them: the list grows each year, and providers know
theirs. https://unicode.org/reports/tr51/#EBNF_and_Regex
"""

import re
import unicodedata

MAX = 64
"""Code points; the longest sequences there are have about a dozen."""

_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
_LETTERS = "\u2139\u24c2\u3297\u3299"
"""Letters and signs of writing that are emoji, too: of information, of a metro, two in circles."""
_PART = (
    f"(?:[^\\w\\s\ufe0f\u200d]|[{_LETTERS}\U0001f170-\U0001f251])"
    "(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
)
_EMOJI = re.compile(f"{_FLAG}|{_KEYCAP}|{_PART}(?:\u200d{_PART})*")
_SYMBOLS = ("So", "Sm", "Sk", "Po", "Pd", "Cn")
"""Categories of what they begin with; Cn: younger than this Python."""


def is_emoji(text: str) -> bool:
    """One emoji, with whatever belongs to it: skin tone, flag, keycap, joined ones."""
    if not 0 < len(text) <= MAX or not _EMOJI.fullmatch(text):
        return False
    first = text[0]
    if text.endswith("\u20e3") or first in _LETTERS:
        return True
    return not first.isascii() and unicodedata.category(first) in _SYMBOLS
