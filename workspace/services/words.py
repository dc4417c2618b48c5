"""An error as it may be shown and stored."""

import traceback

from workspace.errors import ConvoError


def words(error: BaseException) -> str:
    """What went wrong and where, without what customers said.

    Only our own errors and the system's are quoted: any other may hold a piece of a payload.
    """
    if isinstance(error, ConvoError):
        return error.message
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {frames[-1].name} ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}{place}"
