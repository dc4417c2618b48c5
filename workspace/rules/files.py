"""What a file is to the one who looks at it, by its type."""

from workspace.models import MediaKind

SHOWN_IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""What a browser shows as a picture without running anything; the rest is a file."""


def media_kind(mime: str) -> MediaKind:
    """How a file of this type is shown."""
    if mime in SHOWN_IMAGES:
        return MediaKind.IMAGE
    if mime.startswith("audio/"):
        return MediaKind.AUDIO
    if mime.startswith("video/"):
        return MediaKind.VIDEO
    return MediaKind.DOCUMENT
