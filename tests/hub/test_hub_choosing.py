"""Filters in a body, verbs on all that match, saved views: over plain HTTP, also badly asked."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from refusals import refused

from workspace.client import Workspace

Signed = Callable[..., dict[str, str]]
Some = Callable[..., list[int]]
LIST, VERB = "/v1/conversations/list", "/v1/conversations/verbs/mark_unread"


def test_an_address_and_a_body_say_the_same(http: httpx.Client, some: Some) -> None:
    ids = [str(id) for id in some(3)]
    said = {"status": ["pending", "replied"], "ids": ids, "limit": 2, "unread": True}
    by_address = http.get("/v1/conversations", params=said)
    assert by_address.json() == http.post(LIST, json=said).json()
    assert by_address.json()["total"] >= len(by_address.json()["rows"])
    query = "SELECT conversation_id FROM v1.conversations WHERE NOT archived"
    by_address = http.get("/v1/conversations", params={"query": query})
    assert by_address.json()["total"] == http.get("/v1/conversations").json()["total"]


def test_no_ids_match_nothing(http: httpx.Client) -> None:
    assert http.post(LIST, json={"ids": []}).json()["total"] == 0


@pytest.mark.parametrize(
    ("said", "code", "word"),
    [
        ({"stauts": ["pending"]}, "invalid_request", "stauts"),
        ({"status": "open"}, "invalid_request", "status"),
        ({"ids": ["x"]}, "invalid_request", "ids.0"),
        ({"ids": [str(2**63)]}, "invalid_request", "ids.0"),
        ({"ids": [str(n) for n in range(1, 100_002)]}, "invalid_request", "100,000"),
        ({"contact": "0"}, "invalid_request", "contact"),
        ({"search": "a\0b"}, "invalid_request", "search"),
        ({"query": "SELECT 1 \0"}, "invalid_request", "query"),
        ({"query": "x" * 1_000_001}, "too_large", "1,000,000"),
        ({"query": "SELECT contact_name FROM v1.conversations"}, "invalid_request", "first"),
        ({"query": "SELECT * FROM main.messages"}, "query_refused", "v1"),
        ({"query": "SELECT"}, "query_failed", "SQL"),
        ({"limit": 0}, "invalid_request", "limit"),
        ({"until": "9999-12-31", "zone": "Europe/Berlin"}, "invalid_request", "until"),
        ([], "invalid_request", "body"),
    ],
)
def test_a_bad_list(http: httpx.Client, said: Any, code: str, word: str) -> None:
    answer = http.post(LIST, json=said)
    refused(answer, 413 if code == "too_large" else 422, code, word)


def test_a_verb_on_all_that_match(
    http: httpx.Client, ws: Workspace, signed: Signed, some: Some
) -> None:
    ids = [str(id) for id in some(4)]
    headers = signed()
    said = {"where": {"ids": ids}, "expected": 4}
    first = http.post(VERB, json=said, headers=headers)
    assert [outcome["conversation_id"] for outcome in first.json()] == ids
    assert http.post(VERB, json=said, headers=headers).json() == first.json()
    told = http.post("/v1/conversations/contents", json={"where": {"ids": ids}}).json()
    assert told["conversations"] == 4


@pytest.mark.parametrize("verb", ["archive", "delete"])
def test_a_count_that_changed(
    http: httpx.Client, ws: Workspace, signed: Signed, some: Some, verb: str
) -> None:
    ids = [str(id) for id in some(2)]
    before = ws.conversations().total
    said = {"where": {"ids": ids}, "expected": 3}
    answer = http.post(f"/v1/conversations/verbs/{verb}", json=said, headers=signed())
    refused(answer, 409, "count_changed", "2", "3", "nothing was done")
    assert answer.json()["detail"] == {"expected": 3, "found": 2}
    assert ws.conversations().total == before


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"where": {}}, "expected"),
        ({"where": {"status": ["pending"]}, "expected": -1}, "expected"),
        ({"where": {"status": ["pending"]}, "expected": "many"}, "expected"),
        ({"where": {"stauts": ["pending"]}, "expected": 1}, "where.stauts"),
        ({"where": {"limit": 5}, "expected": 1}, "where.limit"),
        ({"where": {"cursor": "x"}, "expected": 1}, "where.cursor"),
        ({"where": {"status": ["pending"]}, "expected": 1, "ids": ["1"]}, "not by both"),
        ({"ids": ["1"], "expected": 1}, "expected"),
        ({"expected": 1}, "ids is missing"),
        ({"where": [], "expected": 1}, "where"),
    ],
)
def test_a_verb_badly_asked_for(http: httpx.Client, signed: Signed, said: Any, word: str) -> None:
    refused(http.post(VERB, json=said, headers=signed()), 422, "invalid_request", word)


def test_contents_of_nothing_in_particular(http: httpx.Client) -> None:
    path = "/v1/conversations/contents"
    refused(http.post(path, json={}), 422, "invalid_request", "ids is missing")
    said = {"ids": ["1"], "where": {}}
    refused(http.post(path, json=said), 422, "invalid_request", "not by both")


def test_views_are_saved_told_and_deleted(http: httpx.Client, signed: Signed) -> None:
    said = {"name": "Für später / 100%?", "filter": {"status": ["pending"], "search": "it's"}}
    saved = http.put("/v1/views", json=said, headers=signed()).json()
    assert (saved["name"], saved["filter"]) == (said["name"], said["filter"])
    assert saved["actor"]["name"] == "tester"
    assert saved in http.get("/v1/views").json()
    headers, named = signed(), {"name": said["name"]}
    for _ in range(2):
        assert http.delete("/v1/views", params=named, headers=headers).is_success
    assert saved not in http.get("/v1/views").json()
    again = http.delete("/v1/views", params=named, headers=signed())
    refused(again, 404, "not_found", "Für später")


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"name": "x"}, "filter"),
        ({"name": " ", "filter": {}}, "no name"),
        ({"name": "x" * 201, "filter": {}}, "200 characters"),
        ({"name": "a\0", "filter": {}}, "name"),
        ({"name": "x", "filter": {"stauts": 1}}, "filter.stauts"),
        ({"name": "x", "filter": {"cursor": "x"}}, "filter.cursor"),
        ({"name": "x", "filter": {"since": "soon"}}, "since"),
        ({"name": "x", "filter": []}, "filter"),
    ],
)
def test_a_bad_view(http: httpx.Client, signed: Signed, said: Any, word: str) -> None:
    before = http.get("/v1/views").json()
    refused(http.put("/v1/views", json=said, headers=signed()), 422, "invalid_request", word)
    assert http.get("/v1/views").json() == before
