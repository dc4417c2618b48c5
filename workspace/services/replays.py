"""Reading what a channel received once more, after a fix of its parser."""

from datetime import date

from workspace import rules
from workspace.journal import Span
from workspace.models import Replayed
from workspace.services.accounts import Accounts
from workspace.services.receiving import Receiving

Day = str | date | None


class Replays:
    """Days are as in `rules.interval`. All raise NotFound, InvalidRequest."""

    def __init__(self, accounts: Accounts, receiving: Receiving) -> None:
        self._accounts = accounts
        self._receiving = receiving

    def count(self, channel_id: int, since: Day, until: Day, zone: str) -> int:
        """How many payloads there are to read again."""
        self._accounts.parser(channel_id)
        return self._receiving.kept(channel_id, Span(*rules.interval(since, until, zone)))

    def replay(self, channel_id: int, since: Day, until: Day, zone: str, after: int) -> Replayed:
        """A portion, from position `after` on."""
        self._accounts.parser(channel_id)
        span = Span(*rules.interval(since, until, zone))
        return self._receiving.replay(channel_id, span, after)
