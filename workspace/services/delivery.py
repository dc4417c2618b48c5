"""Delivery: the outboxes of all channels, each with a thread that sends.

A message is committed as `sending` before the network call, so that a crash can never lead to
sending it twice: what was under way is in doubt afterwards, and only the provider, or a person,
can settle it.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from workspace.journal import Journal
from workspace.models import DeliveryStatus
from workspace.services import reacting, settling
from workspace.services.backoff import Backoff
from workspace.services.configured import Channels
from workspace.services.sender import INTERRUPTED, Sender, Tools
from workspace.services.templates import Templates
from workspace.settings import Settings
from workspace.store import Store, outbox, reactions
from workspace.store.driver import Driver
from workspace.store.files import Files

REMOVED = "The channel was removed before this was sent."
_NAP = 0.05


def machine_clock() -> datetime:
    return datetime.now(UTC)


class Delivery:
    def __init__(
        self,
        store: Store,
        files: Files,
        channels: Channels,
        templates: Templates,
        settings: Settings,
        clock: Callable[[], datetime],
        backoff: Backoff,
        journal: Journal,
    ) -> None:
        self._store = store
        self._channels = channels
        self._tools = Tools(
            store, files, templates, settings, clock, backoff, self._in_flight, journal
        )
        self._senders: dict[int, Sender] = {}
        self._threads = False
        self._flights = threading.Condition()
        self._flying: dict[int, int] = {}  # message -> conversation

    # --- life ---------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Take over what an earlier life of the hub left; nothing is sent yet."""
        self._store.write(self._doubt_what_was_under_way)
        for id in self._channels.ids():
            self.channel_added(id)

    def _doubt_what_was_under_way(self, tx: Driver) -> None:
        for id in self._channels.ids():
            for message in outbox.with_status(tx, id, DeliveryStatus.SENDING):
                settling.doubt(tx, message, INTERRUPTED)
            for reaction in reactions.with_status(tx, id, DeliveryStatus.SENDING):
                reacting.doubt(tx, reaction, INTERRUPTED)

    def start(self) -> None:
        """Send in threads from now on."""
        self._threads = True
        for sender in self._senders.values():
            sender.start()

    def stop(self) -> None:
        """Let sends in flight finish, for `lease_seconds` at most; what is queued stays queued.

        A large file may have a longer lease, but whoever closes the hub waits: it is cut short. It
        is tried again where the provider can't have it, else in doubt until there is news of it.
        """
        self._threads = False
        for sender in self._senders.values():
            sender.ask_to_stop()
        deadline = time.monotonic() + self._tools.settings.lease_seconds
        for sender in self._senders.values():
            sender.join(max(0.0, deadline - time.monotonic()))

    def channel_added(self, id: int) -> None:
        sender = Sender(id, self._channels.channel(id), self._tools)
        sender.load()
        self._senders[id] = sender
        if self._threads:
            sender.start()

    def channel_removed(self, id: int) -> None:
        sender = self._senders.pop(id, None)
        if sender is not None:
            sender.ask_to_stop()
            sender.join(self._lease_left(id))
        self._store.write(lambda tx: self._give_up(tx, id))

    def _lease_left(self, channel_id: int) -> float:
        """Seconds for which something of the channel may still be in flight."""
        with self._store.read() as db:
            under_way = outbox.with_status(db, channel_id, DeliveryStatus.SENDING)
            found = [outbox.get(db, id) for id in under_way]
        leases = [message.lease_until for message in found if message and message.lease_until]
        now, shortest = self._tools.clock(), self._tools.settings.lease_seconds
        return max([shortest, *((until - now).total_seconds() for until in leases)])

    def _give_up(self, tx: Driver, channel_id: int) -> None:
        for waiting in outbox.pending(tx, channel_id):
            settling.give_up(tx, waiting.id, REMOVED)
        for reaction, *_ in reactions.pending(tx, channel_id):
            reacting.give_up(tx, reaction, REMOVED)

    # --- asking and telling -------------------------------------------------------------------

    def queued(
        self, channel_id: int, message: int, conversation: int, not_before: datetime | None
    ) -> None:
        """A message was committed as queued; None: to leave at once."""
        sender = self._senders.get(channel_id)
        if sender is not None:
            sender.add(message, conversation, not_before or self._tools.clock())

    def reacted(self, channel_id: int, reaction: int, message: int) -> None:
        """A reaction to a message was committed as queued."""
        sender = self._senders.get(channel_id)
        if sender is not None:
            sender.react(reaction, message, self._tools.clock())

    def taken_back(self, channel_id: int, message: int) -> None:
        """A message that was queued is not to be sent; those behind it wait for it no more."""
        sender = self._senders.get(channel_id)
        if sender is not None:
            sender.forget(message)

    def deliver_due(self) -> int:
        """Send what is due in the caller's thread, where no threads run; how many steps it took."""
        steps = 0
        for sender in self._senders.values():
            while sender.step():
                steps += 1
        return steps

    def sending(self) -> int:
        """Sends in flight."""
        with self._flights:
            return len(self._flying)

    def wait_idle(self, conversation_ids: Collection[int], timeout: float) -> bool:
        """Wait until nothing of these conversations is in flight. False: it still is."""
        wanted = set(conversation_ids)
        with self._flights:
            if wanted.isdisjoint(self._flying.values()):
                # It may fly under the name it had before two threads became one.
                self._flights.wait(min(timeout, _NAP))
            return self._flights.wait_for(
                lambda: wanted.isdisjoint(self._flying.values()), max(timeout, 0.0)
            )

    @contextmanager
    def _in_flight(self, message: int, conversation: int) -> Iterator[None]:
        with self._flights:
            self._flying[message] = conversation
        try:
            yield
        finally:
            with self._flights:
                del self._flying[message]
                self._flights.notify_all()
