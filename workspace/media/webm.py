"""Sound out of a WebM file (RFC 9559), as browsers record it."""

from collections.abc import Iterator
from dataclasses import dataclass

from workspace.errors import BrokenRecording
from workspace.media.ebml import Element, elements, number, signed, vint

_EBML, _SEGMENT, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
_TRACKS, _TRACK = 0x1654AE6B, 0xAE
_NUMBER, _TYPE, _CODEC, _PRIVATE, _ENCODINGS = 0xD7, 0x83, 0x86, 0x63A2, 0x6D80
_SIMPLE_BLOCK, _GROUP, _BLOCK, _DISCARD = 0xA3, 0xA0, 0xA1, 0x75A2
_MASTERS = frozenset({_SEGMENT, _CLUSTER, _TRACKS, _GROUP})
_AUDIO = 2
_LACING = 0x06


@dataclass(frozen=True, slots=True)
class Sound:
    """One track of Opus sound: its head as the codec keeps it (RFC 7845, 5.1), and its packets."""

    head: bytes
    packets: list[bytes]
    discard: int
    """Nanoseconds at the end that are not to be heard."""


@dataclass(slots=True)
class _Track:
    number: int = 0
    type: int = 0
    codec: bytes = b""
    head: bytes = b""
    encoded: bool = False


def sound(data: bytes) -> Sound:
    """The Opus sound of a WebM file that holds nothing else. Raises BrokenRecording."""
    if _id(data) != _EBML:
        raise BrokenRecording("This is not a WebM recording; record it again.")
    tracks: list[_Track] = []
    packets: list[bytes] = []
    discard = 0
    for found in elements(data, 0, len(data), _MASTERS):
        if found.id == _TRACK:
            tracks.append(_track(data, found))
        elif found.id in (_SIMPLE_BLOCK, _BLOCK):
            packets.append(_packet(data, found, _the_one(tracks)))
            discard = 0
        elif found.id == _DISCARD:
            discard = max(0, signed(data, found))
    return Sound(_the_one(tracks).head, packets, discard)


def is_sound(head: bytes) -> bool:
    """Whether a file that begins with `head` is a WebM file with sound in it and no picture."""
    types: list[int] = []
    if _id(head) != _EBML:
        return False
    try:
        for found in _until_sound(head):
            types.append(_track(head, found).type)
    except BrokenRecording:
        pass  # the head ends within an element
    return bool(types) and set(types) == {_AUDIO}


def _until_sound(head: bytes) -> Iterator[Element]:
    for found in elements(head, 0, len(head), _MASTERS):
        if found.id == _CLUSTER:
            return
        if found.id == _TRACK:
            yield found


def _id(data: bytes) -> int:
    return int.from_bytes(data[:4], "big")


def _the_one(tracks: list[_Track]) -> _Track:
    if len(tracks) != 1 or tracks[0].type != _AUDIO or tracks[0].codec != b"A_OPUS":
        raise BrokenRecording("The recording is not one track of Opus sound; record it again.")
    if tracks[0].encoded:
        raise BrokenRecording("The recording is compressed or encrypted; record it again.")
    return tracks[0]


def _track(data: bytes, track: Element) -> _Track:
    found = _Track()
    for part in elements(data, track.start, track.end):
        if part.id == _NUMBER:
            found.number = number(data, part)
        elif part.id == _TYPE:
            found.type = number(data, part)
        elif part.id == _CODEC:
            found.codec = data[part.start : part.end].rstrip(b"\0")
        elif part.id == _PRIVATE:
            found.head = data[part.start : part.end]
        elif part.id == _ENCODINGS:
            found.encoded = True
    return found


def _packet(data: bytes, block: Element, track: _Track) -> bytes:
    """A block's one frame: track number, two bytes of time, flags, data (RFC 9559, 10.1)."""
    whose, at, _ = vint(data, block.start, block.end)
    if whose != track.number or at + 3 > block.end:
        raise BrokenRecording("The recording is damaged; record it again.")
    if data[at + 2] & _LACING:
        raise BrokenRecording("The recording is laced, which no browser does; record it again.")
    return data[at + 3 : block.end]
