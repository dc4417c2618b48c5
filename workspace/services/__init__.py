"""Every verb, once. `Services` is all of them for one folder."""

import logging
import random
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from workspace import channels
from workspace.journal import Journal
from workspace.services.accounts import Accounts, Factory
from workspace.services.backoff import Backoff
from workspace.services.canned import Canned
from workspace.services.contacts import Contacts
from workspace.services.delivery import Delivery, machine_clock
from workspace.services.doctor import Doctor
from workspace.services.drafts import Drafts
from workspace.services.erase import Erase
from workspace.services.fetching import Fetching
from workspace.services.housekeeping import Housekeeping
from workspace.services.inbox import Inbox
from workspace.services.notes import Notes
from workspace.services.presence import Presence
from workspace.services.queries import Queries
from workspace.services.reactions import Reactions
from workspace.services.receivers import Receivers
from workspace.services.receiving import POSITION, Receiving
from workspace.services.replays import Replays
from workspace.services.replies import Replies
from workspace.services.sends import Sends
from workspace.services.syncing import Syncing
from workspace.services.templates import Templates
from workspace.services.views import Views
from workspace.services.webhooks import Webhooks
from workspace.settings import Paths, Settings
from workspace.store import Store, changes, facts, idempotency, ingest
from workspace.store.driver import Driver
from workspace.store.files import Files

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class World:
    """What lies outside of a workspace; tests bring their own."""

    create: Factory = channels.create
    clock: Callable[[], datetime] = machine_clock
    uniform: Callable[[float, float], float] = random.uniform


REAL = World()


class Services:
    """Everything assembled. `open` makes it, `start` starts the threads, `close` ends both.

    Without `start` nothing moves by itself: `receiving.apply_pending()` applies what the journal
    holds and `delivery.deliver_due()` sends what is due, in the caller's thread.
    """

    def __init__(self, paths: Paths, settings: Settings, world: World) -> None:
        self.paths = paths
        self.settings = settings
        self._closing = ExitStack()
        with ExitStack() as opened:
            self._open_disk(opened)
            self._join_channels(opened, world)
            self._offer_verbs(world)
            self.delivery.prepare()
            self._closing = opened.pop_all()

    @classmethod
    def open(cls, paths: Paths, settings: Settings, world: World = REAL) -> "Services":
        """Open a folder, making what is missing.

        Raises StoreLocked, StoreTooNew, JournalMismatch, JournalUnavailable; then all is closed.
        """
        for folder in (paths.folder, paths.files, paths.spool):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(paths, settings, world)

    def _open_disk(self, opened: ExitStack) -> None:
        """Database, journal and files, which know each other."""
        paths = self.paths
        self.store = Store.open(paths, self.settings)
        opened.callback(self.store.close)
        self.journal = Journal(paths.journal)
        opened.callback(self.journal.close)
        self.store.write(self._belong_together)
        self.files = Files(paths)
        self.files.clear_staging()

    def _join_channels(self, opened: ExitStack, world: World) -> None:
        """All that goes on between the disk and the providers."""
        paths, settings = self.paths, self.settings
        self.accounts = Accounts(self.store, paths, settings, world.create)
        opened.callback(self.accounts.close)
        self.fetching = Fetching(
            self.store,
            self.files,
            self.accounts,
            world.clock,
            Backoff(5, 3600, world.uniform),
            paths.files,
        )
        self.syncing = Syncing(
            self.store, self.accounts, world.clock, Backoff(30, 600, world.uniform)
        )
        self.templates = Templates(self.store, self.accounts, self.syncing, world.clock)
        self.receiving = Receiving(
            self.store,
            self.journal,
            self.files,
            self.accounts.parser,
            world.clock,
            self._applied,
        )
        self.delivery = Delivery(
            self.store,
            self.files,
            self.accounts,
            self.templates,
            settings,
            world.clock,
            Backoff(5, 600, world.uniform),
            self.journal,
        )
        self.receivers = Receivers(
            self.journal, self.accounts, self.receiving.wake, Backoff(1, 300, world.uniform)
        )
        self.replays = Replays(self.accounts, self.receiving)
        self.webhooks = Webhooks(self.journal, self.accounts, self.receiving.wake, world.clock)
        self.accounts.watch(self.delivery)
        self.accounts.watch(self.receivers)
        self.accounts.watch(self.syncing)

    def _offer_verbs(self, world: World) -> None:
        """What people and programs ask for, and what is done now and then."""
        paths, settings = self.paths, self.settings
        self.queries = Queries(self.store, paths)
        self.erase = Erase(
            self.store,
            self.journal,
            self.files,
            self.receiving.drain,
            self.delivery.wait_idle,
            self.queries.paused,
        )
        self.erase.start()
        self.presence = Presence(self.store, self.accounts, world.clock)
        self.inbox = Inbox(
            self.store, self.files, self.accounts, self.erase, self.queries, self.presence.seen
        )
        self.views = Views(
            self.store, partial(self.inbox.conversations, limit=1), self.accounts.list
        )
        self.contacts = Contacts(self.store, self.accounts)
        self.replies = Replies(
            self.store,
            self.files,
            self.accounts,
            self.templates,
            self.delivery.queued,
            world.clock,
            settings.undo_seconds,
        )
        self.sends = Sends(self.store, self.accounts, self.templates, self.delivery)
        self.reactions = Reactions(self.store, self.accounts, self.delivery.reacted)
        self.notes = Notes(self.store, self.accounts)
        self.drafts = Drafts(self.store)
        self.canned = Canned(self.store)
        self.doctor = Doctor(
            paths, self.store, self.journal, self.accounts, self.receiving, self.webhooks
        )
        self.housekeeping = Housekeeping(
            [
                self._trim,
                self.replies.clean_uploads,
                self.receiving.retry_some,
                self._finish_erasing,
                self._compact,
                self.store.checkpoint,
            ]
        )

    def _belong_together(self, tx: Driver) -> None:
        """Journal and database know each other; a new database takes the journal there is."""
        uuid = facts.get(tx, "journal_uuid")
        if uuid is None:
            facts.put(tx, "journal_uuid", self.journal.uuid)
        else:
            self.journal.check(uuid, int(facts.get(tx, POSITION) or 0))

    def _applied(self) -> None:
        """What came in may have named files to be fetched, and templates to be read."""
        self.fetching.worker.wake()
        self.syncing.worker.wake()

    def _trim(self) -> None:
        self.store.write(changes.trim)
        self.store.write(idempotency.trim)
        self.store.write(ingest.forget_parked)

    def _finish_erasing(self) -> None:
        if not self.journal.finish_erasing():
            logger.warning(
                "%s is open in another program, which keeps what was erased from leaving the disk",
                self.journal.path,
            )

    def _compact(self) -> None:
        if self.erase.due():
            self.erase.compact()

    # --- life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Receive, apply and send in threads from now on."""
        self.receiving.start()
        self.delivery.start()
        self.receivers.start()
        self.fetching.worker.start()
        self.syncing.worker.start()
        self.presence.start()
        self.housekeeping.start()

    def close(self) -> None:
        """Stop in an order in which nothing is lost, and give all files back.

        What is received is in the journal, what is queued stays queued; a send in flight is waited
        for as `Delivery.stop` says.
        """
        self.receivers.ask_to_stop()
        self.fetching.worker.ask_to_stop()
        self.syncing.worker.ask_to_stop()
        self.presence.stop()
        self.housekeeping.stop()
        self.delivery.stop()
        self.accounts.close()
        self.receivers.join()
        self.fetching.worker.join()
        self.syncing.worker.join()
        self.receiving.stop()
        self._closing.close()
