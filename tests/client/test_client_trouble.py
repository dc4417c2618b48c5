"""Every verb when things go wrong: no hub, no right, no such thing, nothing said, too much of it.

What is public on `Workspace` is looked up, so that a verb without an entry here fails a test.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workspace import connect, process
from workspace.client import Workspace
from workspace.errors import (
    CannotSend,
    ConvoError,
    HubUnavailable,
    InvalidRequest,
    NotFound,
    TooLarge,
    Unauthorized,
)
from workspace.models import Actor, ActorKind
from workspace.settings import MAX_TEXT, MAX_UPLOAD, Paths
from workspace.testing.hub import kill_hub, running_hub

Call = Callable[[Workspace], object]
OnId = Callable[[Workspace, int], object]
OnText = Callable[[Workspace, str], object]
OnFile = Callable[[Workspace, Path], object]

CALLS: dict[str, Call] = {
    "conversations": lambda ws: ws.conversations(),
    "conversation": lambda ws: ws.conversation(1),
    "messages": lambda ws: ws.messages(1),
    "contents": lambda ws: ws.contents(1),
    "attachment": lambda ws: ws.attachment(1),
    "channels": lambda ws: ws.channels(),
    "sql": lambda ws: ws.sql("SELECT 1"),
    "mark_read": lambda ws: ws.mark_read(1),
    "mark_unread": lambda ws: ws.mark_unread(1),
    "resolve": lambda ws: ws.resolve(1),
    "reopen": lambda ws: ws.reopen(1),
    "archive": lambda ws: ws.archive(1),
    "unarchive": lambda ws: ws.unarchive(1),
    "delete": lambda ws: ws.delete(1),
    "set_agent_replies": lambda ws: ws.set_agent_replies(1, True),
    "views": lambda ws: ws.views(),
    "save_view": lambda ws: ws.save_view("Waiting", {"status": "pending"}),
    "delete_view": lambda ws: ws.delete_view("Waiting"),
    "send": lambda ws: ws.send(1, "Hello"),
    "start_conversation": lambda ws: ws.start_conversation(1, "ada", text="Hello"),
    "cancel": lambda ws: ws.cancel(1),
    "send_again": lambda ws: ws.send_again(1),
    "mark_sent": lambda ws: ws.mark_sent(1),
    "note": lambda ws: ws.note(1, "Ask Bo"),
    "draft": lambda ws: ws.draft(1),
    "save_draft": lambda ws: ws.save_draft(1, "Hel"),
    "canned_replies": lambda ws: ws.canned_replies(),
    "save_canned_reply": lambda ws: ws.save_canned_reply("hi", "Hello"),
    "delete_canned_reply": lambda ws: ws.delete_canned_reply("hi"),
    "react": lambda ws: ws.react(1, "👍"),
    "typing": lambda ws: ws.typing(1),
    "fetch_again": lambda ws: ws.fetch_again(1),
    "templates": lambda ws: ws.templates(1),
    "save_template": lambda ws: ws.save_template("hi", "en", "Hello"),
    "delete_template": lambda ws: ws.delete_template("hi", "en"),
    "sync_templates": lambda ws: ws.sync_templates(),
    "template_syncs": lambda ws: ws.template_syncs(),
    "replay": lambda ws: ws.replay(1),
    "find_conversation": lambda ws: ws.find_conversation(1, "ada"),
    "contact": lambda ws: ws.contact(1),
    "contacts": lambda ws: ws.contacts(),
    "merge_contacts": lambda ws: ws.merge_contacts(1, 2),
    "unmerge_contact": lambda ws: ws.unmerge_contact(2),
    "update_contact": lambda ws: ws.update_contact(1, name="Ada"),
    "upload": lambda ws: ws.upload("a.txt", b"Hello"),
    "add_channel": lambda ws: ws.add_channel("simulator", "Another"),
    "test_channel": lambda ws: ws.test_channel("simulator", {}),
    "remove_channel": lambda ws: ws.remove_channel(1),
    "watch": lambda ws: ws.watch(lambda change: None),
    "info": lambda ws: ws.info(),
    "doctor": lambda ws: ws.doctor(),
    "load_demo": lambda ws: ws.load_demo(size=5),
    "stop_hub": lambda ws: ws.stop_hub(),
}
UNASKING = {"close", "revive"}
"""Ask the hub for nothing."""

ON_IDS: dict[str, OnId] = {
    "conversation": lambda ws, id: ws.conversation(id),
    "messages": lambda ws, id: ws.messages(id),
    "contents": lambda ws, id: ws.contents(id),
    "attachment": lambda ws, id: ws.attachment(id),
    "mark_read": lambda ws, id: ws.mark_read(id),
    "mark_unread": lambda ws, id: ws.mark_unread(id),
    "resolve": lambda ws, id: ws.resolve(id),
    "reopen": lambda ws, id: ws.reopen(id),
    "archive": lambda ws, id: ws.archive(id),
    "unarchive": lambda ws, id: ws.unarchive(id),
    "delete": lambda ws, id: ws.delete(id),
    "set_agent_replies": lambda ws, id: ws.set_agent_replies(id, True),
    "send": lambda ws, id: ws.send(id, "Hello"),
    "start_conversation": lambda ws, id: ws.start_conversation(id, "ada", text="Hello"),
    "cancel": lambda ws, id: ws.cancel(id),
    "send_again": lambda ws, id: ws.send_again(id),
    "mark_sent": lambda ws, id: ws.mark_sent(id),
    "note": lambda ws, id: ws.note(id, "Ask Bo"),
    "draft": lambda ws, id: ws.draft(id),
    "save_draft": lambda ws, id: ws.save_draft(id, "Hel"),
    "contact": lambda ws, id: ws.contact(id),
    "merge_contacts": lambda ws, id: ws.merge_contacts(id, 1),
    "unmerge_contact": lambda ws, id: ws.unmerge_contact(id),
    "update_contact": lambda ws, id: ws.update_contact(id, name="Ada"),
    "react": lambda ws, id: ws.react(id, "👍"),
    "typing": lambda ws, id: ws.typing(id),
    "templates": lambda ws, id: ws.templates(id),
    "sync_templates": lambda ws, id: ws.sync_templates(id),
    "replay": lambda ws, id: ws.replay(id),
    "find_conversation": lambda ws, id: ws.find_conversation(id, "ada"),
    "test_channel": lambda ws, id: ws.test_channel(id),
    "remove_channel": lambda ws, id: ws.remove_channel(id),
}
ON_TEXT: dict[str, OnText] = {
    "send": lambda ws, text: ws.send(waiting(ws), text),
    "start_conversation": lambda ws, text: ws.start_conversation(desk(ws), "ada", text=text),
}
UNSENT = {"note", "save_draft", "save_canned_reply"}
"""Take a text that goes to nobody; what they refuse is tried with each of them."""
ON_FILES: dict[str, OnFile] = {
    "send": lambda ws, path: ws.send(waiting(ws), "See", [path]),
    "start_conversation": lambda ws, path: ws.start_conversation(
        desk(ws), "ada", text="See", files=[path]
    ),
}
UNKNOWN = 2**62
STORED = (
    "SELECT (SELECT count(*) FROM v1.conversations), (SELECT count(*) FROM v1.contacts), "
    "(SELECT count(*) FROM v1.messages), (SELECT count(*) FROM v1.events)"
)


def waiting(ws: Workspace) -> int:
    return ws.conversations(status="pending", limit=1)[0].id


def desk(ws: Workspace) -> int:
    return ws.channels()[0].id


def taking(*names: str) -> set[str]:
    """The public methods with a parameter of one of these names."""
    return {name for name in public() if {*inspect.signature(public()[name]).parameters} & {*names}}


def public() -> dict[str, Callable[..., object]]:
    found = inspect.getmembers(Workspace, inspect.isfunction)
    return {name: method for name, method in found if not name.startswith("_")}


def in_words(error: ConvoError) -> bool:
    return len(error.message.split()) > 3 and error.message[-1] in ".?"


@pytest.fixture
def unchanged(ws: Workspace) -> Iterator[None]:
    """Whatever the test does, the hub goes on, and has stored nothing of it."""
    before = told(ws)
    yield
    assert told(ws) == before


def told(ws: Workspace) -> object:
    return ws.info().pid, [channel.id for channel in ws.channels()], ws.sql(STORED).arrow()


def test_every_verb_is_tried() -> None:
    assert public().keys() == CALLS.keys() | UNASKING
    assert taking("id", "ids", "channel", "message") == ON_IDS.keys() | {"conversations"}
    assert taking("text") == ON_TEXT.keys() | UNSENT
    assert taking("files", "data") == ON_FILES.keys() | {"upload"}
    assert taking("since", "until") == DATED.keys()


# --- no hub, no right -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dead(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A client of a hub that it knows by its address alone, and that was killed."""
    with running_hub(tmp_path_factory.mktemp("dead") / "demo") as local, by_address(local) as ws:
        kill_hub(Path(local.info().folder))
        yield ws


