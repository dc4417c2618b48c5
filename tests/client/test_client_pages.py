"""What lists come as, and that their text form tells nobody's name."""

import pandas as pd
import pyarrow as pa
import pytest

from workspace.client import Conversations, Messages, Workspace
from workspace.errors import InvalidRequest, QueryRefused
from workspace.models import ConversationPage, MessagePage, TabCounts


def test_a_page_is_a_list_with_counts_and_a_frame(ws: Workspace) -> None:
    page = ws.conversations(limit=10)
    assert len(page) == len(list(page)) == len(page.rows) == 10
    assert page[0] == page.rows[0] == page[:1][0]
    assert page.cursor
    frame = page.df()
    assert frame["id"].tolist() == [row.id for row in page]
    assert frame["status"].tolist() == [row.status.value for row in page]
    assert str(frame["last_activity_at"].dt.tz) == "UTC"
    assert frame["last_activity_at"].is_monotonic_decreasing


def test_the_cursor_walks_through_all(ws: Workspace) -> None:
    seen: list[int] = []
    cursor = None
    while True:
        page = ws.conversations(limit=7, cursor=cursor)
        seen += [row.id for row in page]
        cursor = page.cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == len(ws.conversations(limit=500))


def test_messages_have_a_frame(ws: Workspace) -> None:
    frame = ws.messages(ws.conversations()[0].id).df()
    assert str(frame["occurred_at"].dtype) == "datetime64[us, UTC]"
    assert set(frame["direction"]) <= {"inbound", "outbound", "note"}


def test_messages_around_one_and_both_ways(ws: Workspace) -> None:
    id = max(ws.conversations(limit=40), key=lambda row: len(ws.messages(row.id, limit=500)))
    whole = ws.messages(id, limit=500)
    middle = whole[len(whole) // 2]
    page = ws.messages(id, around=middle, limit=3)
    assert middle in page
    older, newer = ws.messages(id, before=page[0]), ws.messages(id, after=page[-1])
    assert [*older, *page, *newer] == list(whole)
    assert (older.newer, newer.newer, newer.more, whole.newer) == (True, False, True, False)
    with pytest.raises(InvalidRequest):
        ws.messages(id, 1, around=1)


def test_an_empty_page_has_the_same_columns_and_types() -> None:
    empty = Conversations(ConversationPage((), None, TabCounts(0, 0), False, 0)).df()
    assert empty["id"].dtype == "int64"
    assert str(empty["last_activity_at"].dtype) == "datetime64[us, UTC]"
    assert len(Messages(MessagePage((), (), False)).df()) == 0


def test_the_text_form_tells_counts_alone(ws: Workspace) -> None:
    page = ws.conversations()
    names = {row.contact_name for row in page} | {row.address.value for row in page}
    messages = ws.messages(page[0].id)
    result = ws.sql("SELECT contact_name FROM v1.conversations")
    shown = [repr(page), str(page), repr(messages), repr(ws.channels()), repr(ws), repr(result)]
    result.df()
    shown.append(repr(result))
    for text in shown:
        assert not any(name in text for name in names), text
        assert len(text) < 200
    for value in (page, messages, result, ws):
        assert not hasattr(value, "_repr_html_")


def test_no_token_is_shown(ws: Workspace) -> None:
    token = ws._transport._session.hub.token
    told = [repr(ws), repr(ws._transport._session.hub), repr(ws._transport._session)]
    assert not any(token in text for text in told)


# --- SQL --------------------------------------------------------------------------------------


def test_a_result_as_frame_and_as_arrow(ws: Workspace) -> None:
    result = ws.sql(
        "SELECT conversation_id AS id, last_activity_at FROM v1.conversations ORDER BY 1"
    )
    table = result.arrow()
    assert isinstance(table, pa.Table)
    frame = result.df()
    assert isinstance(frame, pd.DataFrame)
    everybody = sum(ws.conversations(tab, limit=1).total for tab in ("all", "archived"))
    assert len(frame) == table.num_rows == everybody > 30
    assert str(frame["last_activity_at"].dt.tz) == "UTC"


def test_a_result_batch_by_batch(ws: Workspace) -> None:
    result = ws.sql("SELECT range AS n FROM range(500000)")
    rows = sum(batch.num_rows for batch in result.reader())
    assert rows == 500_000
    with pytest.raises(InvalidRequest, match="already read"):
        result.reader()


def test_parameters_keep_their_types(ws: Workspace) -> None:
    row = ws.sql("SELECT $1 + 1 AS n, $2 AS t, $3 AS b, $4 IS NULL AS e", [41, "x", True, None])
    assert row.arrow().to_pylist() == [{"n": 42, "t": "x", "b": True, "e": True}]


def test_a_refusal_comes_from_sql_itself(ws: Workspace) -> None:
    with pytest.raises(QueryRefused):
        ws.sql("DROP TABLE messages")
