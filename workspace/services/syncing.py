"""Templates of providers, read again now and then: the store has what they have.

A webhook tells most changes at once, see template_news.py. What it does not tell, or only in part,
is read from the provider: soon after, and every ten minutes anyway.
"""

import logging
import threading
from collections.abc import Callable
from copy import copy
from datetime import datetime, timedelta

from workspace.channels.base import Channel, OffersTemplates
from workspace.errors import Conflict, ConvoError, NotFound, ProviderUnavailable
from workspace.models import Template, TemplateSync
from workspace.services.arrivals import cleaned_template
from workspace.services.backoff import Backoff
from workspace.services.configured import Channels
from workspace.services.words import words
from workspace.services.worker import Worker
from workspace.store import Store, changes, templates
from workspace.store.driver import Driver
from workspace.store.templates import Sync

logger = logging.getLogger(__name__)

EVERY = timedelta(minutes=10)

NONE = "Its provider keeps no templates; your own need no syncing."


class Syncing:
    """`clock` is the machine's; what a provider said when is told by the channel's own."""

    def __init__(
        self, store: Store, channels: Channels, clock: Callable[[], datetime], backoff: Backoff
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._backoff = backoff
        self._turns: dict[int, threading.Lock] = {}
        self._errors: dict[int, ConvoError] = {}
        """Why each channel's could not be read when that was last tried."""
        self.worker = Worker("templates", self._work, backoff)

    def channel_added(self, id: int) -> None:
        self.worker.wake()

    def channel_removed(self, id: int) -> None:
        def work(tx: Driver) -> None:
            templates.forget(tx, id)
            changes.record(tx, "templates")

        with self._turn(id):
            self._store.write(work)
            self._errors.pop(id, None)

    def _work(self) -> float | None:
        self.sync_due()
        return self._seconds()

    def _seconds(self) -> float | None:
        """Until there is something to read; None: nothing is planned."""
        known, now = self._known(), self._clock()
        times = [known.get(id, Sync(id)).due_at or now for id in self._ids()]
        return max((min(times) - now).total_seconds(), 0.01) if times else None

    # --- reading ------------------------------------------------------------------------------

    def sync_due(self) -> int:
        """Read what is due, in the caller's thread; how many channels were asked."""
        known, now = self._known(), self._clock()
        due = [id for id in self._ids() if (known.get(id, Sync(id)).due_at or now) <= now]
        for n, id in enumerate(due):
            if self.worker.stopping:
                return n
            with self._turn(id):
                self._read(id)
        return len(due)

    def sync(self, channel_id: int | None = None) -> list[TemplateSync]:
        """Read those of a channel, or of all, from their providers now; how it went.

        Raises NotFound; Conflict for a channel whose provider keeps none.
        """
        if channel_id is not None and not _keeps(self._channels.channel(channel_id)):
            raise Conflict(NONE, id=str(channel_id))
        ids = self._ids() if channel_id is None else [channel_id]
        for id in ids:
            with self._turn(id):
                self._read(id)
        return [each for each in self.states() if each.channel_id in ids]

    def states(self) -> list[TemplateSync]:
        """When each channel's were last read. A channel whose provider keeps none is left out."""
        known = self._known()
        found = [known.get(id, Sync(id)) for id in self._ids()]
        return [TemplateSync(each.channel_id, each.synced_at, each.failure) for each in found]

    def untried(self) -> list[int]:
        """The channels whose provider was never asked, as those that have just been added."""
        known = self._known()
        return [id for id in self._ids() if known.get(id, Sync(id)).untried]

    def at_least_once(self, channel_id: int) -> None:
        """Read those of a channel that has just been added. Raises ConvoError if it can't be, or
        could not be a moment ago: who waited for their turn is not to wait for the provider, too.
        """
        if not _keeps(self._channels.channel(channel_id)) or self._sync(channel_id).synced_at:
            return
        with self._turn(channel_id):
            sync = self._sync(channel_id)
            error = None if sync.synced_at else self._just_failed(sync) or self._read(channel_id)
        if error is not None:
            raise error

    def _just_failed(self, sync: Sync) -> ConvoError | None:
        """Why they could not be read, where it is too early to try again."""
        error = self._errors.get(sync.channel_id)
        early = sync.due_at is not None and self._clock() < sync.due_at
        return copy(error) if error and early else None

    def _sync(self, id: int) -> Sync:
        return self._known().get(id, Sync(id))

    def doubt(self, channel_id: int) -> None:
        """The provider did not take a template as it is kept here: it is read again."""
        self._store.write(lambda tx: templates.stale(tx, channel_id))
        self.worker.wake()

    def _read(self, id: int) -> ConvoError | None:
        """Keep what a channel's provider has; or why that could not be read, which is given."""
        try:
            channel = self._channels.channel(id)
        except NotFound as error:  # removed meanwhile
            return error
        except ConvoError as error:
            return self._failed(id, error)
        asked_at = self._clock()
        self._store.write(lambda tx: templates.asking(tx, id, asked_at))
        try:
            as_of = channel.now().replace(microsecond=0)  # providers tell whole seconds
            listed = channel.templates() if isinstance(channel, OffersTemplates) else []
            found = [cleaned_template(each) for each in listed]
        except ConvoError as error:
            return self._failed(id, error)
        except OSError as error:
            return self._failed(id, ProviderUnavailable(words(error)))
        except Exception as error:  # a bug in one channel must not stop the others' templates
            logger.exception("the templates of channel %s can't be read", id)
            return self._failed(id, ProviderUnavailable(words(error)))
        self._store.write(lambda tx: self._keep(tx, id, found, as_of))
        self._errors.pop(id, None)
        return None

    def _keep(self, tx: Driver, id: int, found: list[Template], as_of: datetime) -> None:
        now, before = self._clock(), templates.syncs(tx).get(id, Sync(id))
        changed = templates.replace_all(tx, id, found, as_of, now)
        templates.synced(tx, id, as_of, now, now + EVERY)
        if changed or before.synced_at is None or before.failure:
            changes.record(tx, "templates")

    def _failed(self, id: int, error: ConvoError) -> ConvoError:
        logger.warning("the templates of channel %s can't be read: %s", id, error.message)
        self._errors[id] = error

        def work(tx: Driver) -> None:
            before = templates.syncs(tx).get(id, Sync(id))
            wait = timedelta(seconds=self._backoff.delay(before.attempts + 1, at_least=5.0))
            due_at = self._clock() + wait
            templates.failed(tx, id, due_at, before.attempts + 1, error.message)
            if before.failure != error.message:
                changes.record(tx, "templates")

        self._store.write(work)
        return error

    def _known(self) -> dict[int, Sync]:
        with self._store.read() as db:
            return templates.syncs(db)

    def _ids(self) -> list[int]:
        return [id for id in self._channels.ids() if self._is_kept(id)]

    def _is_kept(self, id: int) -> bool:
        try:
            return _keeps(self._channels.channel(id))
        except ConvoError:  # removed meanwhile
            return False

    def _turn(self, id: int) -> threading.Lock:
        return self._turns.setdefault(id, threading.Lock())


def _keeps(channel: Channel) -> bool:
    return channel.capabilities.templates is not None
