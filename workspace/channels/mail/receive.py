"""Mail from the IMAP server, one by one, each with the cursor to go on from it.

The cursor is JSON, one entry a mailbox::

    {"INBOX": {"validity": 17, "uid": 4711, "live_from": 4000, "started": "2026-01-31T...",
               "renumbered": false}}

`uid` is the last one dealt with under that UIDVALIDITY. UIDs from `live_from` on are new mail.
Those below lay in the mailbox when the channel began, or when the server renumbered it: see
`_Place.judge`.
"""

import json
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time, timedelta
from threading import Event as StopEvent
from time import monotonic
from typing import Any

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from workspace.channels.base import Meta, Payload
from workspace.channels.mail.connect import ImapConnection, Password, imap, imap_errors, leave
from workspace.channels.mail.options import MailOptions
from workspace.errors import ConfigError

MAX_MAIL = 50_000_000
"""Bytes of a mail that is fetched whole; of a larger one only the head is."""

_BATCH_BYTES = 8_000_000
_BATCH_MAILS = 50
_SEARCH_WINDOW = 20_000
"""UIDs searched at once: the answer is one line, and imaplib takes no longer ones than 1 MB."""

_IDLE_SECONDS = 9 * 60
"""RFC 2177 allows 29 minutes; some servers and routers cut a silent connection after 10."""

