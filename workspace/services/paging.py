"""Where a page ended, as an opaque text, and how long a page may be."""

import base64
import binascii
import struct
from datetime import UTC, datetime, timedelta

from workspace.errors import InvalidRequest
from workspace.store.conversations import Place

MAX_LIMIT = 500

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM = struct.Struct(">qq")  # microseconds since 1970, id


def cursor(place: Place | None) -> str | None:
    if place is None:
        return None
    at, id = place
    packed = _FORM.pack((at - _EPOCH) // timedelta(microseconds=1), id)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def place(cursor: str | None) -> Place | None:
    """Where the page that gave `cursor` ended. Raises InvalidRequest."""
    if not cursor:
        return None
    try:
        packed = base64.b64decode(cursor + "==", altchars=b"-_", validate=True)
        micros, id = _FORM.unpack(packed)
        return _EPOCH + timedelta(microseconds=micros), id
    except (binascii.Error, struct.error, ValueError, OverflowError):
        raise InvalidRequest(
            "The cursor is not one that a page gave; begin again without a cursor."
        ) from None


def checked(limit: int) -> int:
    """`limit`, if a page may have that many rows. Raises InvalidRequest."""
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidRequest(f"limit={limit} is not between 1 and {MAX_LIMIT}.")
    return limit
