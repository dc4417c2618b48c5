"""What is well and what is not, in words a person can act on."""

import shutil
from collections.abc import Iterator
from datetime import timedelta

from workspace.journal import Journal
from workspace.models import Check, DeliveryStatus
from workspace.services import oddities
from workspace.services.accounts import Accounts
from workspace.services.receiving import Receiving
from workspace.services.webhooks import Webhooks
from workspace.settings import Paths
from workspace.store import Store, ingest, outbox, templates

_LITTLE_ROOM = 1_000_000_000
_SHOWN = 5
_NEWS = timedelta(days=7)
"""For which something odd needs somebody to look at it."""


class Doctor:
    def __init__(
        self,
        paths: Paths,
        store: Store,
        journal: Journal,
        accounts: Accounts,
        receiving: Receiving,
        webhooks: Webhooks,
    ) -> None:
        self._paths = paths
        self._store = store
        self._journal = journal
        self._accounts = accounts
        self._receiving = receiving
        self._webhooks = webhooks

    def report(self) -> list[Check]:
        """All findings; those that need somebody come with `ok` False."""
        return [
            *self._files(),
            *self._channels(),
            *self._templates(),
            *self._odd(),
            *self._received(),
            *self._sent(),
        ]

    def _files(self) -> Iterator[Check]:
        free = shutil.disk_usage(self._paths.folder).free
        yield Check(
            "disk",
            free > _LITTLE_ROOM,
            f"{free / 1e9:.1f} GB free"
            if free > _LITTLE_ROOM
            else f"only {free / 1e6:.0f} MB free; make room before receiving stops",
        )
        size = self._paths.database.stat().st_size
        yield Check("database", True, f"open, {size / 1e6:.1f} MB")
        for path in (self._paths.token, self._paths.secrets, self._paths.journal):
            if path.exists() and path.stat().st_mode & 0o077:
                yield Check(path.name, False, f"can be read by others; run: chmod 600 {path}")

    def _channels(self) -> Iterator[Check]:
        configured = self._accounts.list()
        if not configured:
            yield Check("channels", False, "none; connect one with: convo channel add")
        for channel in configured:
            well = channel.state != "failing"
            why = f": {channel.state_detail}" if channel.state_detail else ""
            yield Check(f"channel {channel.name}", well, f"{channel.state}{why}")
        for name in self._webhooks.unheard():
            yield Check(
                f"webhook of {name}",
                False,
                f"channel {name} is called by webhook, but no address listens; set "
                'webhooks = "127.0.0.1:8443" in settings.toml and start the hub again, see '
                "docs/webhooks.md",
            )

    def _odd(self) -> Iterator[Check]:
        for channel in self._accounts.list():
            with self._store.read() as db:
                found = oddities.of(db, channel.id)
            if found:
                times = "1 time" if found.count == 1 else f"{found.count} times"
                yield Check(
                    f"oddities of {channel.name}",
                    channel.now - found.at > _NEWS,
                    f"{times} something came that no conversation shows, and which is kept; the "
                    f"newest, of {found.at:%Y-%m-%d %H:%M} UTC: {found.newest}",
                )

    def _templates(self) -> Iterator[Check]:
        with self._store.read() as db:
            syncs = templates.syncs(db)
        for channel in self._accounts.list():
            sync = syncs.get(channel.id)
            if sync is None:
                continue
            since = f"{sync.synced_at:%Y-%m-%d %H:%M} UTC" if sync.synced_at else "never yet"
            yield Check(
                f"templates of {channel.name}",
                not sync.failure,
                f"can't be read from the provider: {sync.failure.rstrip('.')}; "
                f"last read: {since}; try it with: convo template sync {channel.name}"
                if sync.failure
                else f"read from the provider; last: {since}",
            )

    def _received(self) -> Iterator[Check]:
        behind = self._receiving.behind()
        trouble = self._receiving.trouble
        words = f"{self._journal.count()} payloads kept, {behind} not applied yet"
        yield Check("journal", not trouble, f"{words}: {trouble}" if trouble else words)
        if self._journal.erasure_due:
            yield Check(
                "erasure",
                False,
                f"{self._journal.path} is open in another program, so what was erased may still be "
                "in its write-ahead log; close that program, and within minutes it is gone",
            )
        with self._store.read() as db:
            quarantined, parked = ingest.quarantined(db), ingest.count_parked(db)
        yield Check("quarantine", not quarantined, f"{len(quarantined)} payloads")
        for each in quarantined[:_SHOWN]:
            where = f"payload {each.journal_id}"
            yield Check(
                where, False, f"of channel {each.channel_id} can't be applied: {each.error}"
            )
        yield Check("parked", True, f"{parked} receipts and the like wait for what they tell of")

    def _sent(self) -> Iterator[Check]:
        with self._store.read() as db:
            waiting = outbox.count(db, DeliveryStatus.QUEUED) + outbox.count(
                db, DeliveryStatus.RETRY
            )
            doubtful = outbox.count(db, DeliveryStatus.IN_DOUBT)
        yield Check("outbox", True, f"{waiting} messages wait to be sent")
        yield Check(
            "not confirmed",
            not doubtful,
            f"{doubtful} messages: the provider did not say whether it has them; look there "
            "before sending them again"
            if doubtful
            else "none",
        )
