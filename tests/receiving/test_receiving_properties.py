"""For any history: what is kept equals what follows from the log, and the order in which a provider
tells things, or tells them twice, makes no difference.

A history is a list of rounds. In each, the provider tells some things (in any order, cut into any
batches), then somebody does something.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from typing import Any

import pytest
from desk import ANN, Desk, open_desk
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from line import Line, at, mail, payload, reaction, receipt, said

from workspace.channels.base import Event
from workspace.errors import Conflict
from workspace.models import DeliveryStatus
from workspace.rules import State
from workspace.store import states

D = DeliveryStatus
VERBS = (
    "resolve",
    "reopen",
    "archive",
    "unarchive",
    "mark_read",
    "mark_unread",
    "agent on",
    "reply",
    "queue",
    "take back",
    "send again",
    "note",
    "nothing",
)
NEWEST_SENDS = (
    "SELECT count(*) FROM (SELECT rank() OVER (ORDER BY o.occurred_at DESC) AS place "
    "FROM messages AS o WHERE o.conversation_id = c.id AND o.direction = 'outbound' "
    "AND o.delivery_status <> 'cancelled') WHERE place = 1"
)
ROUND_MINUTES = 30
runs = count(1)


@dataclass(frozen=True)
class Told:
    """Something a provider tells: of message `n`, at `minutes` from the round's time."""

    kind: str
    n: int
    minutes: int
    status: DeliveryStatus = D.SENT
    backfill: bool = False
    refs: tuple[int, ...] = ()


@dataclass(frozen=True)
class Round:
    told: tuple[Told, ...]
    verb: str
    target: int
    """Which message's conversation the verb is done to."""


def histories(threads: bool) -> st.SearchStrategy[list[Round]]:
    number = st.integers(0, 7)
    told = st.builds(
        Told,
        kind=st.sampled_from(["inbound", "inbound", "own", "receipt", "reply receipt", "reaction"]),
        n=number,
        minutes=st.integers(-50, 20),
        status=st.sampled_from([D.SENT, D.DELIVERED, D.READ, D.FAILED]),
        backfill=st.sampled_from([False, False, False, True]),
        refs=st.lists(number, max_size=2).map(tuple) if threads else st.just(()),
    )
    turn = st.builds(
        Round,
        told=st.lists(told, max_size=6).map(tuple),
        verb=st.sampled_from(VERBS),
        target=number,
    )
    return st.lists(turn, min_size=1, max_size=6).map(one_message_a_number)


def one_message_a_number(history: list[Round]) -> list[Round]:
    """A number is one message: what is told of it again is told in the same words."""
    first: dict[int, Told] = {}

    def same(told: Told) -> Told:
        if told.kind not in ("inbound", "own"):
            return told
        return first.setdefault(told.n, told)

    return [replace(r, told=tuple(map(same, r.told))) for r in history]


