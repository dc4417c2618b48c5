"""The kernel's side of the list: what its views are told, in which order, and what its verbs do."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import traitlets

from tests.panels.speaking import Browser, Refused, until
from widgets import Composer, ContactCard, ConversationList, ConversationView, NewConversation
from widgets.filters import Filter, Filters
from widgets.wire import upload as upload_of
from workspace.client import Workspace
from workspace.errors import QueryFailed
from workspace.models import Status, Tab
from workspace.testing.hub import running_hub, still_folder


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace of its own, in which nothing happens by itself."""
    with running_hub(still_folder(tmp_path_factory.mktemp("list") / "demo", size=700)) as ws:
        yield ws


@pytest.fixture
def some(ws: Workspace) -> Iterator[list[str]]:
    """Five conversations that are neither archived nor resolved, and so again afterwards."""
    rows = ws.conversations(status=("pending", "replied"), limit=5)
    ids = [str(row.id) for row in rows]
    yield ids
    ws.unarchive(ids)
    ws.reopen(ids)


def shown(browser: Browser, view: str = "v") -> list[dict[str, Any]]:
    """The rows as a view has them that heard all that was pushed, in order."""
    rows: dict[str, dict[str, Any]] = {}
    for push in browser.pushed("rows"):
        if push["to"] not in ("", view):
            continue
        if push["fresh"]:
            rows.clear()
        for id in push["gone"]:
            del rows[id]
        rows |= {row["id"]: row for row in push["rows"]}
    return sorted(rows.values(), key=lambda row: row["place"], reverse=True)


def ids_of(rows: Any) -> list[str]:
    return [str(row["id"] if isinstance(row, dict) else row.id) for row in rows]


def test_pages_come_in_the_order_of_the_hub(ws: Workspace) -> None:
    browser = Browser(ConversationList(ws))
    browser.ask("ready", view="v", to="v")
    assert ids_of(shown(browser)) == ids_of(ws.conversations(limit=50))
    browser.ask("more")
    browser.ask("more")
    assert ids_of(shown(browser)) == ids_of(ws.conversations(limit=450))
    told = browser.pushed("rows")[-1]
    assert told["context"]["total"] == ws.conversations(limit=1).total
    for _ in range(5):
        browser.ask("more")
    assert browser.pushed("rows")[-1]["end"]
    assert len(shown(browser)) == told["context"]["total"]


def test_a_change_tells_what_is_different_alone(ws: Workspace, some: list[str]) -> None:
    browser = Browser(ConversationList(ws))
    browser.ask("ready", view="v", to="v")
    ws.resolve(some[0])
    until(browser, lambda: len(browser.pushed("rows")) > 1)
    [_, change] = browser.pushed("rows")
    assert not change["fresh"]
    assert [(row["id"], row["status"]) for row in change["rows"]] == [(some[0], "resolved")]
    ws.archive(some[0])
    until(browser, lambda: len(browser.pushed("rows")) > 2)
    change = browser.pushed("rows")[2]
    assert (change["rows"], change["gone"]) == ([], [some[0]])


def test_what_is_not_loaded_yet_waits_for_its_page(ws: Workspace) -> None:
    browser = Browser(ConversationList(ws))
    browser.ask("ready", view="v", to="v")
    far = next(row for row in ws.conversations(limit=200)[100:] if row.status != "resolved")
    before = ws.conversations(limit=1).total
    ws.archive(far.id)
    until(browser, lambda: browser.pushed("rows")[-1]["context"]["total"] == before - 1)
    assert len(shown(browser)) == 50
    ws.unarchive(far.id)
    until(browser, lambda: browser.pushed("rows")[-1]["context"]["total"] == before)
    assert len(shown(browser)) == 50
    browser.ask("more")
    assert ids_of(shown(browser)) == ids_of(ws.conversations(limit=250))


def test_a_beginning_that_is_asked_for_again_loses_nothing(ws: Workspace, some: list[str]) -> None:
    """A script asks again when the kernel is slow to answer; news may come just before that."""
    browser = Browser(ConversationList(ws))
    ws.archive(some[:2])
    browser.ask("ready", view="v", to="v")
    ws.unarchive(some[0])
    browser.ask("ready", view="v", to="v")
    ws.unarchive(some[1])
    until(browser, lambda: ids_of(shown(browser)) == ids_of(ws.conversations(limit=51)))


def test_a_second_view_takes_nothing_from_the_first(ws: Workspace, some: list[str]) -> None:
    browser = Browser(ConversationList(ws))
    ws.archive(some[0])
    browser.ask("ready", view="v", to="v")
    browser.ask("more")
    ws.unarchive(some[0])
    browser.ask("ready", view="w", to="w")
    for view in ("v", "w"):
        until(browser, lambda view=view: some[0] in ids_of(shown(browser, view)))
        assert len(shown(browser, view)) >= 250


