"""The verbs of the inbox from a shell: honest exit codes, one sentence for each error."""

import json
from pathlib import Path

import pytest
from convo import Convo

from workspace.client import Workspace
from workspace.models import Status


@pytest.fixture
def id(ws: Workspace) -> int:
    return ws.conversations(status="pending")[0].id


def test_list_shows_what_the_client_gives(convo: Convo, ws: Workspace) -> None:
    lines = convo("list", "--limit", 5).stdout.splitlines()
    page = ws.conversations(limit=5)
    assert lines[0].split()[:3] == ["ID", "STATUS", "UNREAD"]
    assert [line.split()[0] for line in lines[1:]] == [str(row.id) for row in page]


def test_list_filters_and_speaks_json(convo: Convo) -> None:
    shown = json.loads(
        convo("list", "--status", "pending", "--status", "resolved", "--json").stdout
    )
    assert {row["status"] for row in shown} == {"pending", "resolved"}
    assert all(isinstance(row["id"], str) for row in shown)


def test_list_takes_a_contact_and_a_query(convo: Convo, ws: Workspace, id: int) -> None:
    contact = ws.conversation(id).contact_id
    assert [row["id"] for row in json.loads(convo("list", "--contact", contact, "--json").stdout)]
    query = f"SELECT {id}"
    assert [row["id"] for row in json.loads(convo("list", "--query", query, "--json").stdout)] == [
        str(id)
    ]
    assert "v1" in convo("list", "--query", "SELECT * FROM messages", code=1).stderr


def test_the_cursor_is_told(convo: Convo) -> None:
    first = convo("list", "--limit", 3)
    cursor = first.stderr.strip().removeprefix("More: --cursor ")
    second = convo("list", "--limit", 3, "--cursor", cursor)
    assert first.stdout.splitlines()[-1] != second.stdout.splitlines()[-1]


def test_show_and_messages(convo: Convo, ws: Workspace, id: int) -> None:
    assert ws.conversation(id).contact_name in convo("show", id).stdout
    told = convo("messages", id, "--limit", 500).stdout
    for message in ws.messages(id, limit=500):
        assert f"{message.occurred_at.astimezone():%Y-%m-%d %H:%M}" in told
    assert json.loads(convo("messages", id, "--json").stdout)


def test_the_options_of_the_menu(convo: Convo, ws: Workspace, id: int) -> None:
    steps = [
        (["resolve", id], lambda c: c.status is Status.RESOLVED),
        (["reopen", id], lambda c: c.status is Status.PENDING),
        (["archive", id], lambda c: c.archived),
        (["unarchive", id], lambda c: not c.archived),
        (["read", id], lambda c: c.unread == 0),
        (["unread", id], lambda c: c.unread > 0),
        (["agent-replies", "on", id], lambda c: c.agent_replies),
        (["agent-replies", "off", id], lambda c: not c.agent_replies),
    ]
    for words, holds in steps:
        told = convo(*words).stdout
        assert told.startswith("1 "), told
        assert holds(ws.conversation(id)), words
    assert convo("unread", id).stdout == "0 marked unread. 1 already were.\n"


def test_send_and_start(convo: Convo, ws: Workspace, id: int, tmp_path: Path) -> None:
    file = tmp_path / "offer.txt"
    file.write_text("42")
    assert "Message" in convo("send", id, "Here it is", "--file", file).stdout
    assert convo("send", id, "-", input="from a pipe").stdout.startswith("Message")
    texts = [message.text for message in ws.messages(id)]
    assert texts[-2:] == ["Here it is", "from a pipe"]


def test_templates(convo: Convo, ws: Workspace) -> None:
    channel = ws.add_channel("simulator", "Chat", {"plays": "whatsapp", "answer_after": 0})
    of_chat = ("--channel", "Chat")
    assert "delivery_delayed" in convo("template", "list", *of_chat).stdout
    assert "customers blocked or reported it" in convo("template", "list").stdout
    listed = json.loads(convo("template", "list", *of_chat, "--json").stdout)
    assert len(listed) == len(ws.templates(channel))
    shown = convo("template", "show", "payment_failed:en", "--set", "1=Bob").stdout
    assert "is REJECTED: The text starts with a variable" in shown
    assert "Bob, your payment failed" in shown
    assert "! The text ends with a variable" in shown
    assert "There is no template" in convo("template", "show", "gone:en", code=1).stderr
    assert "Chat" in convo("template", "sync").stdout
    assert json.loads(convo("template", "sync", *of_chat, "--json").stdout)[0]["failure"] == ""
    chosen = ["--template", "appointment_reminder:en"]
    values = [word for pair in ("1=Ada", "2=5 March", "3=10:30") for word in ("--set", pair)]
    made = convo("start", "Chat", "+4915112345678", "--name", "Ada", *chosen, *values).stdout
    [message] = ws.messages(made.split()[1].rstrip("."))
    assert message.text.startswith("Hello Ada, this is a reminder")
    assert "needs a value" in convo("send", message.conversation_id, *chosen, code=1).stderr
    assert "NAME:LANGUAGE" in convo("send", "1", "--template", "hello", code=2).stderr
    assert "name one" in convo("send", "1", "--set", "1=Ada", code=2).stderr
    ws.remove_channel(channel)