class Run:
    """A history as it happens to one customer, under names of its own."""

    def __init__(self, desk: Desk, threads: bool, random: Random | None) -> None:
        self.desk, self.threads, self.random = desk, threads, random
        self.name = f"run{next(runs)}"
        self.channel = desk.mail if threads else desk.sms
        self.replies: list[str] = []
        self.sent: list[int] = []
        line = desk.services.accounts.channel(self.channel)
        assert isinstance(line, Line)
        self.line = line

    def play(self, history: list[Round]) -> None:
        for n, turn in enumerate(history):
            self.line.clock = at(n * ROUND_MINUTES)
            self.tell(n, list(turn.told))
            self.act(turn)
        self.desk.services.delivery.deliver_due()

    def tell(self, turn: int, told: list[Told]) -> None:
        if self.random:
            told += [t for t in told if self.random.random() < 0.4]
            self.random.shuffle(told)
        for each in told:
            if found := self.event(each, turn):
                content = payload(found, received=self.line.clock, backfill=each.backfill)
                self.desk.journal(content, channel=self.channel)
            if self.random and self.random.random() < 0.4:
                self.desk.services.receiving.apply_pending()
        self.desk.services.receiving.apply_pending()

    def event(self, told: Told, turn: int) -> Event | None:
        id, minutes = self.id(told.n), turn * ROUND_MINUTES + told.minutes
        match told.kind:
            case "inbound" | "own":
                return self.message(id, told, minutes)
            case "receipt":
                return receipt(id, told.status, minutes)
            case "reaction":
                return reaction(id, "👍" if told.n % 2 else "", minutes)
            case _:
                if told.n >= len(self.replies):
                    return None
                return receipt(self.replies[told.n], told.status, minutes)

    def id(self, n: int) -> str:
        return f"{self.name}.{n}"

    def message(self, id: str, told: Told, minutes: int) -> Event:
        more: dict[str, Any] = {"text": f"text {told.n}", "own": told.kind == "own"}
        if not self.threads:
            return said(id, f"+{self.name}", minutes, **more)
        sender = f"{self.name}.{told.n % 3}@example.org"
        return mail(id, sender, minutes, [self.id(r) for r in told.refs], **more)

    def act(self, turn: Round) -> None:
        id = self.conversation(turn.target)
        inbox = self.desk.services.inbox
        if id is None or turn.verb == "nothing":
            return
        if turn.verb in ("reply", "queue"):
            message = self.desk.send(id, "an answer", deliver=turn.verb == "reply")
            self.sent.append(message.id)
            self.replies.append(self.key(message.id))
        elif turn.verb in ("take back", "send again"):
            self.decide(turn)
        elif turn.verb == "note":
            self.desk.services.notes.add(id, "a note", ANN, None)
        elif turn.verb == "agent on":
            inbox.set_agent_replies([id], True, ANN, None)
        else:
            getattr(inbox, turn.verb)([id], ANN, None)

    def decide(self, turn: Round) -> None:
        """About one of the replies, if it is in a state for it."""
        if not self.sent:
            return
        n, sends = turn.target % len(self.sent), self.desk.services.sends
        with suppress(Conflict):
            if turn.verb == "take back":
                sends.cancel(self.sent[n], ANN, None)
            else:
                sends.send_again(self.sent[n], ANN, None)
                self.replies[n] = self.key(self.sent[n])

    def key(self, message: int) -> str:
        return str(self.sql("provider_id", "id = $1", message)[0])

    def conversation(self, n: int) -> int | None:
        found = self.sql("conversation_id", "provider_id = $1", self.id(n))
        return found[0] if found else None

    def sql(self, what: str, where: str, *params: Any) -> list[Any]:
        rows = self.desk.sql(f"SELECT {what} FROM messages WHERE {where} ORDER BY id", *params)
        return [row[0] for row in rows]

    # --- what came of it ----------------------------------------------------------------------

    def outcome(self) -> list[tuple[Any, ...]]:
        """All that must not depend on the order, for each of the run's conversations.

        Which of two sends of one moment is the newest, only their order can tell; whether the
        newest failed is compared where there is one newest.
        """
        mine = {self.id(n) for n in range(8)} | set(self.replies)
        rows = self.desk.sql(
            f"SELECT c.id, CASE WHEN ({NEWEST_SENDS}) <= 1 THEN c.failed END, c.last_activity_at, "
            "list_sort(list((m.body, m.delivery_status))) "
            "FROM conversations AS c JOIN messages AS m ON m.conversation_id = c.id "
            "WHERE m.channel_id = $1 AND m.provider_id IN (SELECT unnest($2)) GROUP BY ALL",
            self.channel,
            list(mine),
        )
        with self.desk.services.store.read() as db:
            kept = states.load(db, [row[0] for row in rows])
            for id, state in kept.items():
                assert state == states.recompute(db, id)
        # A read mark is an id, and ids are given as things come.
        found = [(replace(kept[id], read_mark=0), *rest) for id, *rest in rows]
        return sorted(found, key=lambda row: str(row[-1]))


@pytest.fixture(scope="module")
def shared_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One workspace for all histories: making one for each would take most of the time."""
    desk = open_desk(tmp_path_factory.mktemp("properties") / "workspace")
    yield desk
    desk.check()
    desk.services.close()


def check(desk: Desk, threads: bool, history: list[Round], random: Random) -> None:
    plain, shuffled = Run(desk, threads, None), Run(desk, threads, random)
    plain.play(history)
    shuffled.play(history)
    outcome = plain.outcome()
    for state, *_ in outcome:
        event(describe(state))
    assert shuffled.outcome() == outcome


def describe(state: State) -> str:
    return f"{state.status}, archived {state.archived}, episode {min(state.episode, 3)}"


def examples(n: int) -> settings:
    return settings(
        max_examples=n,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


CONTACTS = given(history=histories(threads=False), random=st.randoms(use_true_random=False))
THREADS = given(history=histories(threads=True), random=st.randoms(use_true_random=False))


@examples(12)
@CONTACTS
def test_a_providers_order_makes_no_difference(
    shared_desk: Desk, history: list[Round], random: Random
) -> None:
    check(shared_desk, False, history, random)


@examples(12)
@THREADS
@pytest.mark.slow
def test_the_order_of_mails_makes_no_difference(
    shared_desk: Desk, history: list[Round], random: Random
) -> None:
    check(shared_desk, True, history, random)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@examples(250)
@CONTACTS
def test_a_providers_order_makes_no_difference_at_length(
    shared_desk: Desk, history: list[Round], random: Random
) -> None:
    check(shared_desk, False, history, random)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@examples(250)
@THREADS
def test_the_order_of_mails_makes_no_difference_at_length(
    shared_desk: Desk, history: list[Round], random: Random
) -> None:
    check(shared_desk, True, history, random)