@contextmanager
def by_address(local: Workspace) -> Iterator[Workspace]:
    """Another client, as if the hub ran on another machine: it can't be started from here."""
    hub = local._transport._session.hub
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONVO_TOKEN", hub.token)
        with connect(hub.url) as ws:
            yield ws


@pytest.mark.parametrize("verb", CALLS)
def test_without_a_hub_each_verb_says_so(dead: Workspace, verb: str) -> None:
    with pytest.raises(HubUnavailable, match=dead._transport.url) as caught:
        CALLS[verb](dead)
    assert in_words(caught.value)


def test_what_asks_for_nothing_needs_no_hub(dead: Workspace) -> None:
    assert dead._transport.url in repr(dead)
    dead.close()


@pytest.mark.parametrize("verb", CALLS)
@pytest.mark.usefixtures("unchanged")
def test_with_a_wrong_token_each_verb_is_refused(ws: Workspace, verb: str) -> None:
    with by_address(ws) as other:
        wrong = process.Hub(other._transport.url, "wrong")
        other._transport._session = other._transport._open(wrong)
        with pytest.raises(Unauthorized, match="token") as caught:
            CALLS[verb](other)
        assert in_words(caught.value)


# --- no such thing ----------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ON_IDS)
@pytest.mark.usefixtures("unchanged")
def test_an_unknown_id_is_named(ws: Workspace, verb: str) -> None:
    with pytest.raises(NotFound, match=str(UNKNOWN)) as caught:
        ON_IDS[verb](ws, UNKNOWN)
    assert in_words(caught.value)


