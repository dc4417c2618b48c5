"""Opus packets as an Ogg file (RFC 3533, RFC 7845)."""

import zlib
from collections.abc import Iterable, Iterator

from workspace.errors import BrokenRecording
from workspace.media.webm import Sound

RATE = 48_000
"""Samples a second, in which positions are counted whatever was recorded."""

_FIRST, _LAST = 0x02, 0x04
_TOGETHER = 48
"""Packets of a page: about a second, as section 6 wants it."""
_LONGEST = 255 * 255 - 1
_PACKET_SAMPLES = 120 * RATE // 1000
_TAGS = b"OpusTags" + len(b"conversation-workspace").to_bytes(4, "little")
_TAGS += b"conversation-workspace" + bytes(4)
_REVERSED = bytes(int(f"{n:08b}"[::-1], 2) for n in range(256))


def is_opus(file: bytes) -> bool:
    """Whether an Ogg file begins with Opus, as its first page alone tells."""
    start = 27 + file[26] if len(file) > 26 else 0
    return file[:4] == b"OggS" and file[start : start + 8] == b"OpusHead"


def opus_file(sound: Sound) -> bytes:
    """Raises BrokenRecording."""
    head = _checked(sound.head)
    if not sound.packets:
        raise BrokenRecording("The recording is empty; record it again.")
    serial = zlib.crc32(head + sound.packets[0])
    return b"".join(_pages(head, sound, serial))


def _pages(head: bytes, sound: Sound, serial: int) -> Iterator[bytes]:
    yield _page([head], 0, serial, 0, _FIRST)
    yield _page([_TAGS], 0, serial, 1, 0)
    position, sequence = 0, 2
    unheard = sound.discard * RATE // 1_000_000_000
    for at, part in _parts(sound.packets):
        last = at + len(part) == len(sound.packets)
        before, position = position, position + sum(map(samples, part))
        # At the end, a position before that of the last packet says what is cut off (4.4).
        told = max(before, position - unheard) if last else position
        yield _page(part, told, serial, sequence, _LAST if last else 0)
        sequence += 1


def _parts(packets: list[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """What goes on one page: a page has at most 255 segments."""
    start, segments = 0, 0
    for n, packet in enumerate(packets):
        if len(packet) > _LONGEST:
            raise BrokenRecording("A part of the recording is too long to be Opus; record again.")
        size = len(packet) // 255 + 1
        if n > start and (n - start == _TOGETHER or segments + size > 255):
            yield start, packets[start:n]
            start, segments = n, 0
        segments += size
    yield start, packets[start:]


def _page(packets: Iterable[bytes], position: int, serial: int, sequence: int, kind: int) -> bytes:
    """One page (RFC 3533, section 6)."""
    packets = list(packets)
    table = b"".join(b"\xff" * (len(p) // 255) + bytes([len(p) % 255]) for p in packets)
    start = b"OggS\0" + bytes([kind]) + position.to_bytes(8, "little")
    start += serial.to_bytes(4, "little") + sequence.to_bytes(4, "little")
    rest = bytes([len(table)]) + table + b"".join(packets)
    return start + checksum(start + bytes(4) + rest).to_bytes(4, "little") + rest


def checksum(page: bytes) -> int:
    """Ogg's CRC is zlib's with the bits the other way round, and with nothing inverted."""
    mirrored = ~zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) & 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)


def samples(packet: bytes) -> int:
    """How long a packet sounds, by its first bytes (RFC 6716, section 3.1)."""
    if not packet:
        raise BrokenRecording("The recording has an empty part; record it again.")
    config, count = packet[0] >> 3, packet[0] & 3
    frames = (1, 2, 2, packet[1] & 63 if len(packet) > 1 else 0)[count]
    if config < 12:
        size = (480, 960, 1920, 2880)[config % 4]
    elif config < 16:
        size = (480, 960)[config % 2]
    else:
        size = (120, 240, 480, 960)[config % 4]
    if not 0 < frames * size <= _PACKET_SAMPLES:
        raise BrokenRecording("A part of the recording is not Opus; record it again.")
    return frames * size


def _checked(head: bytes) -> bytes:
    """The identification header as it stands in both files, with its pre-skip (section 5.1)."""
    family = head[18] if len(head) > 18 else 0
    channels = head[9] if len(head) > 9 else 0
    size = 19 if family == 0 else 21 + channels
    known = head[:8] == b"OpusHead" and len(head) >= size and head[8] >> 4 == 0
    if not known or channels == 0 or (family == 0 and channels > 2):
        raise BrokenRecording("The recording does not say how its sound is kept; record it again.")
    return head[:size]
