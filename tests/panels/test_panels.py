"""The kernel's side of the panels, against a real hub."""

import json
import threading
from datetime import UTC, datetime

import pytest

from tests.panels.speaking import Browser, Refused, until
from widgets import Composer, ConversationList, ConversationView, Filters, Inbox
from widgets.filters import Filter
from widgets.live import Live, News, gather
from widgets.panel import PART, Bytes, Panel, answers
from workspace.client import Workspace, connect
from workspace.errors import InvalidRequest
from workspace.models import Change, Conversation, Status, Tab

UNKNOWN = 2**62
"""An id that nothing has. A small one may be a conversation's: which depends on the demo's day."""


def first(ws: Workspace, **filters: object) -> Conversation:
    [row] = ws.conversations(limit=1, **filters)  # type: ignore[arg-type]
    return row


def test_a_panel_nobody_sees_asks_nothing(ws: Workspace) -> None:
    panel, seen = ConversationList(ws), ConversationList(ws)
    browser, other = Browser(panel), Browser(seen)
    browser.ask("ready", view="v")
    panel._received(panel, {"ask": "bye", "args": {"view": "v"}, "call": None}, [])
    other.ask("ready", view="w")
    row = first(ws, status="pending")
    ws.resolve(row.id)
    with other.heard:
        assert other.heard.wait_for(lambda: len(other.pushed("rows")) > 1, timeout=30)
    assert len(browser.pushed("rows")) == 1
    ws.reopen(row.id)


def test_filters_and_list_are_linked(ws: Workspace) -> None:
    inbox = Inbox(ws)
    filters, rows = Browser(inbox.filters), Browser(inbox.list)
    rows.ask("ready", view="v")
    chosen = {"tab": "all", "status": ["pending", "replied"], "search": "", "channel": ""}
    filters.ask("filter", **chosen, since="", until="", unread=False, zone="Europe/Berlin", by="v")
    assert inbox.list.filter == Filter(
        status=(Status.PENDING, Status.REPLIED), zone="Europe/Berlin"
    )
    begun = [push for push in rows.pushed("rows") if push["fresh"]][-1]
    assert {row["status"] for row in begun["rows"]} == {"pending", "replied"}
    told = filters.pushed("totals")[-1]
    counts = ws.conversations(status=("pending", "replied"), limit=1).counts
    assert told == {"all": counts.all, "archived": counts.archived, "filtered": True}


def test_filters_alone_count_for_themselves(ws: Workspace) -> None:
    browser = Browser(Filters(ws))
    browser.ask("ready", view="v")
    start = browser.ask("totals")
    counts = ws.conversations(limit=1).counts
    assert (start["all"], start["archived"], start["filtered"]) == (*_pair(counts), False)
    browser.panel.filter = Filter(status=(Status.RESOLVED,))
    counts = ws.conversations(status="resolved", limit=1).counts
    assert browser.pushed("totals")[-1]["all"] == counts.all


def _pair(counts: object) -> tuple[int, int]:
    return counts.all, counts.archived  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "wrong",
    [{"status": ["gone"]}, {"tab": "none"}, {"zone": 3, "surprise": 1}, {"status": None}],
    ids=str,
)
def test_a_filter_that_is_none_is_refused(wrong: dict[str, object], ws: Workspace) -> None:
    chosen = {"tab": "all", "status": [], "by": "v", **wrong}
    with pytest.raises(Refused, match="not a filter"):
        Browser(Filters(ws)).ask("filter", **chosen)


def test_an_empty_range_is_told_in_words(ws: Workspace) -> None:
    inbox = Inbox(ws)
    chosen = {"tab": "all", "status": [], "since": "2026-03-02", "until": "2026-03-01", "by": "v"}
    with pytest.raises(Refused, match="empty"):
        Browser(inbox.filters).ask("filter", **chosen)


def test_a_conversation_opens_with_its_newest_messages(ws: Workspace) -> None:
    row = first(ws)
    panel = ConversationView(ws, conversation_id=str(row.id))
    shown = Browser(panel).ask("open", view="v", conversation_id=str(row.id))
    assert shown["conversation"]["id"] == str(row.id)
    assert [m["id"] for m in shown["messages"]] == [str(m.id) for m in ws.messages(row.id)]
    assert shown["agent"] is False
    assert all(message["html"] in (True, False) for message in shown["messages"])


