"""Undo, Send again, notes, drafts and canned replies as Python calls."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from workspace.client import Workspace, connect
from workspace.errors import (
    AnsweredMeanwhile,
    Conflict,
    InvalidRequest,
    NotFound,
    TooLarge,
    TooLate,
)
from workspace.models import Actor, ActorKind, DeliveryStatus, Direction
from workspace.settings import MAX_TEXT, Paths
from workspace.testing.hub import kill_hub, running_hub, still_folder


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace in which a send is held back for as long as a test may take."""
    folder = still_folder(tmp_path_factory.mktemp("undo") / "demo")
    Paths(folder).settings.write_text("demo = true\nundo_seconds = 3600\n")
    with running_hub(folder) as ws:
        yield ws


def waiting(ws: Workspace) -> int:
    return ws.conversations(status="pending")[0].id


def test_undo_gives_text_and_files_back(slow: Workspace) -> None:
    id = waiting(slow)
    before = slow.conversation(id)
    sent = slow.send(id, "no, wait", [("list.txt", b"1 2 3")])
    assert sent.undo_until is not None
    back = slow.cancel(sent)
    assert (back.text, back.delivery_status) == ("no, wait", DeliveryStatus.CANCELLED)
    assert slow.conversation(id) == before
    assert slow.attachment(back.attachments[0].id) == b"1 2 3"
    draft = slow.save_draft(id, back.text, uploads=back.attachments)
    assert draft is not None
    again = slow.cancel(slow.send(id, draft.text, draft.uploads))
    again = slow.send(id, again.text, again.attachments)
    assert [file.id for file in again.attachments] == [file.id for file in back.attachments]
    with pytest.raises(Conflict, match="already"):
        slow.cancel(sent.id)


def test_undo_outlives_the_hub(slow: Workspace) -> None:
    id = waiting(slow)
    sent = slow.send(id, "held", key="held-0001")
    kill_hub(Path(slow.info().folder))
    assert slow.send(id, "held", key="held-0001") == sent
    slow.cancel(str(sent.id))
    assert sent.id not in [message.id for message in slow.messages(id)]


def test_too_late_is_told_as_such(ws: Workspace) -> None:
    answered = ws.messages(ws.conversations(status="replied")[0])[-1]
    with pytest.raises(TooLate):
        ws.cancel(answered)
    with pytest.raises(Conflict):
        ws.send_again(answered)
    with pytest.raises(Conflict):
        ws.mark_sent(answered)
    with pytest.raises(NotFound):
        ws.cancel(2**62)


def test_two_who_answer_at_once(ws: Workspace) -> None:
    id = waiting(ws)
    seen = ws.messages(id)[-1]
    with connect(ws.info().folder, actor=Actor(ActorKind.OPERATOR, "eva")) as eva:
        theirs = eva.send(id, "I have it", seen=seen)
    with pytest.raises(AnsweredMeanwhile) as told:
        ws.send(id, "So have I", seen=seen)
    assert told.value.detail["who"] == "eva"
    assert ws.send(id, "Thanks, Eva", seen=theirs.id).text == "Thanks, Eva"


def test_notes(ws: Workspace) -> None:
    # The first of them are answered by other tests, and may have their receipts yet to come.
    row = ws.conversations(status="pending")[-1]
    written = ws.note(row, "between us")
    assert (written.direction, written.author) == (Direction.NOTE, ws.actor)
    after = ws.conversation(row)
    assert (after.preview.direction, after.status, after.unread) == (
        Direction.NOTE,
        row.status,
        row.unread,
    )
    with pytest.raises(InvalidRequest, match="empty"):
        ws.note(row, " ")
    with pytest.raises(TooLarge):
        ws.note(row, "x" * (MAX_TEXT + 1))


def test_drafts(ws: Workspace) -> None:
    row = ws.conversations()[0]
    assert ws.draft(row) is None
    file = ws.upload("list.txt", b"1 2 3")
    kept = ws.save_draft(row, "Dear", note=True, uploads=[file])
    assert ws.draft(row.id) == kept
    assert kept is not None
    assert (kept.text, kept.note, kept.uploads) == ("Dear", True, (file,))
    assert ws.save_draft(row, "Dear", uploads=[file.id]) is not None
    assert ws.save_draft(row, "") is None
    assert ws.draft(row) is None
    with pytest.raises(TooLarge):
        ws.save_draft(row, "x" * (MAX_TEXT + 1))


def test_canned_replies(ws: Workspace) -> None:
    kept = ws.save_canned_reply("/Thanks", "Thank you, {{first_name}}")
    assert ws.canned_replies() == [kept]
    ws.delete_canned_reply("thanks")
    assert ws.canned_replies() == []
    with pytest.raises(NotFound):
        ws.delete_canned_reply("thanks")
    with pytest.raises(InvalidRequest):
        ws.save_canned_reply("two words", "x")


def test_quoting_and_reacting(ws: Workspace) -> None:
    id = waiting(ws)
    *_, asked = (m for m in ws.messages(id) if m.direction is Direction.INBOUND)
    sent = ws.send(id, "this one", reply_to=asked)
    assert sent.reply_to is not None
    assert (sent.reply_to.id, sent.reply_to.text) == (asked.id, asked.text)
    kept = ws.save_draft(id, "half", reply_to=sent.reply_to)
    assert kept is not None
    assert kept.reply_to == sent.reply_to
    rows = ws.sql("SELECT reply_to FROM v1.messages WHERE message_id = $1", [sent.id]).df()
    assert list(rows["reply_to"]) == [asked.id]
    [reaction] = ws.react(asked, "🎉").reactions
    assert (reaction.emoji, reaction.actor_kind) == ("🎉", ActorKind.OPERATOR)
    rows = ws.sql("SELECT emoji FROM v1.reactions WHERE message_id = $1", [asked.id]).df()
    assert list(rows["emoji"]) == ["🎉"]
    assert ws.react(asked, "").reactions == ()
    with pytest.raises(InvalidRequest, match="one emoji"):
        ws.react(asked, "yes")
    with pytest.raises(NotFound):
        ws.send(id, "x", reply_to=10**12)
    ws.typing(id)
    with pytest.raises(NotFound):
        ws.typing(10**12)
