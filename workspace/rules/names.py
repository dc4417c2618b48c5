"""Names as people type them: of contacts, operators, channels and views."""

import re

from workspace.errors import InvalidRequest

MAX_NAME = 200

_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls, what turns the direction of the text around a name, and halves of characters."""


def name(text: str, whose: str) -> str:
    """A name as it is kept: words one space apart; it may be empty. Raises InvalidRequest.

    `whose` says what it is in the error, such as "The name of a view".
    """
    kept = " ".join(text.split())
    if len(kept) > MAX_NAME:
        raise InvalidRequest(f"{whose} is longer than {MAX_NAME} characters; shorten it.")
    if _UNSHOWN.search(kept):
        raise InvalidRequest(f"{whose} holds a character that can't be shown; type it anew.")
    return kept
