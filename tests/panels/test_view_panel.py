"""The kernel's side of the conversation view and the contact card."""

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.panels.speaking import Browser, Refused
from widgets import ContactCard, ConversationView, Inbox
from workspace import process
from workspace.client import Workspace
from workspace.models import Change, Conversation, DeliveryStatus, EventKind, Upload
from workspace.testing.hub import running_hub

LEFT = {DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ}


@pytest.fixture
def row(ws: Workspace) -> Conversation:
    """One with several messages."""
    rows = ws.conversations(limit=100)
    return max(rows, key=lambda row: len(ws.messages(row.id, limit=500)))


def opened(ws: Workspace, row: Conversation) -> Browser:
    return Browser(ConversationView(ws, conversation_id=str(row.id)))


def test_it_opens_around_a_hit(ws: Workspace, row: Conversation) -> None:
    whole = ws.messages(row.id, limit=500)
    browser = opened(ws, row)
    asked = {"view": "v", "conversation_id": str(row.id)}
    value = browser.ask("open", **asked, target=str(whole[0].id))
    assert value["messages"][0]["id"] == str(whole[0].id)
    assert value["latest"] == str(whole[-1].id)
    assert not value["more"]
    gone = browser.ask("open", **asked, target="77")
    assert gone["messages"][-1]["id"] == str(whole[-1].id)
    assert not gone["newer"]


def test_pages_go_both_ways(ws: Workspace, row: Conversation) -> None:
    whole = [str(m.id) for m in ws.messages(row.id, limit=500)]
    browser = opened(ws, row)
    after = browser.ask("page", conversation_id=str(row.id), after=whole[0])
    assert [m["id"] for m in after["messages"]] == whole[1:51]
    before = browser.ask("page", conversation_id=str(row.id), before=whole[-1])
    assert [m["id"] for m in before["messages"]] == whole[-51:-1]
    with pytest.raises(Refused, match="one of before, after and around"):
        browser.ask("page", conversation_id=str(row.id), before=whole[1], after=whole[1])


def test_what_can_not_be_done_to_a_message_is_told(ws: Workspace) -> None:
    row = next(r for r in ws.conversations(limit=100) if r.channel_kind == "mail")
    browser = opened(ws, row)
    left = threading.Event()

    def look(change: Change) -> None:
        if ws.messages(row.id)[-1].delivery_status in LEFT:
            left.set()

    watch = ws.watch(look)
    sent = ws.send(row.id, "It has left")
    assert left.wait(30)
    watch.stop()
    asked = {"conversation_id": str(row.id), "message_id": str(sent.id)}
    for verb, code in (("cancel", "too_late"), ("mark_sent", "conflict"), ("retry", "conflict")):
        with pytest.raises(Refused) as refused:
            browser.ask("deliver", **asked, verb=verb)
        assert refused.value.code == code
    for verb in ("delete", "_act", "send"):
        with pytest.raises(Refused, match="can't be done"):
            browser.ask("deliver", **asked, verb=verb)


@pytest.mark.slow
def test_what_is_taken_back_is_a_draft(tmp_path: Path) -> None:
    """Not every inbox has a composer that it could go back to."""
    folder = tmp_path / "held"
    process.make(folder, "demo = true\nundo_seconds = 3600\n")
    with running_hub(folder) as ws:
        ws.load_demo(size=20, seed=5)
        row = next(r for r in ws.conversations() if r.channel_kind == "mail")
        file = ws.upload("a.txt", b"text of a file")
        browser = opened(ws, row)

        def take_back(text: str, *files: Upload) -> Any:
            sent = ws.send(row.id, text, files)
            asked = {"conversation_id": str(row.id), "message_id": str(sent.id)}
            return browser.ask("deliver", **asked, verb="cancel")["kept"]

        assert take_back("Too early", file)
        draft = ws.draft(row.id)
        assert draft
        assert (draft.text, draft.note, len(draft.uploads)) == ("Too early", False, 1)
        assert not take_back("Once more")
        ws.save_draft(row.id, "Suspected fraud", note=True)
        assert not take_back("Dear customer")
        note = ws.draft(row.id)
        assert note
        assert (note.text, note.note) == ("Suspected fraud", True)