def test_options_show_at_once(ws: Workspace) -> None:
    row = first(ws, status="replied")
    panel = ConversationView(ws, conversation_id=str(row.id))
    browser = Browser(panel)
    browser.ask("open", view="v", conversation_id=str(row.id))
    browser.ask("act", ids=[str(row.id)], verb="resolve")
    refreshed = browser.pushed("refresh")[0]
    assert refreshed["conversation"]["status"] == "resolved"
    assert refreshed["events"][-1]["kind"] == "resolved"
    done = browser.ask("act", ids=[str(row.id)], verb="agent_replies_on")["deed"]
    assert ws.conversation(row.id).agent_replies
    assert browser.pushed("refresh")[-1]["conversation"]["agent_replies"]
    browser.ask("undo", deed=done["id"])
    assert not ws.conversation(row.id).agent_replies
    assert not browser.pushed("refresh")[-1]["conversation"]["agent_replies"]
    ws.reopen(row.id)


def test_only_options_are_options(ws: Workspace) -> None:
    row = first(ws)
    browser = Browser(ConversationView(ws, conversation_id=str(row.id)))
    for verb in ("stop_hub", "close", "_act", "sql"):
        with pytest.raises(Refused, match="not an option"):
            browser.ask("act", ids=[str(row.id)], verb=verb)


def test_deleting_leaves_nothing_open(ws: Workspace) -> None:
    inbox = Inbox(ws)
    row = ws.conversations(limit=50)[-1]
    inbox.conversation_id = str(row.id)
    browser = Browser(inbox.view)
    browser.ask("open", view="v", conversation_id=str(row.id))
    lost = browser.ask("contents", ids=[str(row.id)])
    assert lost["messages"] == len(ws.messages(row.id, limit=200))
    browser.ask("act", ids=[str(row.id)], verb="delete")
    assert inbox.conversation_id == inbox.list.selected == inbox.composer.conversation_id == ""
    assert browser.pushed("gone") == [str(row.id)]


def test_an_unknown_conversation_is_told_in_words(ws: Workspace) -> None:
    for id in ("1", "nonsense", "9" * 30):
        with pytest.raises(Refused) as refused:
            Browser(ConversationView(ws)).ask("open", view="v", conversation_id=id)
        assert refused.value.code in ("not_found", "invalid_request"), id


def test_sending_twice_with_one_key_sends_once(ws: Workspace) -> None:
    row = next(r for r in ws.conversations(limit=100) if r.channel_kind in ("mail", "telegram"))
    browser = Browser(Composer(ws, conversation_id=str(row.id)))
    state = browser.ask("ready", view="v", conversation_id=str(row.id))
    assert state["refusal"] == ""
    assert state["name"] == row.contact_name
    asked = {"conversation_id": str(row.id), "text": "Only once", "key": "attempt-0001"}
    answers = [browser.ask("send", **asked)["sent"] for _ in range(2)]
    sent = [message["message"]["id"] for [message] in answers]
    assert sent[0] == sent[1]
    assert [m.text for m in ws.messages(row.id)].count("Only once") == 1


def test_a_closed_window_gives_its_reason(ws: Workspace) -> None:
    wanted = "A template message is required outside the 24-hour messaging window."
    now = datetime.now(UTC)
    found = [row for row in ws.conversations(limit=120) if row.channel_kind == "whatsapp"]
    for is_open, refusal in ((True, ""), (False, wanted)):
        row = next(r for r in found if r.window_closes_at and (r.window_closes_at > now) is is_open)
        state = Browser(Composer(ws)).ask("ready", view="v", conversation_id=str(row.id))
        assert (state["refusal"], state["closed_refusal"]) == (refusal, wanted)


def test_a_file_comes_in_parts(ws: Workspace) -> None:
    row = first(ws)
    panel = ConversationView(ws, conversation_id=str(row.id))
    browser = Browser(panel)
    panel._reply("call", Bytes(bytes(PART * 2 + 5), name="x"))
    assert [len(part) for part in browser.bytes] == [PART, PART, 5]
    assert browser.said[-1] == {"call": "call", "value": {"name": "x"}}


