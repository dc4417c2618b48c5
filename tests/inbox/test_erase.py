"""Delete: what was said, and who said it, is gone from everywhere."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from post import HELLO, Post, open_post

from workspace.channels.base import StatusChanged
from workspace.errors import Conflict, NotFound
from workspace.models import DeliveryStatus, Outcome, TemplateChoice
from workspace.services import erase
from workspace.services.contacts import Update
from workspace.services.filters import Filter
from workspace.services.matching import Matching
from workspace.store import Store, changes
from workspace.testing.builders import ANA, START

SECRET = "Rumpelstilzchen"
PHONE = "+4917098765432"


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    post = open_post(tmp_path)
    yield post
    post.services.close()


def delete(post: Post, *ids: int, key: str | None = None) -> list[Outcome]:
    return post.services.inbox.delete(ids, ANA, key)


def whole_story(post: Post) -> int:
    """A conversation that leaves its traces wherever there are any."""
    id = post.receive(f"I am {SECRET}", name=SECRET, address=PHONE, file=f"{SECRET}.txt")
    post.services.replies.send(id, f"Dear {SECRET}", [], ANA, "key-of-a-send")
    post.services.delivery.deliver_due()
    post.services.inbox.resolve([id], ANA, "key-of-a-verb", reason=f"{SECRET} is happy")
    post.receive(f"Once more, {SECRET}", address=PHONE)
    work_on(post, id)
    return id


def work_on(post: Post, id: int) -> None:
    """What operators write of the customer without sending it, or with a template."""
    services, file = post.services, f"{SECRET}.txt"
    services.contacts.update(
        services.inbox.conversation(id).contact_id,
        Update(name=f"{SECRET} II"),
        ANA,
        "key-of-a-name",
    )
    services.notes.add(id, f"{SECRET} is a friend", ANA, "key-of-a-note")
    choice = TemplateChoice(HELLO.name, HELLO.language, {"1": SECRET})
    back = services.replies.send(id, "", [], ANA, "key-of-a-template", template=choice)
    services.sends.cancel(back.id, ANA, "key-of-an-undo")
    services.replies.send(id, "", [], ANA, None, template=choice)
    services.delivery.deliver_due()
    upload = services.replies.upload(file, BytesIO(SECRET.encode()))
    services.drafts.save(id, f"Dear {SECRET}, as I said", False, [upload.id], ANA)
    services.replies.upload(file, BytesIO(SECRET.encode()), id)  # in no draft yet
    wanted = Filter(contact=services.inbox.conversation(id).contact_id)
    services.inbox.mark_unread(Matching(wanted, 1), ANA, "key-of-all-that-match")


def files(post: Post) -> list[Path]:
    return [path for path in post.paths.files.rglob("*") if path.is_file()]


def test_nothing_is_left(post: Post) -> None:
    id = whole_story(post)
    other = post.receive("Somebody else", address="+491", file="other.txt")
    assert post.everything().count(SECRET) > 5
    assert len(files(post)) == 4
    assert delete(post, id) == [Outcome(id, True)]
    left = post.everything()
    assert SECRET not in left
    assert PHONE not in left
    assert str(id) not in str(post.sql("SELECT conversation_id FROM conversation_events"))
    [kept] = files(post)
    assert kept.read_text() == "Somebody else"
    assert post.services.inbox.conversation(other).unread == 1
    with pytest.raises(NotFound):
        post.services.inbox.conversation(id)


def test_compaction_makes_it_physical(post: Post) -> None:
    id = whole_story(post)
    other = post.receive("Somebody else", address="+491")
    post.services.store.checkpoint()
    assert not post.services.erase.due()
    delete(post, id)
    post.services.store.checkpoint()
    assert post.services.erase.due()
    assert on_disk(post), "DuckDB erases by itself now: compaction may go"
    post.services.erase.compact()
    assert not post.services.erase.due()
    assert not on_disk(post)
    assert post.services.inbox.conversation(other).preview.text == "Somebody else"
    assert post.receive("And now?", address="+491") == other


def test_what_is_deleted_during_compaction_stays_due(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = post.receive("a"), post.receive("b", address="+492")
    delete(post, first)
    compact = erase.compact.compact

    def slow(store: Store) -> None:
        compact(store)
        delete(post, second)

    monkeypatch.setattr(erase.compact, "compact", slow)
    post.services.erase.compact()
    assert post.services.erase.due()


def on_disk(post: Post) -> list[Path]:
    """Files of the folder in which the secret or the phone number can still be read."""
    words = [SECRET.encode(), PHONE.encode(), SECRET.lower().encode()]
    found = [path for path in post.paths.folder.rglob("*") if path.is_file()]
    return [path for path in found if any(word in path.read_bytes() for word in words)]


def test_a_replay_bounces_and_a_new_message_begins_anew(post: Post) -> None:
    event = post.write(f"I am {SECRET}", address=PHONE)
    post.services.receiving.apply_pending()
    [(id,)] = post.sql("SELECT id FROM conversations")
    delete(post, id)
    post.deliver(event)
    post.deliver(StatusChanged(event.provider_id, START, DeliveryStatus.READ))
    post.services.receiving.apply_pending()
    assert post.sql("SELECT count(*) FROM conversations") == [(0,)]
    assert SECRET not in post.everything()
    new = post.receive("Hello again", address=PHONE)
    assert new > id
    assert len(post.services.inbox.messages(new).messages) == 1


def test_tombstones_tell_nothing_and_lie_in_both_databases(post: Post) -> None:
    event = post.write(SECRET)
    post.services.receiving.apply_pending()
    [(id,)] = post.sql("SELECT id FROM conversations")
    delete(post, id)
    [(hash, _)] = post.sql("SELECT * FROM tombstones")
    assert post.services.journal.tombstones() == {hash}
    assert event.provider_id not in hash
    assert len(hash) == 64


def test_a_restored_database_gets_its_tombstones_back(post: Post, tmp_path: Path) -> None:
    delete(post, post.receive(SECRET))
    [before] = post.sql("SELECT hash FROM tombstones")
    post.services.store.write(lambda tx: tx.execute("DELETE FROM tombstones"))
    post.services.erase.start()
    assert post.sql("SELECT hash FROM tombstones") == [before]


def test_a_contact_stays_while_there_is_another_conversation(post: Post) -> None:
    first = post.receive("on the line", address=PHONE)
    second = post.services.accounts.add("line", "second", {}).id
    post.channel, line = second, post.channel
    other = post.receive("on the other", address=PHONE)
    assert first != other
    assert post.sql("SELECT count(*) FROM contacts") == [(1,)]
    delete(post, first)
    assert post.sql("SELECT count(*) FROM contacts") == [(1,)]
    assert post.services.inbox.conversation(other).address.value == PHONE
    delete(post, other)
    assert post.sql("SELECT (SELECT count(*) FROM contacts), count(*) FROM identities") == [(0, 0)]
    post.channel = line


def test_what_is_still_in_the_journal_is_applied_first(post: Post) -> None:
    id = post.receive("applied", address=PHONE)
    post.write(f"{SECRET}, not applied yet", address=PHONE)
    delete(post, id)
    post.services.receiving.apply_pending()
    assert SECRET not in post.everything()
    assert post.sql("SELECT count(*) FROM conversations") == [(0,)]


def test_what_was_queued_is_never_sent(post: Post) -> None:
    id = post.receive("hello")
    post.services.replies.send(id, "in time", [], ANA, None)
    post.services.delivery.deliver_due()
    post.services.replies.send(id, "too late", [], ANA, None)
    delete(post, id)
    post.services.delivery.deliver_due()
    assert post.sent() == ["in time"]


def test_a_send_that_never_ends_is_waited_for_up_to_its_lease(post: Post) -> None:
    """A row left over by a crash, say: nobody works on it, and nothing will settle it."""
    id = post.receive("hello")
    queued = [post.services.replies.send(id, text, [], ANA, None).id for text in ("a", "b")]

    def send(tx: Any) -> None:
        tx.execute(
            "UPDATE messages SET delivery_status = 'sending', lease_until = $2 WHERE id = $1",
            [queued[0], datetime.now(UTC) + timedelta(seconds=0.3)],
        )

    post.services.store.write(send)
    assert delete(post, id) == [Outcome(id, True)]
    assert post.sql("SELECT count(*) FROM messages") == [(0,)]


def test_one_unknown_id_and_nothing_is_done(post: Post) -> None:
    id = post.receive("hello", file="a.txt")
    queued = post.services.replies.send(id, "still to come", [], ANA, None)
    with pytest.raises(NotFound, match="424242"):
        delete(post, id, 424242)
    assert post.services.inbox.conversation(id)
    assert len(files(post)) == 1
    assert post.services.journal.count() == 1
    [(status,)] = post.sql("SELECT delivery_status FROM messages WHERE id = $1", queued.id)
    assert status == "queued"


def test_asked_twice_with_one_key(post: Post) -> None:
    id, other = post.receive("hello"), post.receive("you", address="+492")
    assert delete(post, id, key="key-1") == [Outcome(id, True)]
    assert delete(post, id, key="key-1") == [Outcome(id, True)]
    with pytest.raises(Conflict):
        delete(post, other, key="key-1")
    with pytest.raises(NotFound):
        delete(post, id, key="key-2")
    assert post.services.inbox.conversation(other)


def test_many_at_once(post: Post) -> None:
    made = [post.receive(f"{SECRET} {n}", address=f"+49{n}", file=f"{n}.txt") for n in range(20)]
    assert delete(post, *made) == [Outcome(id, True) for id in made]
    assert files(post) == []
    assert SECRET not in post.everything()


def test_it_is_told_without_content(post: Post) -> None:
    id = post.receive(SECRET)
    with post.services.store.read() as db:
        before = changes.last(db)
    delete(post, id)
    with post.services.store.read() as db:
        [change] = changes.since(db, before)
    assert (change.kind, change.conversation_id) == ("deleted", id)


# --- when something goes wrong -----------------------------------------------------------------


def test_a_reader_of_the_journal_delays_only_the_disk(post: Post) -> None:
    """Somebody has the journal open, so its log can't be emptied yet: housekeeping does it."""
    id = post.receive(SECRET, file="a.txt")
    reader = sqlite3.connect(post.paths.journal)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM payloads").fetchone()
    assert delete(post, id) == [Outcome(id, True)]
    with pytest.raises(NotFound):
        post.services.inbox.conversation(id)
    assert files(post) == []
    assert not post.services.journal.finish_erasing()
    reader.close()
    assert post.services.journal.finish_erasing()
    assert SECRET not in post.everything()
    journal = post.paths.journal
    for path in journal.parent.glob(f"{journal.name}*"):
        assert SECRET.encode() not in path.read_bytes()


def test_files_that_a_crash_left_are_removed_at_the_next_start(post: Post) -> None:
    kept = post.receive("stays", file="a.txt")
    orphan = post.paths.attachment(999_999)
    orphan.parent.mkdir(parents=True)
    orphan.write_text(SECRET)
    post.services.erase.start()
    assert not orphan.exists()
    assert len(files(post)) == 1
    assert post.services.inbox.conversation(kept)
