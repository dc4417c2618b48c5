"""One channel's outbox at work: what is due is claimed, performed and settled, one by one."""

import heapq
import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from workspace.channels.base import Channel, Failure, Request, Sent
from workspace.errors import ConvoError, StoreRefused
from workspace.journal import Journal
from workspace.models import DeliveryStatus, FailureKind, Template
from workspace.services import reacting, sending, settling
from workspace.services.backoff import Backoff
from workspace.services.outcomes import UNSTORABLE, Retry
from workspace.services.ratelimit import Pairs, TokenBucket
from workspace.services.schedule import Schedule
from workspace.services.templates import Templates
from workspace.services.words import words
from workspace.settings import Settings
from workspace.store import Store, outbox, reactions
from workspace.store.driver import Driver
from workspace.store.files import Files
from workspace.store.outbox import Queued
from workspace.store.reactions import Own

logger = logging.getLogger(__name__)

LOOKUPS = (15.0, 120.0, 900.0)
"""Seconds after which the provider is asked whether it has a message that is in doubt."""

UNASKED = timedelta(seconds=15)
"""How long a template waits whose provider can't be asked whether it may be sent."""

LEASE_OVER = "The provider did not answer in time; it may have the message."
INTERRUPTED = "The hub stopped while this was being sent; the provider may have it."

T = TypeVar("T")
Flight = Callable[[int, int], AbstractContextManager[None]]
"""Marks (message, conversation) as in flight."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What every sender needs. `clock` gives the machine's time, aware UTC."""

    store: Store
    files: Files
    templates: Templates
    settings: Settings
    clock: Callable[[], datetime]
    backoff: Backoff
    flight: Flight
    journal: Journal