@pytest.mark.slow
def test_news_during_loads_are_never_lost(ws: Workspace, some: list[str]) -> None:
    """Changes, pages and filters all at once: in the end a view has what the hub has."""
    panel = ConversationList(ws)
    browser = Browser(panel)
    browser.ask("ready", view="v", to="v")
    over = threading.Event()

    def change() -> None:
        for _ in range(12):
            for id in some:
                ws.archive(id)
                ws.resolve(id)
                ws.unarchive(id)
        over.set()

    changing = threading.Thread(target=change)
    changing.start()
    while not over.is_set():
        browser.ask("ready", view="v", to="v")
        browser.ask("more")
        panel.filter = Filter(status=(Status.RESOLVED,))
        panel.filter = Filter()
        browser.ask("more")
    changing.join()
    for id in some:
        ws.reopen(id)

    def settled() -> bool:
        rows = shown(browser)
        now = ws.conversations(limit=len(rows))
        states = {str(row.id): row.status.value for row in now}
        return [(row["id"], row["status"]) for row in rows] == list(states.items())

    until(browser, settled)


def test_a_filter_begins_the_list_anew(ws: Workspace, some: list[str]) -> None:
    panel = ConversationList(ws)
    browser = Browser(panel)
    browser.ask("ready", view="v", to="v")
    panel.selection = some
    panel.filter = Filter(status=(Status.REPLIED,))
    found = ws.conversations(status="replied", limit=50)
    assert ids_of(shown(browser)) == ids_of(found)
    context = browser.pushed("rows")[-1]["context"]
    assert (context["total"], context["filtered"]) == (found.total, True)
    assert panel.selection == ()


# --- selecting


def test_the_selection_is_ids_in_any_form(ws: Workspace, some: list[str]) -> None:
    panel = ConversationList(ws)
    heard: list[Any] = []
    panel.observe(lambda change: heard.append(change["new"]), "selection")
    rows = ws.conversations(limit=3)
    for given in (ids_of(rows), list(rows), rows.df(), rows.df().id, [int(row.id) for row in rows]):
        panel.selection = ()
        panel.selection = given
        assert panel.selection == tuple(ids_of(rows))
        assert heard[-1] == tuple(ids_of(rows))
    assert panel.get_state()["selection"] == tuple(ids_of(rows))
    for wrong in (["nobody"], [None], [1.5], rows.df()[["status"]]):
        with pytest.raises(traitlets.TraitError):
            panel.selection = wrong


def test_all_that_match_is_no_list_of_ids(ws: Workspace, some: list[str]) -> None:
    panel = ConversationList(ws, selection=some)
    panel.selects_all = True
    assert panel.selection == ()
    panel.selection = some
    assert not panel.selects_all


def test_what_is_gone_is_not_selected_any_more(ws: Workspace, some: list[str]) -> None:
    panel = ConversationList(ws)
    browser = Browser(panel)
    browser.ask("ready", view="v", to="v")
    panel.selection = some
    ws.archive(some[1])
    until(browser, lambda: some[1] not in ids_of(shown(browser)))
    assert panel.selection == (some[0], *some[2:])


# --- verbs


def test_undo_takes_back_what_was_changed_alone(ws: Workspace, some: list[str]) -> None:
    ws.resolve(some[0])
    browser = Browser(ConversationList(ws))
    done = browser.ask("act", verb="resolve", ids=some)
    assert (done["changed"], done["trouble"]) == (4, "")
    assert done["deed"]["undo"]
    undone = browser.ask("undo", deed=done["deed"]["id"])
    assert (undone["verb"], undone["changed"]) == ("reopen", 4)
    assert ws.conversation(some[0]).status is Status.RESOLVED
    assert ws.conversation(some[1]).status is not Status.RESOLVED
    again = browser.ask("act", verb="resolve", ids=some[:1])
    assert (again["changed"], again["deed"]["undo"]) == (0, False)


def test_all_that_match_must_be_as_many_as_was_said(ws: Workspace, some: list[str]) -> None:
    panel = ConversationList(ws, ids=some)
    browser = Browser(panel)
    browser.ask("ready", view="v", to="v")
    listing = number(browser)
    assert browser.ask("act", verb="archive", expected=6, listing=listing) == {"matches": 5}
    assert not ws.conversation(some[0]).archived
    done = browser.ask("act", verb="archive", expected=5, listing=listing)
    assert done["changed"] == 5
    panel.filter = Filter(tab=Tab.ARCHIVED)
    lost = browser.ask("contents", expected=5, listing=number(browser))
    assert lost["conversations"] == 5
    assert browser.ask("undo", deed=done["deed"]["id"])["changed"] == 5
    for wrong in (None, -1, "5", True):
        with pytest.raises(Refused, match="how many"):
            browser.ask("act", verb="archive", expected=wrong, listing=number(browser))