def test_own_templates(convo: Convo, ws: Workspace) -> None:
    said = convo("template", "save", "Hello!:en", "Hi {{name}}!", "--example", "name=Ada").stdout
    assert said == "Hello!:en is kept; it asks for name.\n"
    assert "your own" in convo("template", "list").stdout
    assert "Hi Ada!" in convo("template", "show", "Hello!:en").stdout
    assert "mixed" in convo("template", "save", "Hello!:en", "{{1}} {{name}}", code=2).stderr
    assert "NAME:LANGUAGE" in convo("template", "save", "Hello!", "Hi", code=2).stderr
    convo("template", "remove", "Hello!:en")
    assert [t for t in ws.templates() if t.own] == []
    assert "You have no template" in convo("template", "remove", "Hello!:en", code=1).stderr


def test_verbs_on_all_that_match(convo: Convo, ws: Workspace) -> None:
    where = ("--where", "status=pending,replied")
    count = ws.conversations(status=["pending", "replied"], limit=1).total
    refused = convo("archive", *where, "--expected", count + 1, code=1).stderr
    assert f"{count:,}" in refused
    assert convo("archive", *where, "--expected", count).stdout == f"{count} archived.\n"
    assert "needs expected" in convo("unarchive", *where, code=2).stderr
    where += ("--where", "tab=archived", "--expected")
    there = ws.conversations(tab="archived", status=["pending", "replied"], limit=1).total
    assert convo("unarchive", *where, there).stdout == f"{there} unarchived.\n"


def test_a_verb_needs_ids_or_a_filter(convo: Convo, id: int) -> None:
    assert "choose conversations" in convo("archive", code=2).stderr
    assert "not by both" in convo("archive", id, "--where", "unread=true", code=2).stderr
    assert (
        "--where names tab twice"
        in convo("archive", "--where", "tab=all", "--where", "tab=archived", code=2).stderr
    )
    assert "statsu" in convo("archive", "--where", "statsu=pending", code=2).stderr


def test_views(convo: Convo, ws: Workspace) -> None:
    assert "convo views save" in convo("views", "list").stdout
    convo("views", "save", "To do", "--where", "status=created,pending", "--where", "unread=true")
    assert [(v.name, v.filter) for v in ws.views()] == [
        ("To do", {"status": ["created", "pending"], "unread": True})
    ]
    assert "status=created,pending, unread=True" in convo("views", "list").stdout
    assert json.loads(convo("views", "list", "--json").stdout)[0]["name"] == "To do"
    convo("views", "remove", "To do")
    assert ws.views() == []


def test_delete_asks_naming_who_and_how_much(convo: Convo, ws: Workspace) -> None:
    id = ws.conversations(limit=500)[-1].id
    lost = ws.contents(id)
    asked = convo("delete", id, code=1, input="n\n").stdout
    assert ws.conversation(id).contact_name in asked
    assert f"{lost.messages:,} messages and {lost.files:,} files" in asked
    assert convo("delete", id, "--yes").stdout == "1 erased.\n"
    assert convo("show", id, code=1).stderr.startswith(f"No conversation {id}")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["show", 2**62], 1),
        (["resolve", 2**62], 1),
        (["show", "x"], 2),
        (["list", "--since", "yesterday"], 2),
        (["list", "--zone", "Mars"], 2),
        (["list", "--status", "open"], 2),
        (["resolve"], 2),
        (["nonsense"], 2),
        (["--folder", "x"], 2),
        (["list", "--folder", "/nowhere"], 2),
        (["list", "--folder", "http://127.0.0.1:9"], 2),
    ],
)
def test_errors_are_one_sentence(convo: Convo, words: list[object], code: int) -> None:
    result = convo(*words, code=code)
    assert result.stderr.strip()
    assert result.stdout == ""


def test_strangers_cannot_steer_the_terminal(convo: Convo, ws: Workspace, id: int) -> None:
    ws.send(id, "plain \x1b[31mred\x07 text\x9b2J")
    told = convo("messages", id).stdout + convo("list").stdout
    assert not {"\x1b", "\x07", "\x9b"} & set(told)


def test_a_contact(convo: Convo, ws: Workspace, id: int) -> None:
    contact = ws.conversation(id).contact_id
    assert str(contact) in convo("show", id).stdout
    assert ws.conversation(id).address.value in convo("contact", "show", contact).stdout
    assert "Ann Other" in convo("contact", "rename", contact, "Ann Other").stdout
    steps = [
        ("block", lambda c: c["blocked"]),
        ("unblock", lambda c: not c["blocked"]),
        ("opt-out", lambda c: c["opted_out"]),
        ("opt-in", lambda c: not c["opted_out"]),
    ]
    for command, true in steps:
        assert true(json.loads(convo("contact", command, contact, "--json").stdout)), command
    assert "No contact 77" in convo("contact", "show", 77, code=1).stderr


def test_contacts_are_found_merged_and_unmerged(convo: Convo, ws: Workspace, id: int) -> None:
    one = ws.contact(ws.conversation(id))
    other = next(each for each in ws.contacts() if each.id != one.id)
    assert str(one.id) in convo("contact", "list", one.addresses[0].value).stdout
    [found] = json.loads(convo("contact", "list", other.addresses[0].value, "--json").stdout)
    assert found["id"] == str(other.id)
    merged = convo("contact", "merge", one.id, other.id).stdout
    assert one.addresses[0].value in merged
    assert f"{other.id} " in merged
    assert len(json.loads(convo("contact", "show", other.id, "--json").stdout)["merged"]) == 1
    assert json.loads(convo("contact", "unmerge", other.id, "--json").stdout)["merged"] == []
    assert "is not merged" in convo("contact", "unmerge", other.id, code=1).stderr
    convo("contact", "merge", one.id, one.id, code=2)
