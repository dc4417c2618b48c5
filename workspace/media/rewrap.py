"""The same sound in another container. Nothing is encoded again, so nothing is lost."""

from collections.abc import Callable, Mapping

from workspace.media.ogg import opus_file
from workspace.media.webm import sound


def _webm_to_ogg(data: bytes) -> bytes:
    return opus_file(sound(data))


REWRAPS: Mapping[tuple[str, str], Callable[[bytes], bytes]] = {
    ("audio/webm", "audio/ogg"): _webm_to_ogg,
}
"""By the types from and to."""


def rewrapped(data: bytes, mime: str, wanted: str) -> bytes:
    """`data` of type `mime` as a file of type `wanted`.

    Raises BrokenRecording for anything but what browsers record.
    """
    return REWRAPS[mime, wanted](data)