_CLOCKS_APART = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where reading has come to in one mailbox."""

    validity: int
    uid: int
    live_from: int
    started: str
    """When the channel began to read this mailbox, ISO; older mail is history."""
    renumbered: bool
    """The server did so since then: UIDs tell no more what came before, only dates do."""

    def judge(self, uid: int, arrived: datetime | None, since: datetime | None) -> str:
        """live, history or skip."""
        began = datetime.fromisoformat(self.started)
        new = self.renumbered and (arrived is None or arrived >= began)
        if uid >= self.live_from or new:
            return "live"
        # Without `since` nothing older is wanted; a day of it covers clocks that differ.
        wanted = since or began - _CLOCKS_APART
        return "history" if arrived is None or arrived >= wanted else "skip"


class Receiver:
    """One connection and the loop around it. `close` may be called from another thread."""

    def __init__(
        self, options: MailOptions, password: Password, now: Callable[[], datetime]
    ) -> None:
        self._options = options
        self._password = password
        self._now = now
        self._client: ImapConnection | None = None
        self._closed = False

    def run(self, stop: StopEvent, cursor: str | None) -> Iterator[Payload]:
        """Ends when `stop` is set. Raises OSError for a lost connection, ConfigError for setup.

        A mailbox seen for the first time gives one payload without bytes: it carries only the
        cursor, so that mail arriving while the hub is down is not taken for older than the channel.
        """
        places = _places(cursor)
        try:
            with imap_errors(self._options.imap):
                yield from self._session(places, stop)
        except OSError:
            # Stopping cuts the connection, which then looks lost.
            if not self._stopped(stop):
                raise

    def _session(self, places: dict[str, _Place], stop: StopEvent) -> Iterator[Payload]:
        client = self._client = imap(self._options, self._password)
        try:
            while not self._stopped(stop):
                # The first mailbox comes last: it stays selected, and IDLE watches it.
                for name in reversed(self._options.mailboxes):
                    yield from self._read(client, name, places, stop)
                self._wait(client, stop)
        finally:
            self._client = None
            leave(client)

    def close(self) -> None:
        """Ends a `run` that waits for the server, without waiting for it."""
        self._closed = True
        client = self._client
        if client is not None:
            # Only cut it: the connection belongs to the thread that reads.
            with suppress(OSError):
                client.socket().shutdown(socket.SHUT_RDWR)

    def _stopped(self, stop: StopEvent) -> bool:
        return stop.is_set() or self._closed

    # --- reading one mailbox ---

    def _read(
        self, client: ImapConnection, name: str, places: dict[str, _Place], stop: StopEvent
    ) -> Iterator[Payload]:
        """Everything new, until a SELECT shows nothing new; whatever comes after it wakes IDLE."""
        seen = 0
        while not self._stopped(stop):
            state = self._select(client, name)
            validity, following = state[b"UIDVALIDITY"], state.get(b"UIDNEXT", 0)
            if name not in places or places[name].validity != validity:
                places[name] = self._begin(client, places.get(name), validity, following)
                yield Payload(b"", self._meta(name, places[name]), _written(places))
            place = places[name]
            if following and following <= max(seen, place.uid + 1):
                return
            found = False
            for uids in _new_uids(client, place.uid, following):
                for uid, raw, meta in self._fetch(client, name, places[name], uids, stop):
                    found = True
                    places[name] = replace(places[name], uid=uid)
                    if raw is not None:
                        yield Payload(raw, meta, _written(places))
                    if self._stopped(stop):
                        return
            if not following and not found:
                return
            seen = following

    def _select(self, client: ImapConnection, name: str) -> dict[bytes, Any]:
        try:
            state: dict[bytes, Any] = client.select_folder(name, readonly=True)
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            known = sorted(str(folder[2]) for folder in client.list_folders())
            if name in known:
                raise  # passing trouble, such as a mailbox renumbered under this connection
            raise ConfigError(
                f"The mail server has no mailbox {name!r}; it has: {', '.join(known)}. Correct "
                "the option mailboxes."
            ) from None
        if b"UIDVALIDITY" not in state:
            raise ConfigError(
                f"The mailbox {name!r} has no lasting numbers (UIDVALIDITY), so new mail can't be "
                "told from old; this server can't be used."
            )
        return state

    def _begin(
        self, client: ImapConnection, before: _Place | None, validity: int, following: int
    ) -> _Place:
        """The first place in a mailbox, or the one after the server renumbered it."""
        following = following or max(client.search("ALL"), default=0) + 1
        if before is not None:
            return _Place(validity, 0, following, before.started, renumbered=True)
        history = self._options.since is not None
        # INTERNALDATE counts in seconds: what arrives in this very second is new.
        started = _iso(self._now().replace(microsecond=0))
        first = 0 if history else following - 1
        return _Place(validity, first, following, started, renumbered=False)

    def _since(self) -> datetime | None:
        day = self._options.since
        return None if day is None else datetime.combine(day, time(), UTC)

    def _meta(self, name: str, place: _Place, backfill: bool = False, **data: Any) -> Meta:
        data = {"mailbox": name, "uidvalidity": place.validity, **data}
        return Meta(self._now(), backfill, data)

    def _fetch(
        self,
        client: ImapConnection,
        name: str,
        place: _Place,
        uids: Sequence[int],
        stop: StopEvent,
    ) -> Iterator[tuple[int, bytes | None, Meta]]:
        """(uid, mail, meta) in order; the mail is None where it is not wanted or gone."""
        since = self._since()
        for start in range(0, len(uids), 500):
            if self._stopped(stop):
                return
            facts = _facts(client, uids[start : start + 500])
            verdicts = {f.uid: place.judge(f.uid, f.arrived, since) for f in facts}
            for batch in _batches([f for f in facts if verdicts[f.uid] != "skip"]):
                bodies = _bodies(client, batch)
                for fact in batch:
                    raw, extra = bodies.get(fact.uid, (None, {}))
                    arrived = {} if fact.arrived is None else {"internaldate": _iso(fact.arrived)}
                    history = verdicts[fact.uid] == "history"
                    meta = self._meta(name, place, history, uid=fact.uid, **arrived, **extra)
                    yield fact.uid, raw, meta
            if facts:
                yield facts[-1].uid, None, self._meta(name, place)

    # --- waiting ---

    def _wait(self, client: ImapConnection, stop: StopEvent) -> None:
        if not client.has_capability("IDLE"):
            stop.wait(self._options.poll_seconds)
            return
        several = len(self._options.mailboxes) > 1
        until = monotonic() + (self._options.poll_seconds if several else _IDLE_SECONDS)
        client.idle()
        while monotonic() < until and not self._stopped(stop):
            asked = monotonic()
            said = client.idle_check(timeout=1)
            # IMAPClient reports a closed connection as "nothing", at once: asking on would spin.
            gone = not said and monotonic() - asked < 0.5
            if gone or any(_news(line) for line in said):
                break
        client.idle_done()


def _news(line: tuple[Any, ...]) -> bool:
    """Whether an untagged answer may mean new mail; "* OK Still here" does not."""
    return not (line and line[0] == b"OK")


# --- what to fetch --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Fact:
    uid: int
    size: int
    arrived: datetime | None


def _new_uids(client: ImapConnection, after: int, following: int) -> Iterator[list[int]]:
    """UIDs above `after`, in windows, ascending."""
    if not following:
        yield _search(client, f"{after + 1}:*", after)
        return
    for start in range(after + 1, following, _SEARCH_WINDOW):
        yield _search(client, f"{start}:{min(start + _SEARCH_WINDOW, following) - 1}", after)


def _search(client: ImapConnection, uids: str, after: int) -> list[int]:
    # "n:*" names at least the last mail, whatever its UID (RFC 3501 6.4.8): filter.
    return sorted(uid for uid in client.search(["UID", uids]) if uid > after)


def _facts(client: ImapConnection, uids: Sequence[int]) -> list[_Fact]:
    try:
        found = client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
    except ValueError:
        # A date the library can't read must not keep the mail away.
        found = client.fetch(uids, ["RFC822.SIZE"])
    return [
        _Fact(uid, found[uid].get(b"RFC822.SIZE", 0), _utc(found[uid].get(b"INTERNALDATE")))
        for uid in uids
        if uid in found
    ]


def _batches(facts: Sequence[_Fact]) -> Iterator[list[_Fact]]:
    batch: list[_Fact] = []
    size = 0
    for fact in facts:
        if batch and (size + fact.size > _BATCH_BYTES or len(batch) >= _BATCH_MAILS):
            yield batch
            batch, size = [], 0
        batch.append(fact)
        size += fact.size
    if batch:
        yield batch


Bodies = dict[int, tuple[bytes, dict[str, Any]]]


def _bodies(client: ImapConnection, batch: Sequence[_Fact]) -> Bodies:
    """The mails' bytes, and what is to be noted about them; without those deleted meanwhile."""
    whole = [f.uid for f in batch if f.size <= MAX_MAIL]
    found: Bodies = {uid: (raw, {}) for uid, raw in _parts(client, whole, "BODY.PEEK[]").items()}
    for fact in batch:
        if fact.size > MAX_MAIL:
            heads = _parts(client, [fact.uid], "BODY.PEEK[HEADER]")
            found |= {uid: (raw, {"too_large": fact.size}) for uid, raw in heads.items()}
    return {
        uid: (raw, extra if raw else {"unreadable": True}) for uid, (raw, extra) in found.items()
    }


def _parts(client: ImapConnection, uids: Sequence[int], part: str) -> dict[int, bytes]:
    """A part of each mail; empty where the server can't hand it out."""
    try:
        found = client.fetch(uids, [part])
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        # One broken mail makes some servers refuse the whole batch: the others must still come.
        if len(uids) > 1:
            return {k: v for uid in uids for k, v in _parts(client, [uid], part).items()}
        return {uids[0]: b""} if client.search(["UID", str(uids[0])]) else {}
    key = part.replace(".PEEK", "").encode()
    return {uid: found[uid].get(key) or b"" for uid in uids if uid in found}


# --- the cursor -----------------------------------------------------------------------------------


def _places(cursor: str | None) -> dict[str, _Place]:
    return {name: _Place(**place) for name, place in json.loads(cursor or "{}").items()}


def _written(places: dict[str, _Place]) -> str:
    return json.dumps({name: asdict(place) for name, place in places.items()})


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