def test_a_channel_nobody_has_holds_no_conversations(ws: Workspace) -> None:
    """The id of a channel that was removed still finds its history; one nobody had, nothing."""
    assert not ws.conversations(channel=UNKNOWN).rows
    with pytest.raises(NotFound, match="Nobody's"):
        ws.conversations(channel="Nobody's")


DATED: dict[str, Callable[..., object]] = {
    "conversations": lambda ws, **bound: ws.conversations(**bound),
    "replay": lambda ws, **bound: ws.replay(desk(ws), **bound),
}


@pytest.mark.parametrize("verb", DATED)
@pytest.mark.parametrize("bound", ["since", "until"])
@pytest.mark.parametrize(
    "date", ["yesterday", "2026-02-30", "01.02.2026", "2026-03-01T25:00", "2026-03-01T10:00+99:00"]
)
def test_a_malformed_date_is_quoted(ws: Workspace, verb: str, bound: str, date: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        DATED[verb](ws, **{bound: date})
    assert f"{bound}={date!r}" in caught.value.message
    assert in_words(caught.value)


# --- nothing, and too much of it --------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " \n\t", "\u00a0\u2003"])
@pytest.mark.parametrize("verb", ON_TEXT)
@pytest.mark.usefixtures("unchanged")
def test_an_empty_text_is_refused(ws: Workspace, verb: str, text: str) -> None:
    with pytest.raises(CannotSend, match="empty"):
        ON_TEXT[verb](ws, text)


@pytest.mark.parametrize("verb", ON_TEXT)
@pytest.mark.usefixtures("unchanged")
def test_a_text_over_the_hubs_limit_is_refused(ws: Workspace, verb: str) -> None:
    with pytest.raises(TooLarge, match=f"{MAX_TEXT:,}") as caught:
        ON_TEXT[verb](ws, "x" * 5_000_000)
    assert caught.value.detail == {"limit": MAX_TEXT}
    assert in_words(caught.value)


@pytest.mark.parametrize("verb", ON_TEXT)
@pytest.mark.usefixtures("unchanged")
def test_a_text_over_the_channels_limit_is_refused(ws: Workspace, verb: str) -> None:
    with pytest.raises(CannotSend, match="at most 10,000"):
        ON_TEXT[verb](ws, "x" * MAX_TEXT)


@pytest.mark.usefixtures("unchanged")
def test_files_stay_here_when_their_text_is_too_long(ws: Workspace, tmp_path: Path) -> None:
    missing = tmp_path / "never read.bin"
    with pytest.raises(TooLarge):
        ws.send(waiting(ws), "x" * (MAX_TEXT + 1), [missing])
    with pytest.raises(TooLarge):
        ws.start_conversation(desk(ws), "ada", text="x" * (MAX_TEXT + 1), files=[missing])


def sparse(path: Path, size: int) -> Path:
    with path.open("wb") as file:
        file.truncate(size)
    return path


@pytest.mark.parametrize("verb", ON_FILES)
@pytest.mark.usefixtures("unchanged")
def test_a_file_over_the_hubs_limit_is_refused(ws: Workspace, tmp_path: Path, verb: str) -> None:
    kept = stored_files(ws)
    with pytest.raises(TooLarge, match=r"huge\.bin has 100,000,001 bytes") as caught:
        ON_FILES[verb](ws, sparse(tmp_path / "huge.bin", MAX_UPLOAD + 1))
    assert caught.value.detail == {"limit": MAX_UPLOAD}
    assert stored_files(ws) == kept


HALF = "half a \ud800 character"
ON_HALF: dict[str, Callable[[Workspace], object]] = {
    "send": lambda ws: ws.send(waiting(ws), HALF),
    "start_conversation": lambda ws: ws.start_conversation(desk(ws), "ada", text=HALF),
    "a name": lambda ws: ws.start_conversation(desk(ws), "ada", HALF, "Hello"),
    "an address": lambda ws: ws.find_conversation(desk(ws), HALF),
    "note": lambda ws: ws.note(waiting(ws), HALF),
    "save_draft": lambda ws: ws.save_draft(waiting(ws), HALF),
    "save_canned_reply": lambda ws: ws.save_canned_reply("hi", HALF),
    "a shortcut": lambda ws: ws.delete_canned_reply(HALF),
    "update_contact": lambda ws: ws.update_contact(ws.conversation(waiting(ws)), name=HALF),
    "a reason": lambda ws: ws.resolve(waiting(ws), reason=HALF),
    "save_view": lambda ws: ws.save_view(HALF, {"status": "pending"}),
    "a search": lambda ws: ws.conversations(search=HALF),
    "add_channel": lambda ws: ws.add_channel("simulator", HALF),
    "sql": lambda ws: ws.sql("SELECT $1", HALF),
    "upload": lambda ws: ws.upload(HALF, b"Hello"),
    "who acts": lambda ws: connect(ws.info().folder, actor=Actor(ActorKind.OPERATOR, HALF)),
}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("call", ON_HALF.values(), ids=ON_HALF)
def test_half_a_character_is_refused_in_words(
    ws: Workspace, call: Callable[[Workspace], object]
) -> None:
    """The JSON of a browser can carry one."""
    with pytest.raises(InvalidRequest, match=r"half a character|can't be shown") as refused:
        call(ws)
    assert HALF not in str(refused.value)


@pytest.mark.usefixtures("unchanged")
def test_a_key_beyond_ascii_is_refused_in_words(ws: Workspace) -> None:
    with pytest.raises(InvalidRequest, match="ASCII"):
        ws.resolve(waiting(ws), key="schlüssel-1")


@pytest.mark.usefixtures("unchanged")
def test_an_upload_over_the_hubs_limit_is_refused(ws: Workspace) -> None:
    kept = stored_files(ws)
    with pytest.raises(TooLarge, match=r"huge\.bin has 100,000,001 bytes"):
        ws.upload("huge.bin", bytes(MAX_UPLOAD + 1))
    assert stored_files(ws) == kept


@pytest.mark.parametrize("verb", ON_FILES)
@pytest.mark.usefixtures("unchanged")
def test_a_file_over_the_channels_limit_is_refused(
    ws: Workspace, tmp_path: Path, verb: str
) -> None:
    with pytest.raises(CannotSend, match=r"'large\.bin' is 25\.1 MB; .* at most 25\.0 MB"):
        ON_FILES[verb](ws, sparse(tmp_path / "large.bin", 25_100_000))


def stored_files(ws: Workspace) -> list[Path]:
    return sorted(Paths(Path(ws.info().folder)).files.rglob("*"))
