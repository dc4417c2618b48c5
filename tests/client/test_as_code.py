"""Lists and actions as code: what is copied finds the same, whatever was searched for."""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from workspace.client import Workspace
from workspace.client.as_code import (
    python_of,
    python_of_action,
    python_of_contact_change,
    python_of_merge,
    python_of_start,
    python_of_unmerge,
    sql_of,
    sql_of_action,
    sql_of_contact_change,
    sql_of_merges,
)
from workspace.errors import ConvoError, InvalidRequest
from workspace.models import Channel, Conversation, Status, Tab, TemplateChoice
from workspace.testing.hub import running_hub, still_folder

TEXTS = [
    '100% of_it\'s "quoted" back\\slash\\',
    "two\nlines; DROP TABLE messages; -- /* not a comment */ $$ $1 {{x}}",
    "Straße ÉCOLE İstanbul ﬁne 北京 🙂 e\u0301 \u202egnp",
    "'; SELECT 1; --",
]
PIECES = [
    "'",
    "''",
    '"',
    "%",
    "_",
    "\\",
    "\\'",
    "\n",
    "\t",
    ";",
    "--",
    "/*",
    "$1",
    "$$",
    "é",
    "ß",
    "İ",
]
WORDS = [
    "the",
    "a",
    "order",
    "100%",
    "of_it's",
    '"quoted"',
    "back\\slash",
    "STRASSE",
    "ecole",
    "北京",
]
QUERIES = [
    "SELECT conversation_id FROM v1.conversations",
    "SELECT id FROM v1.conversations WHERE status = 'pending';",
    "SELECT * FROM v1.conversations WHERE contact_name <> ';' ; -- the end;",
    "WITH a AS (SELECT conversation_id FROM v1.messages WHERE text LIKE '%''%') FROM a /* ; */",
    "SELECT conversation_id, count(*) FROM v1.messages GROUP BY ALL ORDER BY 2 DESC LIMIT 5",
    "SELECT NULL::bigint UNION ALL SELECT max(conversation_id) FROM v1.conversations",
    "SELECT conversation_id FROM v1.messages WHERE text = $a$;$a$ OR text = e'\\';'",
]


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A hub of its own, whose customers were told what is hard to quote."""
    with running_hub(still_folder(tmp_path_factory.mktemp("code") / "demo")) as ws:
        rows = ws.conversations()
        for row, text in zip(rows, TEXTS, strict=False):
            ws.send(row.id, text)
        ws.archive(rows[::4])
        ws.resolve(rows[1::5])
        yield ws


@dataclass(frozen=True, repr=False)
class Known:
    """What there is to name."""

    rows: Sequence[Conversation]
    channels: Sequence[Channel]


@pytest.fixture(scope="module")
def known(ws: Workspace) -> Known:
    rows = [*ws.conversations(limit=500), *ws.conversations("archived", limit=500)]
    return Known(rows, ws.channels())


searches = st.one_of(
    st.just(""),
    st.sampled_from(WORDS),
    st.lists(st.sampled_from([*PIECES, *WORDS]), max_size=4).map(" ".join),
    st.lists(st.sampled_from([*PIECES, *WORDS]), max_size=4).map("".join),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12),
)
days = st.dates(date(2026, 9, 1), date(2026, 12, 31)) | st.sampled_from(
    ["2026-11-20", "2026-11-25T12:00", "2026-11-27T08:30:00.123456+05:30"]
)
zones = st.sampled_from([None, "UTC", "Europe/Berlin", "Pacific/Kiritimati"])


@st.composite
def filters(draw: st.DrawFn) -> dict[str, Any]:
    """Any combination, as Python has it; what is drawn by number is looked up in the store."""
    options: dict[str, st.SearchStrategy[Any]] = {
        "tab": st.sampled_from([*Tab, "archived"]),
        "status": st.sampled_from([*Status, "pending"]) | st.lists(st.sampled_from(Status)),
        "search": searches,
        "since": days,
        "until": days,
        "zone": zones,
        "channel": st.integers(0, 20),
        "unread": st.booleans(),
        "contact": st.integers(0, 60),
        "ids": st.lists(st.integers(0, 60), max_size=30),
        "query": st.sampled_from(["", *QUERIES]),
    }
    return {name: draw(option) for name, option in options.items() if draw(st.booleans())}


def looked_up(where: dict[str, Any], known: Known) -> dict[str, Any]:
    rows, channels = known.rows, known.channels
    found = dict(where)
    if "channel" in where:
        channel = channels[where["channel"] % len(channels)]
        found["channel"] = [channel, channel.id, channel.name][where["channel"] % 3]
    if "contact" in where:
        found["contact"] = rows[where["contact"] % len(rows)].contact_id
    if "ids" in where:
        found["ids"] = [rows[n].id if n < len(rows) else 10**12 + n for n in where["ids"]]
    return found


def listed(ws: Workspace, where: dict[str, Any]) -> list[int] | type[ConvoError]:
    try:
        return [row.id for row in ws.conversations(**where)]
    except ConvoError as error:
        return type(error)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120, deadline=None
)
@given(where=filters())
@example(where={"search": TEXTS[0]})
@example(where={"search": TEXTS[1]})
@example(where={"search": TEXTS[2]})
@example(where={"search": TEXTS[3]})
@example(where={"search": "+1 202 555"})
@example(where={"since": "0001-01-01", "zone": "Europe/Berlin"})
@example(where={"since": "0001-01-01", "zone": "Pacific/Kiritimati"})
@example(where={"until": "9999-12-31T23:00", "zone": "Pacific/Pago_Pago"})
@example(where={"ids": []})
@example(where={"status": []})
@pytest.mark.slow
def test_code_finds_what_the_list_shows(ws: Workspace, known: Known, where: dict[str, Any]) -> None:
    where = looked_up(where, known)
    expected = listed(ws, where)
    if not isinstance(expected, list):  # such as since after until: refused as code, too
        with pytest.raises(expected):
            eval(python_of(where), {"ws": ws})
        with pytest.raises(expected):
            sql_of(where)
        return
    assert [row.id for row in eval(python_of(where), {"ws": ws})] == expected
    assert ws.sql(sql_of(where)).df()["conversation_id"].tolist() == expected


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_hard_to_quote_is_found(ws: Workspace, text: str) -> None:
    where = {"search": text}
    tabs = [where, where | {"tab": "archived"}]
    assert sum(len(eval(python_of(each), {"ws": ws})) for each in tabs) == 1
    assert sum(len(ws.sql(sql_of(each)).df()) for each in tabs) == 1


@pytest.mark.parametrize("query", QUERIES)
def test_sql_of_a_list_is_itself_a_query_of_a_list(ws: Workspace, query: str) -> None:
    expected = listed(ws, {"query": query})
    assert listed(ws, {"query": sql_of({"query": query})}) == expected


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ({}, "ws.conversations()"),
        ({"tab": Tab.ALL, "status": (), "search": "", "zone": "UTC"}, "ws.conversations()"),
        ({"since": "", "until": None, "channel": "", "zone": "UTC"}, "ws.conversations()"),
        (
            {"search": "refund", "status": "pending"},
            'ws.conversations(status="pending", search="refund")',
        ),
        (
            {"status": [Status.PENDING, Status.CREATED], "until": date(2026, 3, 31)},
            'ws.conversations(status=["pending", "created"], until="2026-03-31")',
        ),
        (
            {"since": "2026-03-01", "zone": "Europe/Berlin", "channel": "7"},
            'ws.conversations(since="2026-03-01", channel=7, zone="Europe/Berlin")',
        ),
        ({"search": "a'b"}, 'ws.conversations(search="a\'b")'),
        ({"search": "a\"b'\n"}, "ws.conversations(search='a\"b\\'\\n')"),
        ({"ids": ["1", 2], "unread": True}, "ws.conversations(unread=True, ids=[1, 2])"),
    ],
)
def test_python_of_a_list_says_what_matters(where: dict[str, Any], code: str) -> None:
    assert python_of(where) == code


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (python_of_action("archive", [3]), "ws.archive(3)"),
        (
            python_of_action("resolve", [1, "2"], reason="it's"),
            'ws.resolve([1, 2], reason="it\'s")',
        ),
        (
            python_of_action("set_agent_replies", [1, 2], on=True),
            "ws.set_agent_replies([1, 2], on=True)",
        ),
        (
            python_of_action("delete", where={"status": ["replied"], "tab": "all"}, expected=120),
            'ws.delete(where={"status": "replied"}, expected=120)',
        ),
    ],
)
def test_python_of_an_action(code: str, expected: str) -> None:
    assert code == expected


def test_an_action_as_code_does_it(ws: Workspace) -> None:
    ids = [row.id for row in ws.conversations(limit=3)]
    assert len(eval(python_of_action("mark_unread", ids), {"ws": ws})) == 3
    where = {"ids": ids}
    done = eval(python_of_action("set_agent_replies", where=where, expected=3, on=True), {"ws": ws})
    assert done.changed == 3
    log = ws.sql(sql_of_action("set_agent_replies", ids, on=True)).df()
    assert sorted(log["conversation_id"]) == sorted(ids)
    assert set(log["kind"]) == {"agent_replies_on"}
    assert ws.sql(sql_of_action("archive", [])).df().empty


def test_a_change_of_a_contact_as_code_does_it(ws: Workspace) -> None:
    contact = ws.contact(next(iter(ws.conversations(limit=1))))
    change = {"name": 'It\'s "Al"', "opted_out": not contact.opted_out}
    code = python_of_contact_change(contact.id, **change)
    done = eval(code, {"ws": ws})
    assert (done.id, done.name, done.opted_out) == (contact.id, *change.values())
    log = ws.sql(sql_of_contact_change(contact.id, **change)).df()
    assert set(log["kind"]) == {"renamed", "opted_out" if done.opted_out else "opted_in"}
    assert set(log["conversation_id"]) <= {
        row.id for tab in Tab for row in ws.conversations(tab, contact=contact.id, limit=100)
    }
    eval(python_of_contact_change(contact.id, name=contact.name), {"ws": ws})
    ws.update_contact(contact, opted_out=contact.opted_out)


def test_what_is_no_list_and_no_verb_is_refused() -> None:
    for wrong in (
        lambda: python_of({"stauts": "pending"}),
        lambda: sql_of({"limit": 5}),
        lambda: python_of_action("explode", [1]),
        lambda: python_of_action("archive", ["x"]),
        lambda: sql_of_action("delete", [1]),
        lambda: sql_of({"zone": "Mars/Olympus", "since": "2026-01-01"}),
    ):
        with pytest.raises(InvalidRequest):
            wrong()


def test_every_verb_has_code() -> None:
    methods = inspect.getmembers(Workspace, inspect.isfunction)
    taking = {name for name, it in methods if "expected" in inspect.signature(it).parameters}
    verbs = taking - {"_act"}
    assert len(verbs) == 8
    for verb in verbs:
        assert python_of_action(verb, [1]) == f"ws.{verb}(1)"


def test_a_template_is_code_as_it_was_filled_in() -> None:
    choice = TemplateChoice("order_update", "en", {"1": "Ada"})
    python = python_of_start(3, "+12015550123", choice, name="Ada", text="", subject="")
    filled = '{"name": "order_update", "language": "en", "values": {"1": "Ada"}}'
    start = 'ws.start_conversation(3, "+12015550123", name="Ada", template='
    assert python == f"{start}{filled})"
    pictured = python_of_start(3, "+12015550123", replace(choice, header=7), name="Ada")
    assert pictured.startswith(f'{start}{filled[:-1]}, "header": 7}})  # header: ')


def test_merges_as_code(ws: Workspace) -> None:
    """What is copied does it again, and finds what the log says of it."""
    one, other, *_ = {row.contact_id: row for row in ws.conversations(limit=20)}
    assert python_of_merge(one, other) == f"ws.merge_contacts({one}, {other})"
    assert python_of_unmerge(other) == f"ws.unmerge_contact({other})"
    merged = eval(python_of_merge(one, other), {"ws": ws})
    found = ws.sql(sql_of_merges(one)).df()
    assert set(found["kind"]) == {"merged"}
    assert len(found) == merged.conversations
    parted = eval(python_of_unmerge(other), {"ws": ws})
    assert parted.id == other
    assert set(ws.sql(sql_of_merges(other)).df()["kind"]) == {"merged", "unmerged"}
