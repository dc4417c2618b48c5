"""Saved views: filters that were given a name."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from post import Post, open_post

from workspace.errors import Conflict, ConvoError, InvalidRequest, NotFound
from workspace.models import Actor, ActorKind, Status, Tab
from workspace.services.filters import Filter
from workspace.services.views import Views
from workspace.store import changes
from workspace.testing.builders import ANA

EVA = Actor(ActorKind.OPERATOR, "eva")


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    post = open_post(tmp_path)
    yield post
    post.services.close()


@pytest.fixture
def views(post: Post) -> Views:
    return post.services.views


def test_a_view_is_kept_with_what_narrows_and_who_saved_it(views: Views) -> None:
    wanted = Filter(
        tab=Tab.ARCHIVED,
        status=(Status.PENDING, Status.REPLIED),
        search='it\'s "100%"',
        until=date(2026, 3, 31),
        zone="Europe/Berlin",
        ids=(1, 2),
        query="SELECT id FROM v1.conversations",
    )
    saved = views.save("  Waiting \n long ", wanted, ANA)
    assert saved.name == "Waiting long"
    assert saved.filter == {
        "tab": "archived",
        "status": ["pending", "replied"],
        "search": 'it\'s "100%"',
        "until": "2026-03-31",
        "zone": "Europe/Berlin",
        "ids": [1, 2],
        "query": "SELECT id FROM v1.conversations",
    }
    assert (saved.actor, saved.problem) == (ANA, "")
    assert views.list() == [saved]
    assert views.save("All", Filter(), ANA).filter == {}


def test_saving_again_replaces_and_names_are_in_order(views: Views) -> None:
    first = views.save("b", Filter(), ANA)
    views.save("a", Filter(), ANA)
    again = views.save("b", Filter(unread=True), EVA)
    assert [view.name for view in views.list()] == ["a", "b"]
    assert views.list()[1] == again
    assert (again.actor, again.filter) == (EVA, {"unread": True})
    assert again.saved_at >= first.saved_at


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\0b", "a\x07b", "\u202eevil"])
def test_a_name_nobody_could_read(views: Views, name: str) -> None:
    with pytest.raises(InvalidRequest, match="view"):
        views.save(name, Filter(), ANA)
    assert views.list() == []


def test_the_longest_name(views: Views) -> None:
    assert views.save(f" {'é' * 200} ", Filter(), ANA).name == "é" * 200


@pytest.mark.parametrize(
    "wrong",
    [
        Filter(since="yesterday"),
        Filter(zone="Mars/Olympus", since="2026-03-01"),
        Filter(search="x" * 1_001),
        Filter(channel="nobody"),
        Filter(query="DROP TABLE messages"),
        Filter(query="SELECT message_id FROM v1.messages"),
    ],
)
def test_what_lists_nothing_is_not_saved(views: Views, wrong: Filter) -> None:
    views.save("kept", Filter(unread=True), ANA)
    with pytest.raises(ConvoError):
        views.save("kept", wrong, ANA)
    assert [view.filter for view in views.list()] == [{"unread": True}]


def test_delete(views: Views) -> None:
    views.save("old", Filter(), ANA)
    views.delete(" old ", "key-of-delete")
    views.delete(" old ", "key-of-delete")  # a repeated request
    assert views.list() == []
    with pytest.raises(NotFound, match="old"):
        views.delete("old", None)
    with pytest.raises(Conflict):
        views.delete("other", "key-of-delete")


def test_others_are_told_without_content(post: Post, views: Views) -> None:
    with post.services.store.read() as db:
        before = changes.last(db)
        views.save("secret", Filter(search="secret"), ANA)
        views.delete("secret", None)
        new = changes.since(db, before)
    assert [(change.kind, change.conversation_id) for change in new] == [("views", None)] * 2


def test_a_view_of_a_removed_channel_opens_and_says_so(post: Post, views: Views) -> None:
    post.receive("hello")
    by_id = views.save("by id", Filter(channel=str(post.channel)), ANA)
    by_name = views.save("by name", Filter(channel="line"), ANA)
    assert views.list() == [by_id, by_name]
    post.services.accounts.remove(post.channel, "key-of-remove")
    for view in views.list():
        assert "was removed" in view.problem
        assert post.services.inbox.conversations(Filter(**view.filter)).total == 1
    post.services.accounts.add("line", "line", {})
    assert [view.problem for view in views.list()] == ["", ""]


def test_views_outlive_the_process(tmp_path: Path) -> None:
    for _ in range(2):
        post = open_post(tmp_path)
        if not post.services.views.list():
            saved = post.services.views.save("kept", Filter(unread=True), ANA)
        assert post.services.views.list() == [saved]
        post.services.close()
