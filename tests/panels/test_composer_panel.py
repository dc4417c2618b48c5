"""The kernel's side of writing, against a real hub."""

from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from tests.panels.speaking import Browser, Refused, upload
from widgets import Composer
from widgets.drafts import Drafts, Writing
from widgets.emoji import emoji
from workspace import process
from workspace.client import Workspace, connect
from workspace.errors import NotFound
from workspace.models import Actor, ActorKind, Conversation
from workspace.testing.hub import kill_hub, not_to_be_started, running_hub

PDF = {"name": "invoice.pdf", "size": 1000, "mime": "application/pdf"}
PHOTO = {"name": "mug.png", "size": 1000, "mime": "image/png"}


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A hub of its own: customers answer what is sent here."""
    with running_hub(tmp_path_factory.mktemp("composer") / "demo") as ws:
        ws.load_demo(size=60, seed=5)
        yield ws


def on(ws: Workspace, kind: str) -> Conversation:
    return next(r for r in ws.conversations(limit=200) if r.channel_kind == kind)


@pytest.fixture
def mail(ws: Workspace) -> tuple[Browser, str]:
    return Browser(Composer(ws)), str(on(ws, "mail").id)


@pytest.fixture
def other(ws: Workspace) -> Iterator[Workspace]:
    """Another operator."""
    with connect(ws.info().folder, actor=Actor(ActorKind.OPERATOR, "ana")) as ana:
        yield ana


@pytest.fixture
def telegram(ws: Workspace) -> tuple[Browser, str]:
    return Browser(Composer(ws)), str(on(ws, "telegram").id)


def keep(
    browser: Browser,
    id: str,
    text: str,
    *,
    note: bool = False,
    uploads: Any = (),
    version: str = "1",
) -> None:
    written = {"text": text, "note": note, "uploads": list(uploads), "version": version}
    browser.ask("save_draft", conversation_id=id, **written)


def saved(browser: Browser, version: str) -> str:
    """Waits until the hub has the draft, or refuses it; why it does."""

    def heard() -> list[str]:
        told = browser.pushed("draft_saved")
        return [each["trouble"] for each in told if each["version"] == version]

    with browser.heard:
        assert browser.heard.wait_for(heard, timeout=60)
    return heard()[-1]


# --- files, before any is uploaded ----------------------------------------------------------------


def test_what_the_channel_takes_is_said_before_the_upload(telegram: tuple[Browser, str]) -> None:
    browser, id = telegram
    files = [PDF, {"name": "film.mp4", "size": 60_000_000, "mime": "video/mp4"}, PHOTO]
    told = browser.ask("attach", conversation_id=id, present=[], files=files)
    assert told["taken"] == [0, 2]
    [words] = told["refusals"]
    assert words.startswith("'film.mp4' is 60.0 MB; Telegram takes at most 50.0 MB")


def test_a_name_tells_the_type_where_the_browser_knows_none(telegram: tuple[Browser, str]) -> None:
    browser, id = telegram
    sound = {"name": "song.wav", "size": 10, "mime": ""}
    told = browser.ask("attach", conversation_id=id, present=[], files=[sound])
    assert told["taken"] == []
    assert "does not take 'song.wav'" in told["refusals"][0]


def test_files_count_with_those_attached_already(mail: tuple[Browser, str]) -> None:
    browser, id = mail
    told = browser.ask("attach", conversation_id=id, present=[PDF] * 19, files=[PDF, PDF])
    assert told["taken"] == [0]
    assert "at most 20 files" in told["refusals"][0]
    half = {**PDF, "size": 13_000_000}
    told = browser.ask("attach", conversation_id=id, present=[half], files=[half])
    assert "26.0 MB together" in told["refusals"][0]


def test_several_messages_are_announced(telegram: tuple[Browser, str]) -> None:
    browser, id = telegram
    plan = browser.ask("plan", conversation_id=id, text="See", files=[PHOTO, PDF, PDF])
    assert plan["note"].startswith("Telegram takes one file a message: this goes as 3 messages")
    plan = browser.ask("plan", conversation_id=id, text="x" * 1025, files=[PHOTO])
    assert "2 messages" in plan["note"]
    plan = browser.ask("plan", conversation_id=id, text="x" * 5000, files=[])
    assert "Shorten it" in plan["refusal"]
    assert browser.ask("plan", conversation_id=id, text=" ", files=[])["refusal"] == ""


# --- uploads --------------------------------------------------------------------------------------


def test_a_file_comes_in_pieces_and_leaves_as_it_was(
    ws: Workspace, mail: tuple[Browser, str]
) -> None:
    browser, id = mail
    data = bytes(range(256)) * 20_000
    stored = upload(browser, "data.bin", data)
    asked = {"conversation_id": id, "text": "Here", "uploads": [stored], "key": "with-file-1"}
    [sent] = browser.ask("send", **asked)["sent"]
    [file] = sent["message"]["attachments"]
    assert ws.attachment(file["id"]) == data


def test_a_file_that_was_never_sent_goes_with_the_conversation(
    ws: Workspace, mail: tuple[Browser, str]
) -> None:
    _, id = mail
    browser = Browser(Composer(ws, conversation_id=id))
    stored = upload(browser, "secret.txt", b"never sent, in no draft")
    ws.delete(id)
    with pytest.raises(NotFound):
        ws.attachment(stored["id"])


# --- sending --------------------------------------------------------------------------------------


def test_one_file_a_message_is_several_messages_in_order(
    ws: Workspace, telegram: tuple[Browser, str]
) -> None:
    browser, id = telegram
    files = [upload(browser, f"{n}.txt", b"text of a file") for n in (1, 2, 3)]
    answer = browser.ask(
        "send", conversation_id=id, text="Three", uploads=files, key="several-files"
    )
    assert answer["left"] is None
    sent = [each["message"] for each in answer["sent"]]
    assert [m["text"] for m in sent] == ["Three", "", ""]
    assert [m["attachments"][0]["name"] for m in sent] == ["1.txt", "2.txt", "3.txt"]
    again = browser.ask(
        "send", conversation_id=id, text="Three", uploads=files, key="several-files"
    )
    assert [each["message"]["id"] for each in again["sent"]] == [m["id"] for m in sent]


def test_what_could_not_be_sent_of_several_comes_back(telegram: tuple[Browser, str]) -> None:
    browser, id = telegram
    first, second = (upload(browser, f"{n}.txt", b"text of a file") for n in (1, 2))
    browser.ask("send", conversation_id=id, text="", uploads=[second], key="takes-second")
    answer = browser.ask(
        "send", conversation_id=id, text="Both", uploads=[first, second], key="takes-both"
    )
    assert [each["message"]["text"] for each in answer["sent"]] == ["Both"]
    assert answer["left"]["uploads"] == [second["id"]]
    assert answer["left"]["text"] == ""
    assert answer["left"]["code"] == "conflict"


def test_what_is_no_upload_is_refused(mail: tuple[Browser, str]) -> None:
    browser, id = mail
    with pytest.raises(Refused, match="attach the file again"):
        browser.ask("send", conversation_id=id, text="", uploads=[{"id": "x"}], key="no-upload")


def test_a_reply_to_what_was_answered_meanwhile_is_not_sent(
    ws: Workspace, mail: tuple[Browser, str], other: Workspace
) -> None:
    browser, id = mail
    seen = browser.ask("ready", view="v", conversation_id=id)["newest"]
    other.send(id, "I was faster")
    state = browser.ask("ready", view="v", conversation_id=id)
    assert state["other"]["who"] == "ana"
    with pytest.raises(Refused) as refused:
        browser.ask("send", conversation_id=id, text="Late", key="too-late-1", seen=seen)
    assert refused.value.code == "answered_meanwhile"
    browser.ask("send", conversation_id=id, text="Late", key="too-late-2", seen=state["newest"])


def test_what_one_has_sent_is_told_to_one_s_other_pages(
    ws: Workspace, mail: tuple[Browser, str], other: Workspace
) -> None:
    browser, id = mail
    file = upload(browser, "a.txt", b"text of a file")
    asked = {"conversation_id": id, "text": "By me", "uploads": [file], "key": "sent-by-me-1"}
    browser.ask("send", **asked)
    note = ws.note(id, "Call her")
    other.note(id, "By ana")
    mine = browser.ask("ready", view="v", conversation_id=id)["mine"]
    sent = next(each for each in mine if each["text"] == "By me")
    assert (sent["note"], sent["files"]) == (False, [file["id"]])
    assert {"id": str(note.id), "note": True, "text": "Call her", "files": []} in mine
    assert "By ana" not in [each["text"] for each in mine]


def test_a_blocked_contact_is_said_and_what_to_do(ws: Workspace, mail: tuple[Browser, str]) -> None:
    browser, id = mail
    contact = ws.conversation(id).contact_id
    ws.update_contact(contact, blocked=True)
    state = browser.ask("ready", view="v", conversation_id=id)
    assert "unblock the contact" in state["refusal"] == state["refused_person"]
    told = browser.ask("attach", conversation_id=id, present=[], files=[PDF])
    assert told["taken"] == []
    ws.update_contact(contact, blocked=False)
    assert browser.ask("ready", view="v", conversation_id=id)["refusal"] == ""


def test_a_note_is_no_message(ws: Workspace, mail: tuple[Browser, str]) -> None:
    browser, id = mail
    noted = browser.ask("note", conversation_id=id, text="Call her", key="a-note-01")
    assert noted["direction"] == "note"
    assert noted["delivery_status"] is None


# --- drafts and canned replies --------------------------------------------------------------------


def test_a_draft_comes_back_with_its_files(mail: tuple[Browser, str]) -> None:
    browser, id = mail
    stored = upload(browser, "a.txt", b"text of a file")
    keep(browser, id, "Dear", note=True, uploads=[stored])
    saved(browser, "1")
    kept = browser.ask("ready", view="v", conversation_id=id)["draft"]
    assert (kept["text"], kept["note"]) == ("Dear", True)
    assert [file["name"] for file in kept["uploads"]] == ["a.txt"]
    keep(browser, id, "", version="2")
    saved(browser, "2")
    assert browser.ask("ready", view="v", conversation_id=id)["draft"] is None


def test_a_draft_that_can_t_be_saved_says_why(mail: tuple[Browser, str]) -> None:
    browser, id = mail
    keep(browser, id, "x" * 2_000_000)
    assert "at most 1,000,000" in saved(browser, "1")
    assert browser.ask("unsaved") == {"drafts": [], "live": True}
    with pytest.raises(Refused, match="attach the file again"):
        keep(browser, id, "Dear", uploads=[{"id": "x"}])


def test_what_nobody_expected_of_a_draft_holds_up_no_other(ws: Workspace) -> None:
    first, second = (str(row.id) for row in ws.conversations(limit=2))
    told: Queue[str] = Queue()

    def gone(trouble: str) -> None:
        told.put(trouble)
        raise RuntimeError("the page is closed")

    drafts = Drafts()
    drafts.keep(ws, Writing(first, None, False, told=gone))  # type: ignore[arg-type]
    drafts.keep(ws, Writing(second, "Dear", False, told=told.put))
    assert "Something went wrong" in told.get(timeout=30)
    assert told.get(timeout=30) == ""
    assert drafts.unsaved() == []
    ws.save_draft(second, "")


def test_a_picture_of_a_draft_has_a_limit(
    mail: tuple[Browser, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, _ = mail
    stored = upload(browser, "a.png", b"a picture")
    assert browser.ask("picture", attachment_id=stored["id"]) == {}
    assert browser.bytes == [b"a picture"]
    monkeypatch.setattr("widgets.composer.PICTURE", 8)
    with pytest.raises(Refused, match="too large"):
        browser.ask("picture", attachment_id=stored["id"])


# --- while the hub is away ------------------------------------------------------------------------


@pytest.mark.slow
def test_what_is_written_meanwhile_is_kept_and_then_saved(tmp_path: Path) -> None:
    with running_hub(tmp_path / "lost") as ws:
        ws.load_demo(size=5, seed=5)
        id = str(ws.conversations()[0].id)
        browser = Browser(Composer(ws))
        stored = upload(browser, "a.txt", b"text of a file")
        with not_to_be_started(Path(ws.info().folder)):
            kill_hub(Path(ws.info().folder))
            keep(browser, id, "Half", version="1")
            keep(browser, id, "Half a thought", note=True, uploads=[stored], version="2")
            anew = Browser(Composer(ws))  # the cell is run again, or the page loaded anew
            [kept] = anew.ask("unsaved")["drafts"]
            assert (kept["conversation_id"], kept["text"], kept["note"]) == (
                *(id, "Half a thought"),
                True,
            )
            assert [file["name"] for file in kept["uploads"]] == ["a.txt"]
            assert browser.pushed("draft_saved") == []
        assert saved(browser, "2") == ""
        draft = ws.draft(id)
        assert draft
        assert (draft.text, draft.note, len(draft.uploads)) == ("Half a thought", True, 1)
        assert anew.ask("unsaved")["drafts"] == []


def test_what_a_lost_hub_did_not_take_is_a_draft_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the page that sent it is gone; sent once more with its key, it goes once."""
    with running_hub(tmp_path / "lost") as ws:
        ws.load_demo(size=20, seed=5)
        id = str(on(ws, "mail").id)
        browser = Browser(Composer(ws))
        before = len(ws.messages(id))
        asked = {"conversation_id": id, "text": "Whole", "key": "sent-while-away"}
        folder = Path(ws.info().folder)
        with not_to_be_started(folder):
            kill_hub(folder)
            monkeypatch.setattr(process, "PATIENCE", 0.1)
            with pytest.raises(Refused) as refused:
                browser.ask("send", **asked)
            assert refused.value.code == "hub_unavailable"
            [kept] = browser.ask("unsaved")["drafts"]
            assert (kept["text"], kept["note"]) == ("Whole", False)
            monkeypatch.undo()
        browser.ask("wake")
        for _ in range(2):
            browser.ask("send", **asked)
        mine = [m for m in ws.messages(id) if m.text == "Whole"]
        assert (len(mine), len(ws.messages(id)) - before) == (1, 1)


def test_canned_replies_come_filled_in(ws: Workspace, mail: tuple[Browser, str]) -> None:
    browser, id = mail
    browser.ask("save_canned", shortcut="/Hello", text="Hello {{name}}, {{surprise}}")
    [reply] = browser.ask("canned", conversation_id=id)
    assert reply["shortcut"] == "hello"
    assert reply["filled"] == f"Hello {ws.conversation(id).contact_name}, {{{{surprise}}}}"
    browser.ask("delete_canned", shortcut="hello")
    assert browser.ask("canned", conversation_id=id) == []


def test_emoji_come_in_groups() -> None:
    groups = emoji()
    assert groups[0]["name"] == "Smileys & Emotion"
    every = [each for group in groups for each in group["emoji"]]
    assert len({each[0] for each in every}) == len(every) > 1800
    wave = next(each for each in every if each[0] == "👋")
    assert wave[4] == ["👋🏻", "👋🏼", "👋🏽", "👋🏾", "👋🏿"]
    assert all(name and names for _, name, names, *_ in every)
