"""Internal notes: seen by colleagues, never by the customer, and no part of the status."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from post import Post, open_post

from workspace.errors import Conflict, InvalidRequest, NotFound, TooLarge
from workspace.models import Conversation, Direction, Message
from workspace.services.filters import Filter
from workspace.settings import MAX_TEXT
from workspace.store import states
from workspace.testing.builders import ANA


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    post = open_post(tmp_path)
    yield post
    post.services.close()


def note(post: Post, id: int, text: str = "She is a VIP", key: str | None = None) -> Message:
    return post.services.notes.add(id, text, ANA, key)


def only(post: Post) -> Conversation:
    tabs = [post.services.inbox.conversations(Filter(tab=tab)).rows for tab in ("all", "archived")]
    [found] = [row for rows in tabs for row in rows]
    return found


def test_a_note_is_the_newest_activity_and_nothing_else(post: Post) -> None:
    id = post.receive("hello")
    before = only(post)
    written = note(post, id)
    assert (written.direction, written.author, written.delivery_status) == (
        Direction.NOTE,
        ANA,
        None,
    )
    after = only(post)
    assert (after.preview.text, after.preview.direction, after.preview.author) == (
        "She is a VIP",
        Direction.NOTE,
        ANA.name,
    )
    assert after.last_activity_at == written.occurred_at >= before.last_activity_at
    assert replace(after, preview=before.preview, last_activity_at=before.last_activity_at) == (
        before
    )
    assert post.services.inbox.messages(id).messages[-1] == written


def test_a_note_is_never_sent_and_no_answer(post: Post) -> None:
    id = post.receive("hello")
    post.services.inbox.archive([id], ANA, None)
    post.services.inbox.resolve([id], ANA, None)
    before = only(post)
    note(post, id)
    post.services.delivery.deliver_due()
    assert post.sent() == []
    after = only(post)
    assert (after.status, after.archived, after.unread) == (before.status, True, before.unread)
    with post.services.store.read() as db:
        assert states.load(db, [id])[id] == states.recompute(db, id)


def test_a_note_is_found_by_its_words(post: Post) -> None:
    id = post.receive("hello")
    written = note(post, id, "Ask Zoé about the\nrefund")
    [found] = post.services.inbox.conversations(Filter(search="zoe refund")).rows
    assert found.match_message_id == written.id


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_an_empty_note_is_refused(post: Post, text: str) -> None:
    id = post.receive("hello")
    with pytest.raises(InvalidRequest, match="empty"):
        note(post, id, text)


def test_an_endless_note_and_one_for_nobody_are_refused(post: Post) -> None:
    id = post.receive("hello")
    with pytest.raises(TooLarge):
        note(post, id, "x" * (MAX_TEXT + 1))
    with pytest.raises(NotFound, match="No conversation 77"):
        note(post, 77)
    assert len(post.services.inbox.messages(id).messages) == 1


def test_one_key_is_one_note(post: Post) -> None:
    id = post.receive("hello")
    assert note(post, id, key="key-1").id == note(post, id, key="key-1").id
    with pytest.raises(Conflict):
        note(post, id, "something else", key="key-1")


def test_a_note_can_be_written_where_the_channel_is_gone(post: Post) -> None:
    id = post.receive("hello")
    post.services.accounts.remove(post.channel, None)
    note(post, id)
    assert only(post).preview.direction is Direction.NOTE


def test_analysts_see_notes_for_what_they_are(post: Post) -> None:
    id = post.receive("hello")
    note(post, id)
    rows = post.sql("SELECT direction, author_name, text FROM v1.messages ORDER BY message_id")
    assert rows[1] == ("note", ANA.name, "She is a VIP")
    assert post.sql("SELECT reply_count FROM v1.episodes") == [(0,)]


def test_delete_erases_notes(post: Post) -> None:
    id = post.receive("hello")
    note(post, id, "a secret between us")
    post.services.inbox.delete([id], ANA, None)
    assert "secret" not in post.everything()