def test_a_verb_does_not_wait_for_files(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    row = first(ws)
    browser = Browser(ConversationView(ws, conversation_id=str(row.id)))
    arrived = threading.Event()
    monkeypatch.setattr(ws, "attachment", lambda id: bytes(arrived.wait(30)))
    for n in range(20):
        asked = {"ask": "file", "args": {"attachment_id": str(n)}, "call": f"file {n}"}
        browser.panel._received(browser.panel, asked, [])
    try:
        done = browser.ask("act", ids=[str(row.id)], verb="agent_replies_on")["deed"]["id"]
        browser.ask("undo", deed=done)
        assert not [said for said in browser.said if said.get("call") == "file 0"]
    finally:
        arrived.set()


def test_what_is_synced_and_saved_names_nobody(ws: Workspace) -> None:
    inbox = Inbox(ws)
    row = first(ws)
    inbox.conversation_id = str(row.id)
    for panel in (inbox.filters, inbox.list, inbox.view, inbox.composer, inbox.contact):
        browser = Browser(panel)
        opens = panel in (inbox.view, inbox.composer, inbox.contact)
        id = {"conversation_id": str(row.id)} if opens else {}
        browser.ask("open" if panel is inbox.view else "ready", view="v", **id)
    inbox.filters.filter = Filter(search=row.contact_name, tab=Tab.ALL)
    parts = (inbox, inbox.notice, *inbox.panels.values())
    saved = json.dumps([part.get_state() for part in parts], default=str)
    names = {r.contact_name for r in ws.conversations(limit=100)}
    assert not [name for name in names if name in saved]
    assert not [name for name in names if name in repr(inbox) + str(inbox._repr_mimebundle_())]


def test_unknown_traits_are_refused(ws: Workspace) -> None:
    with pytest.raises(TypeError, match="ConversationView has no colour"):
        ConversationView(ws, colour="red")


def test_a_bug_is_told_without_what_it_says(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    quoted = "Ada Lovelace, +1 201 555 0100"

    def broken(id: object) -> None:
        raise ValueError(quoted)

    monkeypatch.setattr(ws, "conversation", broken)
    with pytest.raises(Refused, match="ValueError") as refused:
        Browser(ConversationView(ws)).ask("open", view="v", conversation_id="1")
    assert "Ada" not in str(refused.value)
    assert "Ada" not in caplog.text
    assert "ValueError" in caplog.text


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"ask": "close"}, "does not know this request"),
        ({"ask": "_act", "args": {}}, "does not know this request"),
        ({"ask": None}, "does not know this request"),
        ({"ask": ["open"], "args": {}}, "does not know this request"),
        ({"ask": "open", "args": ["1"]}, "does not know this request"),
        ({"ask": "open", "args": "conversation_id"}, "does not know this request"),
        ({"ask": "open"}, "Something went wrong in the kernel (TypeError)"),
        ({"ask": "open", "args": {"surprise": "Ada"}}, "Something went wrong in the kernel"),
        ({"ask": "open", "args": {"view": ["v"], "conversation_id": "1"}}, "does not know this"),
    ],
    ids=str,
)
def test_what_is_no_request_is_answered(
    request_: dict[str, object], said: str, ws: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Browser(ConversationView(ws))
    browser.panel._received(browser.panel, {"call": "c", **request_}, [])
    with browser.heard:
        assert browser.heard.wait_for(lambda: browser.said, timeout=30)
    [answer] = browser.said
    assert answer["call"] == "c"
    assert said in answer["error"]["message"]
    assert "Ada" not in f"{answer} {caplog.text}"


@pytest.mark.parametrize("content", [None, "open", ["ask"], {}, {"args": {}}], ids=str)
def test_what_asks_for_nothing_is_not_heard(content: object, ws: Workspace) -> None:
    browser = Browser(ConversationView(ws))
    browser.panel._received(browser.panel, content, [])
    assert browser.said == []


def test_the_hub_is_followed_while_a_panel_is_shown(ws: Workspace) -> None:
    def following() -> int:
        return sum(thread.name == "convo-watch" for thread in threading.enumerate())

    with connect(ws.info().folder) as own:
        before = following()
        inbox = Inbox(own)
        assert following() == before
        rows, filters = Browser(inbox.list), Browser(inbox.filters)
        rows.ask("ready", view="a")
        filters.ask("ready", view="b")
        assert following() == before + 1
        for browser, view in ((rows, "a"), (filters, "b")):
            assert following() == before + 1
            bye = {"ask": "bye", "args": {"view": view}, "call": None}
            browser.panel._received(browser.panel, bye, [])
        assert following() == before


class Ear(Panel):
    _esm = "export default {}"

    def __init__(self, ws: Workspace, heard: list[tuple[Panel, str]]) -> None:
        super().__init__(ws)
        self.heard = heard

    @answers("ready")
    def _ready(self) -> None: ...

    def changed(self, news: News) -> None:
        self.heard.append((self, "changed"))

    def changed_later(self, news: News) -> None:
        self.heard.append((self, "later"))
        self.push("later", None)


def test_panels_hear_in_the_order_in_which_they_were_shown(ws: Workspace) -> None:
    with connect(ws.info().folder) as own:
        heard: list[tuple[Panel, str]] = []
        browsers = [Browser(Ear(own, heard)) for _ in range(5)]
        for browser in browsers:
            browser.ask("ready", view="v")
        row = first(own, status="pending")
        own.resolve(row.id)
        until(browsers[-1], lambda: browsers[-1].pushed("later"))
        panels = [browser.panel for browser in browsers]
        end = heard.index((panels[-1], "later")) + 1
        assert heard[end - 10 : end] == [(p, at) for at in ("changed", "later") for p in panels]
        own.reopen(row.id)


def test_channels_are_asked_for_once_until_they_change(ws: Workspace) -> None:
    with connect(ws.info().folder) as own:
        rows = Browser(ConversationList(own, ids=[]))
        rows.ask("ready", view="v")
        live = Live.of(own)
        known = live.channels(own)
        assert live.channels(own) is known
        told = len(rows.pushed("rows"))
        added = own.add_channel("simulator", "Passing", {"plays": "sms", "messages": 0})
        try:
            until(rows, lambda: len(rows.pushed("rows")) > told)
            assert [each.id for each in live.channels(own)] == [*(c.id for c in known), added.id]
        finally:
            own.remove_channel(added.id)
        until(rows, lambda: added.id not in [each.id for each in live.channels(own)])


def test_channels_are_asked_for_each_time_while_nobody_is_shown(ws: Workspace) -> None:
    """Their news are not followed then."""
    with connect(ws.info().folder) as own:
        live = Live.of(own)
        assert live.channels(own) is not live.channels(own)
        browser = Browser(ConversationList(own))
        browser.ask("ready", view="v")
        known = live.channels(own)
        browser.panel.close()
        assert live.channels(own) is not known


def test_a_closed_panel_leaves_nothing_behind(ws: Workspace) -> None:
    """As `Widget.close_all` closes it; what still comes from its script brings nothing back."""
    with connect(ws.info().folder) as own:
        browser = Browser(ConversationList(own))
        browser.ask("ready", view="v")
        browser.ask("ready", view="w")
        assert Live.of(own).shown == [browser.panel]
        browser.panel.close()
        assert Live.of(own).shown == []
        late = {"ask": "ready", "args": {"view": "v"}, "call": "late"}
        browser.panel._received(browser.panel, late, [])
        assert Live.of(own).shown == []


# --- the inbox and its frame ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"panels": ["list", "agenda"]}, "no 'agenda'; it is made of menu, new, filters, list"),
        ({"panels": []}, "made of menu"),
        ({"panels": "list"}, "list of names"),
        ({"height": "tall"}, "CSS length"),
        ({"height": "640"}, "CSS length"),
        ({"height": "1px; position: fixed"}, "CSS length"),
        ({"height": 640}, "CSS length"),
        ({"query": "select 1", "panels": ["view"]}, "for the list"),
    ],
    ids=str,
)
def test_a_wrong_inbox_is_refused_in_words(
    wrong: dict[str, object], said: str, ws: Workspace
) -> None:
    with pytest.raises(InvalidRequest, match=said):
        Inbox(ws, **wrong)