def test_all_that_match_is_what_was_shown(ws: Workspace, some: list[str]) -> None:
    """Another view may have narrowed the list to others, which are as many."""
    panel = ConversationList(ws, ids=some)
    browser = Browser(panel)
    browser.ask("ready", view="v", to="v")
    listing = number(browser)
    panel.ids = ids_of(ws.conversations(limit=20)[10:15])
    for wrong in (listing, None, "0"):
        with pytest.raises(Refused, match="something else by now") as refused:
            browser.ask("act", verb="archive", expected=5, listing=wrong)
        assert refused.value.code == "conflict"
        with pytest.raises(Refused, match="something else by now"):
            browser.ask("contents", expected=5, listing=wrong)
    assert not [row for row in ws.conversations(ids=[*some, *panel.ids]) if row.archived]


def number(browser: Browser) -> int:
    """Which list a view shows."""
    return int(browser.pushed("rows")[-1]["context"]["list"])


def test_large_ones_tell_how_far_they_are(ws: Workspace) -> None:
    browser = Browser(ConversationList(ws))
    ids = ids_of(ws.conversations(limit=500))
    done = browser.ask("act", verb="mark_unread", ids=ids)
    steps = browser.pushed("progress")
    assert steps[-1] == {"done": len(ids), "of": len(ids)}
    assert len(steps) > 1
    browser.ask("undo", deed=done["deed"]["id"])


def test_only_verbs_are_verbs(ws: Workspace, some: list[str]) -> None:
    browser = Browser(ConversationList(ws))
    for verb in ("close", "_act", "sql", "stop_hub", "set_agent_replies"):
        with pytest.raises(Refused, match="not an option"):
            browser.ask("act", verb=verb, ids=some)
    with pytest.raises(Refused, match="too long ago"):
        browser.ask("undo", deed="none")


def test_lists_and_deeds_are_code(ws: Workspace, some: list[str]) -> None:
    panel = ConversationList(ws, filter=Filter(status=(Status.PENDING,)))
    browser = Browser(panel)
    python = browser.ask("code", form="python")
    assert ids_of(eval(python, {"ws": ws})) == ids_of(ws.conversations(status="pending"))
    listed = ws.sql(browser.ask("code", form="sql")).df()
    assert list(listed.conversation_id) == list(panel.to_df().id)
    done = browser.ask("act", verb="archive", ids=some[:2])["deed"]["id"]
    numbers = ", ".join(some[:2])
    assert browser.ask("deed_code", deed=done, form="python") == f"ws.archive([{numbers}])"
    logged = ws.sql(browser.ask("deed_code", deed=done, form="sql")).df()
    assert set(map(str, logged.conversation_id)) == set(some[:2])


def test_what_one_panel_did_the_others_copy_and_undo(ws: Workspace, some: list[str]) -> None:
    rows, view = Browser(ConversationList(ws)), Browser(ConversationView(ws))
    done = view.ask("act", verb="archive", ids=some[:1])["deed"]["id"]
    python = rows.ask("deed_code", deed=done, form="python")
    assert python == f"ws.archive({some[0]})"
    assert rows.ask("undo", deed=done)["changed"] == 1
    contact = ws.contact(ws.conversation(some[0]))
    card = Browser(ContactCard(ws, conversation_id=some[0]))
    asked = {"blocked": True, "name": 'It\'s "Al"'}
    change = card.ask("update", contact_id=str(contact.id), **asked)["deed"]
    assert not change["undo"]
    logged = ws.sql(rows.ask("deed_code", deed=change["id"], form="sql")).df()
    assert sorted(logged.kind.unique()) == ["blocked", "renamed"]
    again = eval(rows.ask("deed_code", deed=change["id"], form="python"), {"ws": ws})
    assert (again.blocked, again.name) == (True, asked["name"])
    with pytest.raises(Refused, match="can't be undone"):
        rows.ask("undo", deed=change["id"])
    ws.update_contact(contact, name=contact.name, blocked=False)


def test_what_was_written_is_code(ws: Workspace, some: list[str]) -> None:
    """Each as the very call, which runs, and as a SELECT that finds what it wrote."""
    rows, composer = Browser(ConversationList(ws)), Browser(Composer(ws))
    view = Browser(ConversationView(ws))
    [id, *_] = some

    def code(browser: Browser, form: str = "python") -> str:
        return str(rows.ask("deed_code", deed=browser.deed, form=form))

    def found(browser: Browser) -> list[int]:
        return list(ws.sql(code(browser, "sql")).df().message_id)

    text = 'It\'s "on its way"\nWe promise.'
    asked = {"conversation_id": id, "text": text}
    [sent] = composer.ask("send", **asked, key="code-send")["sent"]
    assert found(composer) == [int(sent["message"]["id"])]
    assert eval(code(composer), {"ws": ws}).text == text
    file = ws.upload("a.txt", b"a text")
    composer.ask("send", conversation_id=id, text="", key="code-file", uploads=[upload_of(file)])
    assert code(composer).startswith(f'ws.send({id}, files=["a.txt"])  # files: ')
    note = composer.ask("note", **asked, key="code-note")
    assert found(composer) == [int(note["id"])]
    assert eval(code(composer), {"ws": ws}).text == text
    view.ask("act", verb="archive", ids=[id])
    assert code(view) == f"ws.archive({id})"


