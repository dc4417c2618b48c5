"""convo note, react, cancel, send-again, mark-sent and canned."""

import json

import pytest
from convo import Convo

from workspace.client import Workspace
from workspace.models import Direction


@pytest.fixture
def id(ws: Workspace) -> int:
    return ws.conversations(status="pending")[0].id


def test_a_note(convo: Convo, ws: Workspace, id: int) -> None:
    assert convo("note", id, "between us").stdout.startswith("Note ")
    told = json.loads(convo("note", id, "-", "--json", input="from a pipe").stdout)
    assert (told["direction"], told["text"]) == ("note", "from a pipe")
    assert [m.direction for m in ws.messages(id)][-2:] == [Direction.NOTE] * 2
    assert "note of" in convo("messages", id).stdout


@pytest.mark.parametrize("verb", ["cancel", "send-again", "mark-sent"])
def test_a_decision_that_comes_too_late(convo: Convo, ws: Workspace, verb: str) -> None:
    answered = ws.messages(ws.conversations(status="replied")[0])[-1]
    assert convo(verb, answered.id, code=1).stderr.strip()
    assert convo(verb, "x", code=2).stderr.strip()


def test_canned_replies(convo: Convo) -> None:
    assert "convo canned set" in convo("canned", "list").stdout
    assert convo("canned", "set", "/Thanks", "Thank you, {{name}}").stdout == "/thanks is kept.\n"
    assert "Thank you, {{name}}" in convo("canned", "list").stdout
    [kept] = json.loads(convo("canned", "list", "--json").stdout)
    assert kept["shortcut"] == "thanks"
    convo("canned", "remove", "thanks")
    convo("canned", "remove", "thanks", code=1)
    convo("canned", "set", "two words", "x", code=2)


def test_quoting_and_reacting(convo: Convo, ws: Workspace, id: int) -> None:
    *_, asked = (m for m in ws.messages(id) if m.direction is Direction.INBOUND)
    convo("send", id, "this one", "--reply-to", asked.id)
    assert f"(message {asked.id})" in convo("messages", id).stdout
    assert "👍 is queued" in convo("react", asked.id, "👍").stdout
    assert "👍 of operator" in convo("messages", id).stdout
    assert "is taken back" in convo("react", asked.id, "--remove").stdout
    assert convo("react", asked.id, code=2).stderr
    assert "one emoji" in convo("react", asked.id, "yes", code=2).stderr