def test_the_card_tells_who_it_is(ws: Workspace, row: Conversation) -> None:
    browser = Browser(ContactCard(ws, conversation_id=str(row.id)))
    card = browser.ask("ready", view="v", conversation_id=str(row.id))
    assert card["contact"]["id"] == str(row.contact_id)
    assert row.address.value in [address["value"] for address in card["contact"]["addresses"]]
    assert card["contact"]["conversations"] == len(card["others"]) + 1
    assert browser.ask("ready", view="v", conversation_id="") is None


def test_the_card_changes_its_contact(ws: Workspace, row: Conversation) -> None:
    browser = Browser(ContactCard(ws, conversation_id=str(row.id)))
    browser.ask("ready", view="v", conversation_id=str(row.id))
    contact = str(row.contact_id)
    browser.ask("update", contact_id=contact, blocked=True, name="Renamed Here")
    card = browser.pushed("card")[-1]
    assert (card["contact"]["name"], card["contact"]["blocked"]) == ("Renamed Here", True)
    kinds = {event.kind for event in ws.messages(row.id, limit=500).events}
    assert {EventKind.BLOCKED, EventKind.RENAMED} <= kinds
    browser.ask("update", contact_id=contact, blocked=False, name=row.contact_name)
    with pytest.raises(Refused, match="longer than 200"):
        browser.ask("update", contact_id=contact, name="x" * 201)


def test_the_card_merges_and_unmerges(ws: Workspace, row: Conversation) -> None:
    browser = Browser(ContactCard(ws, conversation_id=str(row.id)))
    browser.ask("ready", view="v", conversation_id=str(row.id))
    contact = str(row.contact_id)
    found = browser.ask("contacts", contact_id=contact, search="")
    assert found
    assert contact not in [each["id"] for each in found]
    other = found[0]["id"]
    merge = browser.ask("merge", contact_id=contact, other=other)
    assert merge["deed"]["undo"]
    card = browser.pushed("card")[-1]
    assert [part["id"] for part in card["contact"]["merged"]] == [other]
    assert len(card["others"]) + 1 == card["contact"]["conversations"]
    used = {id for each in card["contact"]["identities"] for id in each["channel_ids"]}
    assert used <= {channel["id"] for channel in card["channels"]}
    assert browser.ask("deed_code", deed=merge["deed"]["id"], form="python") == (
        f"ws.merge_contacts({contact}, {other})"
    )
    undone = browser.ask("undo", deed=merge["deed"]["id"])
    assert (undone["verb"], undone["changed"]) == ("unmerge", 1)
    assert browser.pushed("card")[-1]["contact"]["merged"] == []
    browser.ask("merge", contact_id=contact, other=other)
    unmerge = browser.ask("unmerge", contact_id=other)["deed"]["id"]
    assert browser.ask("deed_code", deed=unmerge, form="python") == f"ws.unmerge_contact({other})"
    assert set(ws.sql(browser.ask("deed_code", deed=unmerge, form="sql")).df()["kind"]) == {
        "merged",
        "unmerged",
    }
    assert browser.ask("undo", deed=unmerge)["verb"] == "merge"
    assert [str(part.id) for part in ws.contact(row.contact_id).merged] == [other]
    ws.unmerge_contact(other)
    with pytest.raises(Refused, match="is not merged"):
        browser.ask("unmerge", contact_id=other)


def test_the_card_follows_the_inbox(ws: Workspace, row: Conversation) -> None:
    inbox = Inbox(ws, conversation_id=str(row.id))
    assert inbox.contact.conversation_id == str(row.id)
    inbox.contact.conversation_id = ""
    assert inbox.conversation_id == inbox.view.conversation_id == ""
