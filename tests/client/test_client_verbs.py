"""Every verb, with ids in every form."""

from pathlib import Path

import numpy as np
import pytest

from workspace.client import Workspace, connect
from workspace.client import arguments as module
from workspace.errors import Conflict, CountChanged, InvalidRequest, NotFound
from workspace.models import Actor, ActorKind, Contents, EventKind, Status


@pytest.fixture
def ids(ws: Workspace) -> list[int]:
    return [row.id for row in ws.conversations(limit=3)]


def test_ids_in_every_form(ws: Workspace, ids: list[int]) -> None:
    one = ids[0]
    page = ws.conversations(limit=3)
    frame = page.df()
    forms = [one, str(one), np.int64(one), page[0], [one], (str(one), ids[1]), page, frame["id"]]
    for form in forms:
        found = ws.contents(form)
        assert found.conversations >= 1
    assert ws.contents([]) == Contents(0, 0, 0)
    assert len(ws.archive([])) == 0


@pytest.mark.parametrize("wrong", ["x", 1.5, None, b"1", [None], ["1", "y"]])
def test_what_is_no_id_is_refused_here(ws: Workspace, wrong: object) -> None:
    with pytest.raises(InvalidRequest, match="not an id"):
        ws.archive(wrong)  # type: ignore[arg-type]


def test_the_options_of_the_menu(ws: Workspace, ids: list[int]) -> None:
    assert ws.resolve(ids).changed <= 3
    assert {ws.conversation(id).status for id in ids} == {Status.RESOLVED}
    assert ws.resolve(ids).changed == 0
    assert ws.reopen(ids).changed == 3
    assert ws.archive(ids[0]).changed == 1
    assert ws.conversation(ids[0]).archived
    assert ids[0] in [row.id for row in ws.conversations(tab="archived", limit=500)]
    assert ws.unarchive(ids[0]).changed == 1
    ws.mark_unread(ids[0])
    assert ws.conversation(ids[0]).unread >= 1
    ws.mark_read(ids[0])
    assert ws.conversation(ids[0]).unread == 0
    ws.set_agent_replies(ids[0], True)
    assert ws.conversation(ids[0]).agent_replies
    ws.set_agent_replies(ids[0], False)


def test_what_was_read_is_unread_again_as_it_was(ws: Workspace) -> None:
    unread = [row.id for row in ws.conversations(unread=True, limit=3)]
    was = [ws.conversation(id).unread for id in unread]
    assert sum(was) >= 3
    outcomes = ws.mark_read(unread)
    assert [ws.conversation(id).unread for id in unread] == [0, 0, 0]
    ws.mark_unread(unread, before=int(outcomes.df().event_id.min()))
    assert [ws.conversation(id).unread for id in unread] == was
    lines = ws.sql("SELECT kind FROM v1.events WHERE event_id = $1", [outcomes[0].event_id]).df()
    assert list(lines.kind) == ["marked_read"]


def test_all_that_match(ws: Workspace, ids: list[int]) -> None:
    where = {"ids": ids, "search": "order"}
    total = ws.conversations(**where).total
    assert total > 0
    assert ws.contents(where=where).conversations == total
    with pytest.raises(CountChanged) as caught:
        ws.set_agent_replies(on=True, where=where, expected=total + 1)
    assert caught.value.detail == {"expected": total + 1, "found": total}
    first = ws.set_agent_replies(on=True, where=where, expected=total, key="all-of-them")
    assert (len(first), first.changed) == (total, total)
    assert ws.set_agent_replies(on=True, where=where, expected=total, key="all-of-them").rows == (
        first.rows
    )
    ws.set_agent_replies(ids, False)


def test_what_to_act_on_is_said_once(ws: Workspace, ids: list[int]) -> None:
    for wrong in (
        lambda: ws.archive(),
        lambda: ws.archive(ids, where={"unread": True}, expected=3),
        lambda: ws.archive([], where={"unread": True}, expected=3),
        lambda: ws.archive(where={"unread": True}),
        lambda: ws.archive(ids, expected=3),
        lambda: ws.archive(where={"unraed": True}, expected=3),
        lambda: ws.archive(where={"ids": ["x"]}, expected=1),
        lambda: ws.set_agent_replies(ids),
        lambda: ws.contents(ids, where={}),
    ):
        with pytest.raises(InvalidRequest):
            wrong()


def test_saved_views(ws: Workspace, ids: list[int]) -> None:
    saved = ws.save_view("These", {"ids": ids, "channel": ws.channels()[0]})
    assert saved in ws.views()
    assert "filter" not in repr(saved), "it may quote what was searched for"
    assert {row.id for row in ws.conversations(**saved.filter)} == set(ids)
    ws.delete_view("These")
    assert saved not in ws.views()


def test_delete_erases(ws: Workspace) -> None:
    last = ws.conversations(limit=500)[-1].id
    held = ws.contents(last)
    assert held.messages > 0
    assert ws.delete(last).changed == 1
    with pytest.raises(NotFound, match=str(last)):
        ws.conversation(last)


def test_many_ids_go_in_portions(
    ws: Workspace, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PORTION", 2)
    outcomes = ws.mark_unread(ids)
    assert [outcome.conversation_id for outcome in outcomes] == ids
    assert ws.contents(ids).conversations == 3


def test_a_key_of_ones_own_makes_a_rerun_harmless(ws: Workspace) -> None:
    id = ws.conversations(status="pending")[0].id
    first = ws.send(id, "Thank you", key="rerun-0001")
    assert ws.send(id, "Thank you", key="rerun-0001").id == first.id
    with pytest.raises(Conflict):
        ws.send(id, "Something else", key="rerun-0001")


def test_files_by_path_and_by_bytes(ws: Workspace, tmp_path: Path) -> None:
    id = ws.conversations(status="pending")[0].id
    path = tmp_path / "list.txt"
    path.write_bytes(b"1 2 3")
    sent = ws.send(id, "two files", [path])
    assert [file.name for file in sent.attachments] == ["list.txt"]
    assert ws.attachment(sent.attachments[0].id) == b"1 2 3"


def test_who_acts_is_recorded(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ws.info().folder
    id = ws.conversations()[0].id
    monkeypatch.setenv("JUPYTERHUB_USER", "ana@example.org")
    with connect(folder) as ana:
        ana.archive(id)
    with connect(folder, actor=Actor(ActorKind.AGENT, "agent")) as agent:
        agent.unarchive(id)
    actors = [event.actor for event in ws.messages(id, limit=500).events[-2:]]
    assert [(actor.kind.value, actor.name) for actor in actors] == [
        ("operator", "ana@example.org"),
        ("agent", "agent"),
    ]


def test_a_contact(ws: Workspace, ids: list[int]) -> None:
    row = ws.conversation(ids[0])
    found = ws.contact(row)
    assert ws.contact(str(row.contact_id)) == ws.contact(found) == found
    assert row.address in found.addresses
    changed = ws.update_contact(row, name="Somebody Else", blocked=True)
    assert (changed.name, changed.blocked, changed.opted_out) == ("Somebody Else", True, False)
    assert ws.conversation(ids[0]).contact_name == "Somebody Else"
    kinds = [event.kind for event in ws.messages(ids[0], limit=500).events]
    assert {EventKind.RENAMED, EventKind.BLOCKED} <= set(kinds)
    assert ws.update_contact(found, found.name, blocked=False) == found
    with pytest.raises(InvalidRequest, match="Nothing is to change"):
        ws.update_contact(found)
    with pytest.raises(InvalidRequest, match="not an id"):
        ws.contact("x")
    with pytest.raises(NotFound, match="contact"):
        ws.contact(2**62)
