"""The piece of text around what was searched for."""

from workspace.rules import plain

BEFORE, AFTER = 40, 80
"""Characters of an excerpt around the hit."""

PIECE = 500
"""Characters of a line that are folded at once."""


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
    # Folded in pieces, of which only those that hold an end of the word are gone through.
    folded = [plain(line[place : place + PIECE]) for place in range(0, len(line), PIECE)]
    start = "".join(folded).find(word)
    if start < 0:
        return None
    return _origin(line, folded, start), _origin(line, folded, start + len(word) - 1) + 1


def _origin(line: str, folded: list[str], left: int) -> int:
    """The place in a line that the folded character after `left` others comes from."""
    place = 0
    for piece in folded:
        if left < len(piece):
            break
        left -= len(piece)
        place += PIECE
    while (size := len(plain(line[place]))) <= left:
        left -= size
        place += 1
    return place


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