def test_an_inbox_refuses_unknown_keywords(ws: Workspace) -> None:
    with pytest.raises(TypeError, match="colour"):
        Inbox(ws, colour="red")


@pytest.mark.parametrize("height", ["640px", "80vh", "12.5em", "100%", "calc(100vh - 3rem)"])
def test_any_css_length_is_a_height(height: str, ws: Workspace) -> None:
    assert Inbox(ws, height=height).layout.height == height


def test_an_inbox_of_some_panels_links_them(ws: Workspace) -> None:
    inbox = Inbox(ws, panels=("composer", "view"), conversation_id=7)
    assert list(inbox.panels) == ["view", "composer"]
    assert inbox.view.conversation_id == inbox.composer.conversation_id == "7"
    inbox.view.conversation_id = ""
    assert inbox.conversation_id == inbox.notice.conversation_id == ""
    assert not hasattr(inbox, "list")


def arrived_in(*ids: int) -> News:
    """Customers wrote in these conversations."""
    return gather([Change(n, "conversation", id, inbound=True) for n, id in enumerate(ids)])


def test_the_frame_counts_and_tells_who_wrote(ws: Workspace) -> None:
    inbox = Inbox(ws)
    frame, menu = Browser(inbox.notice), Browser(inbox.menu)
    start = frame.ask("ready", view="v")
    assert (start["live"], start["demo"]) == (True, True)
    unread = ws.conversations(limit=1).counts.all
    assert frame.ask("unread", view="v") == {**start, "unread": unread}
    messages, *_ = menu.ask("ready", view="m")
    assert messages == {"name": "messages", "label": "Messages", "icon": "chat", "badge": unread}
    ids = [row.id for row in ws.conversations(unread=True, limit=8)]
    inbox.notice.changed_later(arrived_in(*ids))
    [arrived] = frame.pushed("arrived")
    assert [message["id"] for message in arrived["messages"]] == [str(id) for id in sorted(ids)[:5]]
    assert arrived["more"] == len(ids) - 5


def test_what_makes_nothing_unread_is_not_told(ws: Workspace) -> None:
    row = first(ws, status="replied")
    ws.mark_read(row.id)
    notice = Inbox(ws).notice
    frame = Browser(notice)
    notice.changed_later(arrived_in(row.id, UNKNOWN))
    assert frame.pushed("arrived") == []
