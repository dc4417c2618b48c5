"""Verbs on all that match a filter, as long as they are as many as expected."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workspace.errors import Conflict, CountChanged, InvalidRequest
from workspace.models import Actor, ActorKind, EventKind, Outcome, Status, Tab
from workspace.services import matching
from workspace.services.filters import Filter
from workspace.services.inbox import Inbox
from workspace.services.matching import Matching
from workspace.store import Store
from workspace.testing.builders import ANA, Builder, did, inbound, outbound, talk

EVA = Actor(ActorKind.OPERATOR, "eva")
SCRIPT = Path(__file__).parent / "dying_in_bulk.py"

VERBS: dict[str, Callable[..., list[Outcome]]] = {
    "mark_read": lambda inbox, targets, key: inbox.mark_read(targets, EVA, key),
    "mark_unread": lambda inbox, targets, key: inbox.mark_unread(targets, EVA, key),
    "resolve": lambda inbox, targets, key: inbox.resolve(targets, EVA, key),
    "reopen": lambda inbox, targets, key: inbox.reopen(targets, EVA, key),
    "archive": lambda inbox, targets, key: inbox.archive(targets, EVA, key),
    "unarchive": lambda inbox, targets, key: inbox.unarchive(targets, EVA, key),
    "agent_on": lambda inbox, targets, key: inbox.set_agent_replies(targets, True, EVA, key),
    "delete": lambda inbox, targets, key: inbox.delete(targets, EVA, key),
}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "PORTION", 2)


@pytest.fixture
def five(builder: Builder) -> list[int]:
    """Conversations that match WAITING, after two that don't; newest first."""
    builder.add([talk(inbound("x"), outbound("y")), talk(inbound("x"), did(EventKind.ARCHIVED))])
    return builder.add([talk(inbound("x"), address=f"+49{n}") for n in range(5)])[::-1]


WAITING = Filter(status=(Status.PENDING,))


def events(store: Store) -> list[Any]:
    with store.read() as db:
        return db.execute("SELECT conversation_id, kind FROM conversation_events ORDER BY id")


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_takes_all_that_match(inbox: Inbox, five: list[int], verb: str) -> None:
    done = VERBS[verb](inbox, Matching(WAITING, 5), "key-of-all")
    changed = verb not in ("mark_unread", "reopen", "unarchive")  # as those are already
    assert done == [Outcome(id, changed) for id in five]


@pytest.mark.usefixtures("small")
def test_the_outcomes_are_what_undo_needs(inbox: Inbox, five: list[int]) -> None:
    inbox.mark_read(five[:2], EVA, None)
    done = inbox.mark_read(Matching(WAITING, 5), EVA, None)
    assert [outcome.conversation_id for outcome in done if outcome.changed] == five[2:]


@pytest.mark.usefixtures("small", "five")
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("expected", [0, 4, 6])
def test_another_number_and_nothing_is_done(
    inbox: Inbox, store: Store, verb: str, expected: int
) -> None:
    before = events(store)
    with pytest.raises(CountChanged, match="5 conversations match now") as caught:
        VERBS[verb](inbox, Matching(WAITING, expected), "key-of-all")
    assert caught.value.detail == {"expected": expected, "found": 5}
    assert inbox.conversations(WAITING).total == 5
    assert events(store) == before


def test_nothing_may_be_expected(inbox: Inbox) -> None:
    assert inbox.archive(Matching(WAITING, 0), EVA, "key-of-none") == []


@pytest.mark.usefixtures("five")
def test_a_bad_filter_or_reason_does_nothing(inbox: Inbox, store: Store) -> None:
    before = events(store)
    for targets, reason in (
        (Matching(Filter(since="yesterday"), 5), ""),
        (Matching(Filter(query="SELECT contact_name FROM v1.conversations"), 5), ""),
        (Matching(WAITING, 5), "x" * 1_001),
    ):
        with pytest.raises(InvalidRequest):
            inbox.archive(targets, EVA, "key-of-all", reason=reason)
    assert events(store) == before


@pytest.mark.usefixtures("small")
def test_the_same_key_does_the_same_set_once(
    inbox: Inbox, builder: Builder, store: Store, five: list[int]
) -> None:
    """The first request empties the filter; the second still answers as the first."""
    first = inbox.archive(Matching(WAITING, 5), EVA, "key-of-all")
    [other] = builder.add([talk(inbound("new"), address="+4999")])
    assert inbox.archive(Matching(WAITING, 5), EVA, "key-of-all") == first
    assert not inbox.conversation(other).archived
    assert [id for id, kind in events(store) if kind == "archived"].count(five[0]) == 1
    for again in (
        lambda: inbox.archive(Matching(WAITING, 6), EVA, "key-of-all"),
        lambda: inbox.archive(Matching(Filter(), 5), EVA, "key-of-all"),
        lambda: inbox.resolve(Matching(WAITING, 5), EVA, "key-of-all"),
        lambda: inbox.archive(five, EVA, "key-of-all"),
    ):
        with pytest.raises(Conflict):
            again()


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("verb", ["archive", "delete"])
def test_what_is_deleted_in_between_is_left_out(inbox: Inbox, five: list[int], verb: str) -> None:
    """After the first portion somebody deletes two of the rest."""
    whole = matching.portions

    def interrupted(ids: Any, key: Any) -> Any:
        for number, part in enumerate(whole(ids, key)):
            if number == 1:
                inbox.delete(five[3:], ANA, None)
            yield part

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("workspace.services.inbox.portions", interrupted)
        done = VERBS[verb](inbox, Matching(WAITING, 5), "key-of-all")
    assert done == [Outcome(id, True) for id in five[:3]]


@pytest.mark.parametrize("verb", ["archive", "delete"])
@pytest.mark.slow
def test_killed_in_the_middle_it_finishes_the_same_set(tmp_path: Path, verb: str) -> None:
    def live(fault: str = "") -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "CONVO_FAULT": fault}
        command = [sys.executable, str(SCRIPT), str(tmp_path), verb]
        return subprocess.run(
            command, capture_output=True, text=True, env=environment, timeout=100, check=False
        )

    died = live("after_portion")
    assert died.returncode == -signal.SIGKILL, died.stderr
    for _ in range(2):
        run = live()
        assert run.returncode == 0, run.stderr
        told = json.loads(run.stdout)
        assert told["outcomes"] == [[id, True] for id in told["asked"]]
        assert told["done"] == sorted(told["asked"]), "each once"
        assert told["left"] == 1, "who came meanwhile is not touched"


@pytest.mark.usefixtures("small", "five")
def test_others_get_their_turn_between_portions(inbox: Inbox, store: Store) -> None:
    """Each portion is a transaction of its own, told by itself."""
    told: list[int] = []
    store.on_commit(told.append)
    inbox.resolve(Matching(WAITING, 5), EVA, "key-of-all")
    assert len(told) == 3


def test_the_tab_belongs_to_the_filter(inbox: Inbox, five: list[int]) -> None:
    archived = Filter(status=(Status.PENDING,), tab=Tab.ARCHIVED)
    [outcome] = inbox.unarchive(Matching(archived, 1), EVA, None)
    assert outcome.changed
    assert inbox.conversations(WAITING).total == len(five) + 1


def test_what_delete_would_lose(inbox: Inbox, five: list[int]) -> None:
    assert inbox.contents(WAITING) == inbox.contents(five)
    assert inbox.contents(Filter(search="nobody")).conversations == 0
