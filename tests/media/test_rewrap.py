"""Rewrapped recordings, judged by PyAV's decoder; and what is none."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.media.recordings import heard, webm
from workspace.errors import BrokenRecording
from workspace.media import is_sound, rewrapped
from workspace.media.ebml import MOST
from workspace.media.ogg import checksum, samples
from workspace.store.files import sniff

FRAME = 0.02
RECORDED = {live: webm(2.5, live=live) for live in (False, True)}


def ogg(data: bytes) -> bytes:
    return rewrapped(data, "audio/webm", "audio/ogg")


@pytest.mark.parametrize("live", [False, True], ids=["sizes known", "as recorded live"])
@pytest.mark.parametrize("seconds", [0.02, 0.5, 1.0, 3.33, 61.0])
def test_it_sounds_as_long_as_before(seconds: float, live: bool) -> None:
    recorded = webm(seconds, live=live)
    before, after = heard(recorded), heard(ogg(recorded))
    assert after[0] == pytest.approx(before[0], abs=FRAME)
    assert after[0] == pytest.approx(seconds, abs=FRAME)
    assert after[1:] == (48_000, "ogg")


@pytest.mark.parametrize("frame", ["2.5", "5", "10", "20", "40", "60", "120"])
def test_packets_of_every_length(frame: str) -> None:
    recorded = webm(1.0, frame_duration=frame)
    assert heard(ogg(recorded))[0] == pytest.approx(heard(recorded)[0], abs=FRAME)


def test_the_head_says_what_is_skipped() -> None:
    """RFC 7845, 5.1: pre-skip stands in both containers alike."""
    recorded = RECORDED[True]
    at, out = recorded.index(b"OpusHead"), ogg(recorded)
    assert out[28 : 28 + 19] == recorded[at : at + 19]
    assert out[28 + 19 : 28 + 23] == b"OggS"


def test_pages_of_a_file() -> None:
    """RFC 3533: numbered, one stream, checked, the first and the last marked as such."""
    found = pages(ogg(RECORDED[True]))
    assert [page["sequence"] for page in found] == list(range(len(found)))
    assert len({page["serial"] for page in found}) == 1
    kinds = [page["kind"] for page in found]
    assert kinds == [2, *[0] * (len(found) - 2), 4]
    positions = [page["position"] for page in found]
    assert positions == sorted(positions)
    assert all(page["right"] for page in found)


def pages(data: bytes) -> list[dict[str, int]]:
    found, at = [], 0
    while at < len(data):
        assert data[at : at + 5] == b"OggS\0"
        head = data[at : at + 27]
        table = data[at + 27 : at + 27 + head[26]]
        end = at + 27 + len(table) + sum(table)
        told = int.from_bytes(head[22:26], "little")
        blank = data[at : at + 22] + bytes(4) + data[at + 26 : end]
        found.append(
            {
                "kind": head[5],
                "position": int.from_bytes(head[6:14], "little"),
                "serial": int.from_bytes(head[14:18], "little"),
                "sequence": int.from_bytes(head[18:22], "little"),
                "right": told == checksum(blank) == slow_checksum(blank),
            }
        )
        at = end
    return found


def slow_checksum(data: bytes) -> int:
    """As RFC 3533 describes it, bit by bit."""
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = ((value << 1) ^ (0x04C11DB7 if value & 1 << 31 else 0)) & 0xFFFFFFFF
    return value


@given(st.sampled_from([False, True]), st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_cut_anywhere_it_is_a_shorter_file_or_refused(live: bool, share: float) -> None:
    recorded = RECORDED[live]
    cut = recorded[: int(share * len(recorded))]
    try:
        out = ogg(cut)
    except BrokenRecording:
        return
    assert heard(out)[0] <= heard(recorded)[0]


@given(st.sampled_from([False, True]), st.data())
@settings(max_examples=300, deadline=None)
@pytest.mark.slow
def test_damage_is_refused_or_harmless(live: bool, data: st.DataObject) -> None:
    broken = bytearray(RECORDED[live])
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        out = ogg(bytes(broken))
    except BrokenRecording:
        return
    assert all(page["right"] for page in pages(out))


@given(st.binary(max_size=2000))
def test_garbage_is_refused(data: bytes) -> None:
    for start in (b"", b"\x1a\x45\xdf\xa3", b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff"):
        with pytest.raises(BrokenRecording):
            ogg(start + data)
        is_sound(start + data)


def test_nothing_but_parts_has_an_end() -> None:
    """A megabyte of empty elements is given up; a size beyond the file asks for no memory."""
    start = b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff"
    with pytest.raises(BrokenRecording, match="more parts"):
        ogg(start + b"\xec\x80" * (MOST + 1))
    tracemalloc.start()
    with pytest.raises(BrokenRecording, match="cut short"):
        ogg(start + b"\xec\x01\xff\xff\xff\xff\xff\xff\xfe")
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_what_is_no_single_opus_track_is_refused() -> None:
    recorded = RECORDED[True]
    with pytest.raises(BrokenRecording, match="not one track of Opus"):
        ogg(recorded.replace(b"A_OPUS", b"A_VORB"))
    laced = bytearray(recorded)
    at = recorded.index(b"\xa3", recorded.index(b"\x1f\x43\xb6\x75"))
    size = 9 - recorded[at + 1].bit_length()
    laced[at + 1 + size + 3] |= 0x02
    with pytest.raises(BrokenRecording, match="laced"):
        ogg(bytes(laced))


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        (b"\x00", 480), (b"\x18", 2880), (b"\x60", 480), (b"\x68", 960), (b"\x80", 120),
        (b"\xf8", 960), (b"\xf9", 1920), (b"\xfa", 1920), (b"\xfb\x06", 5760),
    ],
)  # fmt: skip
def test_how_long_a_packet_sounds(packet: bytes, expected: int) -> None:
    """RFC 6716, table 2."""
    assert samples(packet) == expected


@pytest.mark.parametrize("packet", [b"", b"\xfb", b"\xfb\x00", b"\xfb\x07"])
def test_what_is_no_packet(packet: bytes) -> None:
    with pytest.raises(BrokenRecording):
        samples(packet)


def test_files_tell_sound_from_pictures() -> None:
    """A WebM file without a picture is sound, whatever its name says."""
    assert sniff(RECORDED[True][:4096], "film.webm") == "audio/webm"
    track = RECORDED[False].index(b"\x83\x81\x02")
    pictured = bytearray(RECORDED[False])
    pictured[track + 2] = 1
    assert sniff(bytes(pictured), "voice.webm") == "video/webm"


def test_sound_is_told_from_pictures() -> None:
    assert is_sound(RECORDED[True][:4096])
    assert is_sound(RECORDED[False])
    assert not is_sound(b"")
    assert not is_sound(RECORDED[True][:100])
