"""The time zone of this machine, for days that are given without one."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal import get_localzone_name


def local_zone() -> str:
    """Its IANA name; "UTC" where it has none, or one that its clock does not follow."""
    try:
        name = get_localzone_name()
        if name and _offset(ZoneInfo(name)) == _offset(None):
            return str(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass  # settings that contradict each other name no zone either
    return "UTC"


def _offset(zone: ZoneInfo | None) -> object:
    """From UTC, now; None: as the machine's own clock shows it."""
    return datetime.now().astimezone(zone).utcoffset()