class Sender:
    def __init__(self, channel_id: int, channel: Channel, tools: Tools) -> None:
        self._id = channel_id
        self._channel = channel
        self._tools = tools
        self._schedule = Schedule()
        self._doubts: list[tuple[datetime, int, int]] = []  # (when, message, how often asked)
        self._bucket = TokenBucket(channel.capabilities.rate, lambda: tools.clock().timestamp())
        self._pairs = Pairs(channel.capabilities.pair_rate, lambda: tools.clock().timestamp())
        self._limits = 0
        """How often the provider has asked for less, one after the other."""
        self._pair_limits: dict[int, int] = {}
        """The same for one customer, by their conversation."""
        self._wake = threading.Condition()
        self._stopped = False
        self._thread: threading.Thread | None = None

    # --- the thread ---------------------------------------------------------------------------

    def start(self) -> None:
        self._thread = threading.Thread(target=self._serve, name=f"sender-{self._id}", daemon=True)
        self._thread.start()

    def ask_to_stop(self) -> None:
        with self._wake:
            self._stopped = True
            self._wake.notify_all()

    def join(self, timeout: float) -> None:
        """Wait for the send in flight."""
        if self._thread is not None:
            self._thread.join(timeout)

    def _serve(self) -> None:
        failures = 0
        while True:
            with self._wake:
                while not self._stopped and (seconds := self._seconds()) != 0:
                    self._wake.wait(seconds)
                if self._stopped:
                    return
            try:
                self.step()
                failures = 0
            except Exception as error:  # the database is in trouble; the outbox must outlive that
                failures += 1
                logger.exception("channel %s can't send: %s", self._id, words(error))
                with self._wake:
                    self._wake.wait(self._tools.backoff.delay(failures, at_least=0.5))

    def _seconds(self) -> float | None:
        """Until there is something to do; None: nothing is planned."""
        now = self._tools.clock()
        waits = []
        if due := self._schedule.next():
            waits.append(max((due[0] - now).total_seconds(), self._bucket.wait(), 0.0))
        if self._doubts:
            waits.append(max((self._doubts[0][0] - now).total_seconds(), 0.0))
        return min(waits) if waits else None

    # --- what there is to do ------------------------------------------------------------------

    def load(self) -> None:
        """Take over what an earlier life of the hub left."""
        with self._tools.store.read() as db:
            pending = outbox.pending(db, self._id)
            reacted = reactions.pending(db, self._id)
            doubts = outbox.with_status(db, self._id, DeliveryStatus.IN_DOUBT)
        now = self._tools.clock()
        for waiting in pending:
            due = waiting.not_before or now
            if waiting.failure_kind is FailureKind.RATE_LIMITED:
                self._bucket.pause((due - now).total_seconds())
                due = now
            self.add(waiting.id, waiting.conversation_id, due)
        for reaction, message, not_before in reacted:
            self.react(reaction, message, not_before or now)
        with self._wake:
            for message in doubts:
                heapq.heappush(self._doubts, (now, message, 0))
            self._wake.notify_all()

    def add(self, message: int, conversation: int, due: datetime) -> None:
        with self._wake:
            self._schedule.add(message, conversation, due)
            self._wake.notify_all()

    def react(self, reaction: int, message: int, due: datetime) -> None:
        """Reactions to one message go in their order, and wait for nothing else: they have a queue
        of their own, which is no conversation's.
        """
        self.add(reaction, -message, due)

    def forget(self, message: int) -> None:
        with self._wake:
            self._schedule.remove(message)
            self._wake.notify_all()

    def step(self) -> bool:
        """Do one thing that is due. False: nothing is."""
        now = self._tools.clock()
        with self._wake:
            doubt = self._doubts[0] if self._doubts else None
            due = self._schedule.next()
            ready = due is not None and due[0] <= now and self._bucket.wait() == 0
        if doubt and doubt[0] <= now:
            self._look_up(doubt)
            return True
        if due is not None and ready:
            self._send(*due)
            return True
        return False

    # --- sending ------------------------------------------------------------------------------

    def _send(self, due: datetime, message: int, conversation: int) -> None:
        if conversation < 0:
            self._send_reaction(due, message, conversation)
            return
        if self._put_off(message, conversation, conversation):
            return
        try:
            template = self._template(message)
        except ConvoError as error:  # it waits, but not the messages of others behind it
            logger.warning("channel %s can't be asked for templates: %s", self._id, words(error))
            self.add(message, conversation, self._tools.clock() + UNASKED)
            return
        # Out of the schedule while it flies: a person may have it sent again at any time after.
        self.forget(message)
        try:
            with self._tools.flight(message, conversation):
                after, taken = self._attempt(message, template)
        except BaseException:
            self.add(message, conversation, due)
            raise
        with self._wake:
            if after is not None and after.status is DeliveryStatus.RETRY and after.not_before:
                self._schedule.add(message, conversation, self._again(due, after.not_before))
            if after is not None and after.status is DeliveryStatus.IN_DOUBT:
                self._doubt(message, 0)
        if after is not None and taken:
            self._keep_copies(message, taken)

    def _attempt(
        self, message: int, template: Template | None
    ) -> tuple[Queued | None, Sequence[Request]]:
        """What became of a message, and what the provider took."""
        tools, channel = self._tools, self._channel
        now, channel_now = tools.clock(), channel.now()
        lease_until = now + timedelta(seconds=tools.settings.lease_seconds)
        claim = tools.store.write(
            lambda tx: settling.claim(
                tx, message, channel.capabilities, channel_now, lease_until, template
            )
        )
        if claim is None:
            return None, ()
        lease = (claim.message.lease_until or lease_until) - now
        self._bucket.take()
        self._pairs.take(claim.message.conversation_id)
        watch = threading.Timer(lease.total_seconds(), self._lease_over, [message])
        watch.daemon = True
        watch.start()
        try:
            made = sending.attempt(channel, claim, tools.files)
        finally:
            watch.cancel()
        return self._settle(claim.message, made.outcome), made.taken

    def _put_off(self, id: int, queue: int, customer: int) -> bool:
        """Whether it must wait because enough was sent to this customer; nobody else waits."""
        wait = self._pairs.wait(customer)
        if wait:
            self.add(id, queue, self._tools.clock() + timedelta(seconds=wait))
        return wait > 0

    def _send_reaction(self, due: datetime, id: int, queue: int) -> None:
        with self._tools.store.read() as db:
            own = reactions.get(db, id)
        if own is not None and self._put_off(id, queue, own.conversation_id):
            return
        self.forget(id)
        try:
            after = self._attempt_reaction(id)
        except BaseException:
            self.add(id, queue, due)
            raise
        if after is not None and after.status is DeliveryStatus.RETRY and after.not_before:
            self.add(id, queue, self._again(due, after.not_before))

    def _attempt_reaction(self, id: int) -> Own | None:
        """What became of a reaction; None: there was nothing to send."""
        tools, channel = self._tools, self._channel
        lease = timedelta(seconds=tools.settings.lease_seconds)
        lease_until, channel_now = tools.clock() + lease, channel.now()
        claim = tools.store.write(
            lambda tx: reacting.claim(tx, id, channel.capabilities, channel_now, lease_until)
        )
        if claim is None:
            return None
        self._bucket.take()
        self._pairs.take(claim.own.conversation_id)
        with tools.flight(id, claim.own.conversation_id):
            outcome = sending.react(channel, claim.signal, id)
            return self._settle_reaction(claim.own, outcome)

    def _settle_reaction(self, own: Own, outcome: Sent | Failure) -> Own | None:
        outcome = _alone(outcome)
        retry = self._retry(own.conversation_id, own.attempts, outcome)
        return self._stored(
            partial(
                reacting.settle,
                id=own.id,
                outcome=outcome,
                retry=retry,
                journal=self._tools.journal,
            ),
            partial(reacting.doubt, id=own.id, why=UNSTORABLE),
        )

    def _retry(self, conversation: int, attempts: int, outcome: Sent | Failure) -> Retry:
        """When to try again, if that is to be."""
        asked = outcome.retry_after if isinstance(outcome, Failure) else None
        tools = self._tools
        limited = isinstance(outcome, Failure) and outcome.kind is FailureKind.RATE_LIMITED
        self._limits = self._limits + 1 if limited else 0
        pair_limits = self._pair_limits.pop(conversation, 0) + 1
        if isinstance(outcome, Failure) and outcome.pair:
            self._pair_limits[conversation] = attempts = pair_limits
        delay = tools.backoff.delay(self._limits or attempts, asked)
        if limited:
            self._bucket.pause(delay)  # it is not about this message alone
        most = tools.settings.max_attempts
        return Retry(tools.clock(), delay, most, self._channel.now())

    def _again(self, due: datetime, not_before: datetime) -> datetime:
        """Where all wait anyway, the one that was refused is still the first. A limit that goes on
        and on may be about that one after all: then the others have their turn.
        """
        first = 0 < self._limits < self._tools.settings.max_attempts
        return due if first else not_before

    def _template(self, message: int) -> Template | None:
        """What it is sent with, as it is by now: the provider may have paused it meanwhile."""
        with self._tools.store.read() as db:
            choice = outbox.template(db, message)
        return self._tools.templates.find(self._id, choice) if choice else None

    def _lease_over(self, message: int) -> None:
        try:
            self._tools.store.write(lambda tx: settling.doubt(tx, message, LEASE_OVER))
        except ConvoError as error:  # what is left as `sending` is doubted at the next start
            logger.warning("message %s outlived its lease: %s", message, words(error))

    def _settle(self, message: Queued, outcome: Sent | Failure) -> Queued | None:
        """Store what became of it."""
        outcome = _alone(outcome)
        tools = self._tools
        settled = self._stored(
            partial(
                settling.settle,
                id=message.id,
                outcome=outcome,
                retry=self._retry(message.conversation_id, message.attempts, outcome),
                threads=self._channel.capabilities.threads,
                journal=tools.journal,
            ),
            partial(settling.doubt, id=message.id, why=UNSTORABLE),
        )
        after = settled.message
        if isinstance(outcome, Failure) and outcome.kind is FailureKind.TEMPLATE:
            tools.templates.doubt(self._id)
        if after and after.status is DeliveryStatus.IN_DOUBT and isinstance(outcome, Sent):
            logger.error("message %s is in doubt though it was sent: %s", after.id, after.failure)
        tools.files.remove(settled.files)
        return after

    def _stored(self, work: Callable[[Driver], T], doubt: Callable[[Driver], T]) -> T:
        """What was learnt is not forgotten because a disk is full; what no database takes is, and
        leaves a doubt.
        """
        failures = 0
        while True:
            try:
                return self._tools.store.write(work)
            except Exception as error:
                logger.exception("channel %s: what became of a send can't be stored", self._id)
                if isinstance(error, StoreRefused) and work is not doubt:
                    work = doubt
                    continue
                failures += 1
                with self._wake:
                    if self._stopped:
                        raise
                    self._wake.wait(self._tools.backoff.delay(failures, at_least=0.5))

    def _keep_copies(self, message: int, taken: Sequence[Request]) -> None:
        """Outside the lease, which is for the send alone."""
        told = sending.keep_copies(self._channel, message, taken)
        if told:
            self._tools.store.write(lambda tx: settling.remark(tx, message, told))

    # --- doubts -------------------------------------------------------------------------------

    def _doubt(self, message: int, asked: int) -> None:
        if asked < len(LOOKUPS):
            when = self._tools.clock() + timedelta(seconds=LOOKUPS[asked])
            heapq.heappush(self._doubts, (when, message, asked + 1))

    def _look_up(self, doubt: tuple[datetime, int, int]) -> None:
        """Ask the provider; where it has the message, that settles it. It is never sent again."""
        _, id, asked = doubt
        with self._tools.store.read() as db:  # what can't be read now is still to be asked for
            message = outbox.get(db, id)
        with self._wake:
            heapq.heappop(self._doubts)
        if message is None or message.status is not DeliveryStatus.IN_DOUBT:
            return
        try:
            found = self._channel.find_sent(message.provider_id)
        except Exception as error:  # to ask is only an attempt; the next one may work
            logger.warning("channel %s can't be asked for a message: %s", self._id, words(error))
            found = None
        if found:
            self._settle(message, Sent(message.provider_id))
        else:
            with self._wake:
                self._doubt(id, asked)


def _alone(outcome: Sent | Failure) -> Sent | Failure:
    """What limits the messages to one customer is a passing failure of theirs, and of no others."""
    if isinstance(outcome, Failure) and outcome.pair:
        return replace(outcome, kind=FailureKind.TRANSIENT)
    return outcome
