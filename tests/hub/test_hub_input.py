"""Bad input: always a sentence in the wire form, never a traceback, never a half-done deed."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from refusals import refused

from workspace.client import Workspace
from workspace.hub.limits import MAX_BODY
from workspace.settings import MAX_TEXT, MAX_UPLOAD

Signed = Callable[..., dict[str, str]]
Some = Callable[..., list[int]]
VERBS = ["mark_read", "mark_unread", "resolve", "reopen", "archive", "unarchive", "delete"]
UNKNOWN = 2**62
STORED = (
    "SELECT (SELECT count(*) FROM v1.conversations), (SELECT count(*) FROM v1.contacts), "
    "(SELECT count(*) FROM v1.messages)"
)


# --- addresses and queries --------------------------------------------------------------------


def test_an_unknown_address(http: httpx.Client) -> None:
    refused(http.get("/v1/nothing"), 404, "not_found", "/docs")


def test_a_wrong_method_names_the_right_one(http: httpx.Client) -> None:
    refused(http.delete("/v1/conversations/1"), 405, "invalid_request", "GET")


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=many", "limit"),
        ("tab=trash", "tab"),
        ("status=open", "status"),
        ("stauts=pending", "stauts"),
        ("since=yesterday", "since"),
        ("until=2026-02-30", "until"),
        ("since=2026-03-02&until=2026-03-01", "2026-03-01"),
        ("zone=Mars/Olympus", "Mars/Olympus"),
        ("cursor=%00nonsense", "cursor"),
        ("search=" + "x" * 1_001, "search"),
    ],
)
def test_a_bad_filter_is_named(http: httpx.Client, query: str, word: str) -> None:
    refused(http.get(f"/v1/conversations?{query}"), 422, "invalid_request", word)


@pytest.mark.parametrize("id", ["abc", "-1", "0", str(2**63), "1.5", "%00"])
def test_what_is_no_id(http: httpx.Client, id: str) -> None:
    refused(http.get(f"/v1/conversations/{id}"), 422, "invalid_request", "id")


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/conversations/{UNKNOWN}",
        f"/v1/conversations/{UNKNOWN}/messages",
        f"/v1/attachments/{UNKNOWN}",
        f"/v1/contacts/{UNKNOWN}",
    ],
)
def test_reading_an_unknown_id(http: httpx.Client, path: str) -> None:
    refused(http.get(path), 404, "not_found", str(UNKNOWN))


@pytest.mark.parametrize("query", ["before=1&after=1", "around=1&before=1", "after=x", "around=0"])
def test_a_place_that_is_none(http: httpx.Client, some: Some, query: str) -> None:
    answer = http.get(f"/v1/conversations/{some(1)[0]}/messages?{query}")
    refused(answer, 422, "invalid_request")


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({}, "Nothing is to change"),
        ({"blocked": "perhaps"}, "blocked"),
        ({"name": "x" * 201}, "200"),
        ({"name": "a\0b"}, "NUL"),
        ({"nmae": "Ann"}, "nmae"),
    ],
)
def test_a_change_of_a_contact_that_is_none(
    http: httpx.Client, ws: Workspace, signed: Signed, body: dict[str, Any], word: str
) -> None:
    id = ws.conversations(limit=1)[0].contact_id
    answer = http.post(f"/v1/contacts/{id}", json=body, headers=signed())
    refused(answer, 422, "invalid_request", word)


# --- verbs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_on_an_unknown_id_does_nothing_at_all(
    http: httpx.Client, ws: Workspace, signed: Signed, some: Some, verb: str
) -> None:
    known = some(32)[-1]  # no other test sends there
    before = ws.conversation(known), len(ws.messages(known, limit=500).events)
    body = {"ids": [str(known), str(UNKNOWN)]}
    answer = http.post(f"/v1/conversations/verbs/{verb}", json=body, headers=signed())
    refused(answer, 404, "not_found", str(UNKNOWN))
    assert (ws.conversation(known), len(ws.messages(known, limit=500).events)) == before


def test_agent_replies_on_an_unknown_id(http: httpx.Client, signed: Signed) -> None:
    body = {"ids": [str(UNKNOWN)], "on": True}
    path = "/v1/conversations/verbs/agent_replies"
    refused(http.post(path, json=body, headers=signed()), 404, "not_found")


@pytest.mark.parametrize(
    ("verb", "body", "word"),
    [
        ("resolve", {}, "ids is missing"),
        ("resolve", {"ids": []}, "ids"),
        ("resolve", {"ids": ["x"]}, "ids.0"),
        ("resolve", {"ids": ["1"] * 1_001}, "ids"),
        ("resolve", {"ids": ["1"], "upto": "1"}, "upto"),
        ("mark_read", {"ids": ["1"], "before": "1"}, "before"),
        ("resolve", {"ids": ["1"], "on": True}, "on"),
        ("resolve", {"ids": ["1"], "force": True}, "force"),
        ("agent_replies", {"ids": ["1"]}, "on"),
        ("explode", {"ids": ["1"]}, "verb"),
        ("resolve", ["1"], "body"),
        ("resolve", None, "body"),
    ],
)
def test_a_verb_badly_asked_for(
    http: httpx.Client, signed: Signed, verb: str, body: Any, word: str
) -> None:
    answer = http.post(f"/v1/conversations/verbs/{verb}", json=body, headers=signed())
    refused(answer, 422, "invalid_request", word)


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b'{"ids": [NaN', b"[" * 100_000])
def test_a_body_that_is_no_json(http: httpx.Client, signed: Signed, body: bytes) -> None:
    headers = signed(**{"Content-Type": "application/json"})
    answer = http.post("/v1/conversations/verbs/resolve", content=body, headers=headers)
    refused(answer, 422, "invalid_request", "body")


def test_a_body_of_another_type(http: httpx.Client, signed: Signed) -> None:
    answer = http.post("/v1/conversations/verbs/resolve", data={"ids": "1"}, headers=signed())
    refused(answer, 422, "invalid_request", "JSON")


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"X-Convo-Actor": ""}, "X-Convo-Actor"),
        ({"X-Convo-Actor": "%0A"}, "X-Convo-Actor"),
        ({"X-Convo-Actor": "x" * 201}, "X-Convo-Actor"),
        ({"X-Convo-Actor-Kind": "customer"}, "X-Convo-Actor-Kind"),
        ({"Idempotency-Key": "short"}, "Idempotency-Key"),
    ],
)
def test_a_write_must_be_signed_well(
    http: httpx.Client, signed: Signed, some: Some, changed: dict[str, str], word: str
) -> None:
    body = {"ids": [str(id) for id in some(1)]}
    answer = http.post("/v1/conversations/verbs/resolve", json=body, headers=signed() | changed)
    refused(answer, 422, "invalid_request", word)


@pytest.mark.parametrize("missing", ["X-Convo-Actor", "Idempotency-Key"])
def test_a_write_must_be_signed(http: httpx.Client, signed: Signed, missing: str) -> None:
    headers = {name: value for name, value in signed().items() if name != missing}
    answer = http.post("/v1/conversations/verbs/resolve", json={"ids": ["1"]}, headers=headers)
    refused(answer, 422, "invalid_request", missing, "missing")


def test_the_actor_travels_in_any_script(
    http: httpx.Client, ws: Workspace, signed: Signed, some: Some
) -> None:
    (id,) = some(1, status="resolved")
    headers = signed(**{"X-Convo-Actor": "%C5%81ucja%20%E5%BC%A0"})
    body = {"ids": [str(id)]}
    assert http.post("/v1/conversations/verbs/reopen", json=body, headers=headers).is_success
    assert ws.messages(id).events[-1].actor.name == "Łucja 张"


# --- sizes ------------------------------------------------------------------------------------


def test_a_text_over_the_limit(http: httpx.Client, signed: Signed, some: Some) -> None:
    (id,) = some(1)
    body = {"text": "x" * 5_000_000}
    answer = http.post(f"/v1/conversations/{id}/messages", json=body, headers=signed())
    refused(answer, 413, "too_large", f"{MAX_TEXT:,}")
    assert answer.json()["detail"] == {"limit": MAX_TEXT}


@pytest.mark.parametrize("field", ["text", "address", "name", "subject"])
def test_a_first_message_over_the_limit_stores_nothing(
    http: httpx.Client, ws: Workspace, signed: Signed, field: str
) -> None:
    before = ws.sql(STORED).arrow()
    start = {"channel": str(ws.channels()[0].id), "address": "+12025550147", "text": "Hello"}
    answer = http.post("/v1/conversations", json=start | {field: "x" * 5_000_000}, headers=signed())
    if field == "text":
        refused(answer, 413, "too_large", f"{MAX_TEXT:,}")
        assert answer.json()["detail"] == {"limit": MAX_TEXT}
    else:
        refused(answer, 422, "invalid_request", field)
    assert len(answer.content) < 500, "what was too long must not come back"
    assert ws.sql(STORED).arrow() == before


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit(http: httpx.Client, signed: Signed, chunked: bool) -> None:
    body = b'{"ids": ["' + b"1" * MAX_BODY + b'"]}'
    parts = (body[at : at + 65_536] for at in range(0, len(body), 65_536))
    headers = signed(**{"Content-Type": "application/json"})
    answer = http.post(
        "/v1/conversations/verbs/resolve", content=parts if chunked else body, headers=headers
    )
    refused(answer, 413, "too_large", f"{MAX_BODY:,}")


def test_an_upload_over_the_limit(http: httpx.Client, signed: Signed) -> None:
    part = b"\0" * 1_000_000
    parts = (part for _ in range(MAX_UPLOAD // len(part) + 1))
    answer = http.post("/v1/uploads?name=big.bin", content=parts, headers=signed(), timeout=60)
    refused(answer, 413, "too_large", f"{MAX_UPLOAD:,}")


def test_more_files_than_any_message_has(http: httpx.Client, signed: Signed, some: Some) -> None:
    [id] = some(1)
    body = {"uploads": ["1"] * 101}
    answer = http.post(f"/v1/conversations/{id}/messages", json=body, headers=signed())
    refused(answer, 422, "invalid_request", "uploads")


def test_a_lone_surrogate_is_no_text(http: httpx.Client, signed: Signed, some: Some) -> None:
    (id,) = some(1)
    headers = signed(**{"Content-Type": "application/json"})
    body = b'{"text": "\\ud800"}'
    answer = http.post(f"/v1/conversations/{id}/messages", content=body, headers=headers)
    refused(answer, 422, "invalid_request", "text")


def test_an_empty_message_is_refused(http: httpx.Client, signed: Signed, some: Some) -> None:
    (id,) = some(1)
    answer = http.post(f"/v1/conversations/{id}/messages", json={"text": " "}, headers=signed())
    assert answer.status_code == 422
    assert answer.json()["error"] in ("cannot_send", "invalid_request")
