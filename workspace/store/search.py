"""The piece of text around what was searched for."""

from workspace.rules import fold

BEFORE, AFTER = 40, 80
"""Characters of an excerpt around the hit."""


def excerpt(text: str, words: tuple[str, ...]) -> str:
    """The text around the first of the `words` found in it, in one line; empty: none is in it."""
    for word in words:
        for line in text.splitlines():
            if hit := _find(line, word):
                return _cut(line, *hit)
    return ""


def _find(line: str, word: str) -> tuple[int, int] | None:
    """Where a folded word lies in an unfolded line; a word holds no space, so no line end."""
    if line.isascii():
        start = line.lower().find(word)
        return (start, start + len(word)) if start >= 0 else None
    if word not in fold(line):
        return None
    folded: list[int] = []  # for each folded character, the place it comes from
    plain = ""
    for place, char in enumerate(line):
        # A space folds to nothing by itself; within a text it parts words.
        part = " " if char.isspace() else fold(char)
        plain += part
        folded += [place] * len(part)
    start = plain.find(word)
    return (folded[start], folded[start + len(word) - 1] + 1) if start >= 0 else None


def _cut(line: str, start: int, end: int) -> str:
    left, right = max(0, start - BEFORE), min(len(line), end + AFTER)
    if left:  # begin with a whole word, unless the hit is in the middle of a long one
        space = line.find(" ", left, start)
        left = space + 1 if space >= 0 else left
    if right < len(line):
        space = line.rfind(" ", end, right)
        right = space if space >= 0 else right
    piece = " ".join(line[left:right].split())
    return f"{'…' if left else ''}{piece}{'…' if right < len(line) else ''}"
