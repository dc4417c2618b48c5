"""Elements of EBML, the form of WebM files (RFC 8794). Only read, and only as deep as asked."""

from collections.abc import Container, Iterator
from dataclasses import dataclass

from workspace.errors import BrokenRecording

MOST = 1_000_000
"""Elements looked at: five hours of sound have fewer; a file made of nothing else has an end."""


@dataclass(frozen=True, slots=True)
class Element:
    """`start` and `end` are those of its data; of an unknown size it ends with what it lies in."""

    id: int
    start: int
    end: int


def elements(
    data: bytes, start: int, end: int, masters: Container[int] = frozenset()
) -> Iterator[Element]:
    """What lies between `start` and `end`, in order; of `masters` what they hold follows them.

    An element of unknown size ends where one begins that can't be in it (section 6.2): a master is
    simply entered, so that its end need not be known. Raises BrokenRecording.
    """
    at, left = start, MOST
    while at < end:
        left -= 1
        if left < 0:
            raise BrokenRecording("The recording has more parts than any has; record it again.")
        found, known = _element(data, at, end)
        if found.id not in masters and (not known or found.end > end):
            raise BrokenRecording("The recording is cut short; record it again.")
        yield found
        at = found.start if found.id in masters else found.end


def number(data: bytes, element: Element) -> int:
    """The value of an unsigned integer element (section 7.2)."""
    return int.from_bytes(data[element.start : min(element.end, element.start + 8)], "big")


def signed(data: bytes, element: Element) -> int:
    return int.from_bytes(
        data[element.start : min(element.end, element.start + 8)], "big", signed=True
    )


def vint(data: bytes, at: int, end: int) -> tuple[int, int, bool]:
    """A number of variable size (section 4): its value, where it ends, whether it is one at all.

    All bits set means that a size is unknown.
    """
    value, length = _vint(data, at, end, 8)
    bits = 7 * length
    value &= (1 << bits) - 1
    return value, at + length, value != (1 << bits) - 1


def _element(data: bytes, at: int, end: int) -> tuple[Element, bool]:
    id, length = _vint(data, at, end, 4)
    size, start, known = vint(data, at + length, end)
    return Element(id, start, start + size if known else end), known


def _vint(data: bytes, at: int, end: int, most: int) -> tuple[int, int]:
    """A number with its length marker, and its length in bytes."""
    first = data[at] if at < end else 0
    length = 9 - first.bit_length()
    if length > most or at + length > end:
        raise BrokenRecording("The recording is damaged or cut short; record it again.")
    return int.from_bytes(data[at : at + length], "big"), length
