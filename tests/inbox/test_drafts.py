"""Drafts: one for each operator and conversation, with their files; and canned replies."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from post import Post, open_post

from workspace.errors import InvalidRequest, NotFound, TooLarge
from workspace.models import Actor, ActorKind, SavedDraft, Upload
from workspace.settings import MAX_TEXT
from workspace.store import threads
from workspace.testing.builders import ANA

EVA = Actor(ActorKind.OPERATOR, "eva")


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    post = open_post(tmp_path)
    yield post
    post.services.close()


def upload(post: Post, name: str = "a.txt") -> Upload:
    return post.services.replies.upload(name, BytesIO(b"1 2 3"))


def save(
    post: Post, id: int, text: str = "Dear", *files: int, note: bool = False, by: Actor = ANA
) -> SavedDraft | None:
    return post.services.drafts.save(id, text, note, files, by)


def age(post: Post, table: str, column: str, days: int) -> None:
    text = f"UPDATE {table} SET {column} = now() - INTERVAL '{days} days'"
    post.services.store.write(lambda tx: tx.execute(text))


# --- drafts -----------------------------------------------------------------------------------


def test_a_draft_is_kept_for_each_operator(post: Post) -> None:
    one, two = post.receive("hello"), post.receive("hi", address="+492")
    get = post.services.drafts.get
    assert get(one, ANA) is None
    save(post, one, "Dear")
    save(post, one, "Dear Ada", note=True)
    save(post, one, "by Eva", by=EVA)
    found = get(one, ANA)
    assert found is not None
    assert (found.text, found.note, found.uploads) == ("Dear Ada", True, ())
    assert get(one, EVA) != found
    assert get(two, ANA) is None


def test_a_draft_survives_a_restart(tmp_path: Path) -> None:
    post = open_post(tmp_path)
    id = post.receive("hello")
    saved = save(post, id, "Dear", upload(post).id)
    post.services.close()
    post = open_post(tmp_path)
    assert post.services.drafts.get(id, ANA) == saved
    post.services.close()


def test_an_empty_draft_is_forgotten(post: Post) -> None:
    id = post.receive("hello")
    file = upload(post)
    save(post, id, "", file.id)
    assert post.services.drafts.get(id, ANA)
    assert save(post, id, " \n") is None
    assert post.services.drafts.get(id, ANA) is None
    assert post.sql("SELECT count(*) FROM draft_uploads") == [(0,)]
    assert save(post, id, "") is None


def test_its_files_keep_their_order_and_leave_when_they_are_sent(post: Post) -> None:
    id = post.receive("hello")
    first, second = upload(post, "a.txt"), upload(post, "b.txt")
    saved = save(post, id, "see", second.id, first.id)
    assert saved is not None
    assert saved.uploads == (second, first)
    with pytest.raises(InvalidRequest, match="named twice"):
        save(post, id, "see", first.id, first.id)
    with pytest.raises(NotFound, match="No upload 99"):
        save(post, id, "see", 99)
    assert post.services.drafts.get(id, ANA) == saved


def test_files_of_a_fresh_draft_are_kept(post: Post) -> None:
    id = post.receive("hello")
    kept, dropped = upload(post), upload(post)
    save(post, id, "see", kept.id)
    age(post, "attachments", "created_at", 3)
    post.services.replies.clean_uploads()
    assert post.services.files.ids() == [kept.id]
    assert dropped.id not in post.services.files.ids()
    age(post, "drafts", "updated_at", 31)
    post.services.replies.clean_uploads()
    assert post.services.files.ids() == []
    found = post.services.drafts.get(id, ANA)
    assert found is not None
    assert (found.text, found.uploads) == ("see", ())


def test_delete_erases_drafts_and_their_files(post: Post) -> None:
    id = post.receive("hello")
    save(post, id, "a secret", upload(post, "secret.txt").id)
    post.services.inbox.delete([id], ANA, None)
    assert "secret" not in post.everything()
    assert post.services.files.ids() == []
    with pytest.raises(NotFound):
        post.services.drafts.get(id, ANA)


def test_a_draft_follows_a_thread_into_another(post: Post) -> None:
    home, away = post.receive("hello"), post.receive("hi", address="+492")
    mine, file = upload(post, "mine.txt"), upload(post, "hers.txt")
    save(post, home, "to both", mine.id)
    save(post, away, "and to her", file.id, note=True)
    save(post, away, "only there", by=EVA)
    post.services.store.write(lambda tx: threads.merge(tx, away, home))
    both, hers = (post.services.drafts.get(home, by) for by in (ANA, EVA))
    assert both is not None
    assert hers is not None
    # A note among them must not go to the customer.
    assert (both.text, both.note) == ("to both\nand to her", True)
    assert {f.name for f in both.uploads} == {"mine.txt", "hers.txt"}
    assert hers.text == "only there"
    assert post.services.drafts.get(away, EVA) == hers


def test_bad_drafts_are_refused(post: Post) -> None:
    id = post.receive("hello")
    with pytest.raises(TooLarge):
        save(post, id, "x" * (MAX_TEXT + 1))
    with pytest.raises(NotFound, match="No conversation 77"):
        save(post, 77)


# --- canned replies ---------------------------------------------------------------------------


def test_canned_replies_are_kept_by_their_shortcuts(post: Post) -> None:
    canned = post.services.canned
    assert canned.all() == []
    thanks = canned.save("/Thanks", "Thank you, {{first_name}}.")
    hello = canned.save("hello", "Hello {{name}}")
    assert canned.all() == [hello, thanks]
    changed = canned.save("thanks", "Thanks!")
    assert (changed.id, changed.shortcut, changed.text) == (thanks.id, "thanks", "Thanks!")
    canned.delete(" /THANKS ", None)
    assert canned.all() == [hello]


def test_a_canned_reply_is_forgotten_once_a_key(post: Post) -> None:
    canned = post.services.canned
    canned.save("hello", "Hello")
    canned.delete("hello", "key-1")
    canned.delete("hello", "key-1")
    with pytest.raises(NotFound, match="'hello'"):
        canned.delete("hello", "key-2")


@pytest.mark.parametrize(
    ("shortcut", "text", "error"),
    [
        ("two words", "x", InvalidRequest),
        ("", "x", InvalidRequest),
        ("ok", " \n", InvalidRequest),
        ("ok", "x" * 10_001, TooLarge),
    ],
)
def test_bad_canned_replies_are_refused(post: Post, shortcut: str, text: str, error: Any) -> None:
    with pytest.raises(error):
        post.services.canned.save(shortcut, text)
    assert post.services.canned.all() == []