def test_views_and_new_conversations_are_code(ws: Workspace) -> None:
    rows, new = Browser(ConversationList(ws)), Browser(NewConversation(ws))
    filters = Browser(Filters(ws))
    channel = ws.channels()[0]
    given = {"channel": str(channel.id), "address": "+12015550123", "name": 'Ann "A"', "text": "Hi"}
    made = new.ask("start", **given, subject="", template=None, key="code-start")
    python = rows.ask("deed_code", deed=new.deed, form="python")
    assert str(eval(python, {"ws": ws}).id) == made
    sql = rows.ask("deed_code", deed=new.deed, form="sql")
    assert list(ws.sql(sql).df().conversation_id) == [int(made)]
    assert isinstance(filters.panel, Filters)
    filters.panel.filter = Filter(status=(Status.PENDING,), search="order")
    filters.ask("view_save", name="Orders")
    saved = ws.views()
    python = rows.ask("deed_code", deed=filters.deed, form="python")
    assert eval(python, {"ws": ws}).filter == saved[0].filter
    with pytest.raises(Refused, match="copy it as Python"):
        rows.ask("deed_code", deed=filters.deed, form="sql")
    filters.ask("view_delete", name="Orders")
    assert rows.ask("deed_code", deed=filters.deed, form="python") == 'ws.delete_view("Orders")'
    ws.delete(made)


# --- a query as an inbox


def test_a_query_is_an_inbox_that_lives(ws: Workspace, some: list[str]) -> None:
    query = (
        "select conversation_id from v1.conversations where status = 'resolved' and not archived"
    )
    panel = ConversationList(ws, query=query)
    browser = Browser(panel)
    browser.ask("ready", view="v", to="v")
    assert {row["status"] for row in shown(browser)} == {"resolved"}
    context = browser.pushed("rows")[-1]["context"]
    assert context["total"] == ws.conversations(query=query, limit=1).total
    assert context["query"] == query
    ws.resolve(some[0])
    until(browser, lambda: some[0] in ids_of(shown(browser)))
    ws.reopen(some[0])
    until(browser, lambda: some[0] not in ids_of(shown(browser)))


def test_ids_of_any_form_are_an_inbox(ws: Workspace, some: list[str]) -> None:
    frame = ws.conversations(limit=500).df()
    frame = frame[frame.id.isin([int(id) for id in some])]
    for given in (frame, frame.id, list(frame.id), some, tuple(ws.conversations(ids=some))):
        for panel in (ConversationList(ws, given), ConversationList(ws, ids=given)):
            browser = Browser(panel)
            browser.ask("ready", view="v", to="v")
            assert sorted(ids_of(shown(browser))) == sorted(some)
    ws.archive(some[0])
    assert len(panel.to_df()) == 4


def test_a_wrong_query_is_told_in_words(ws: Workspace) -> None:
    browser = Browser(ConversationList(ws, query="select nothing from v1.nowhere"))
    with pytest.raises(Refused, match="nowhere"):
        browser.ask("ready", view="v", to="v")
    panel = ConversationList(ws)
    browser = Browser(panel)
    browser.ask("ready", view="v", to="v")
    with pytest.raises(QueryFailed):
        panel.query = "select nobody from v1.conversations"
    with pytest.raises(traitlets.TraitError):
        panel.query = ["no text"]  # type: ignore[assignment]


def test_the_whole_list_is_a_frame(ws: Workspace) -> None:
    panel = ConversationList(ws, filter=Filter(status=(Status.RESOLVED,)))
    frame = panel.to_df()
    assert len(frame) == ws.conversations(status="resolved", limit=1).total > 50
    assert list(frame.columns) == list(ws.conversations(limit=1).df().columns)
    assert not frame.id.duplicated().any()
    panel.filter = Filter(search="nobody ever said this")
    assert len(panel.to_df()) == 0


def test_saved_state_names_nobody(ws: Workspace) -> None:
    panel = ConversationList(
        ws, query="select conversation_id from v1.conversations where 'Ada' <> ''"
    )
    Browser(panel).ask("ready", view="v", to="v")
    assert set(panel.keys) >= {"selected", "selection", "selects_all"}
    assert "Ada" not in str(panel.get_state())
