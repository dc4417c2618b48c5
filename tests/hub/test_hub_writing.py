"""Undo, Send again, notes, drafts and canned replies over HTTP: bad input, repeated deeds."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from refusals import refused

from workspace.client import Workspace
from workspace.settings import MAX_TEXT

Signed = Callable[..., dict[str, str]]
Some = Callable[..., list[int]]
UNKNOWN = 2**62
DECISIONS = ["cancel", "send_again", "mark_sent"]


# --- decisions about a message ----------------------------------------------------------------


@pytest.mark.parametrize("verb", DECISIONS)
def test_a_decision_about_nothing(http: httpx.Client, signed: Signed, verb: str) -> None:
    refused(
        http.post(f"/v1/messages/{UNKNOWN}/{verb}", headers=signed()),
        404,
        "not_found",
        str(UNKNOWN),
    )
    refused(http.post(f"/v1/messages/x/{verb}", headers=signed()), 422, "invalid_request", "id")
    unsigned = http.post(f"/v1/messages/1/{verb}", headers={"X-Convo-Actor": "tester"})
    refused(unsigned, 422, "invalid_request", "Idempotency-Key is missing")


def test_wrong_states_are_conflicts(
    http: httpx.Client, ws: Workspace, signed: Signed, some: Some
) -> None:
    [id] = some(1, status="replied")
    answer = ws.messages(id)[-1]  # it was sent long ago

    def decide(verb: str) -> httpx.Response:
        return http.post(f"/v1/messages/{answer.id}/{verb}", headers=signed())

    refused(decide("cancel"), 409, "too_late", "too late for Undo")
    refused(decide("send_again"), 409, "conflict", "failed or is not confirmed")
    refused(decide("mark_sent"), 409, "conflict", "is not confirmed")


def test_somebody_else_has_answered(
    http: httpx.Client, ws: Workspace, signed: Signed, some: Some
) -> None:
    [id] = some(1, status="pending")
    seen = ws.messages(id)[-1].id
    path = f"/v1/conversations/{id}/messages"
    body = {"text": "first", "seen": str(seen)}
    first = http.post(path, json=body, headers=signed(**{"X-Convo-Actor": "eva"})).json()
    answer = http.post(path, json=body | {"text": "second"}, headers=signed())
    refused(answer, 409, "answered_meanwhile", "eva has answered meanwhile")
    assert answer.json()["detail"] == {
        "who": "eva",
        "kind": "operator",
        "message_id": first["id"],
    }
    assert [m.text for m in ws.messages(id)][-1] == "first"


@pytest.mark.parametrize("seen", ["x", "0", -1, str(2**63), [1]])
def test_what_was_seen_must_be_an_id(
    http: httpx.Client, signed: Signed, some: Some, seen: Any
) -> None:
    [id] = some(1)
    body = {"text": "hi", "seen": seen}
    answer = http.post(f"/v1/conversations/{id}/messages", json=body, headers=signed())
    refused(answer, 422, "invalid_request", "seen")


# --- notes ------------------------------------------------------------------------------------


def test_a_note_once_a_key(http: httpx.Client, ws: Workspace, signed: Signed, some: Some) -> None:
    [id] = some(1)
    path, headers = f"/v1/conversations/{id}/notes", signed()
    first, again = (
        http.post(path, json={"text": "<b>psst</b>"}, headers=headers) for _ in range(2)
    )
    assert first.json() == again.json()
    assert (first.json()["direction"], first.json()["delivery_status"]) == ("note", None)
    assert [m.text for m in ws.messages(id)].count("<b>psst</b>") == 1
    other = http.post(path, json={"text": "another"}, headers=headers)
    refused(other, 409, "conflict", "another request")


@pytest.mark.parametrize(
    ("body", "status", "code", "word"),
    [
        ({}, 422, "invalid_request", "text is missing"),
        ({"text": "  "}, 422, "invalid_request", "empty"),
        ({"text": "a\0b"}, 422, "invalid_request", "text"),
        ({"text": "x" * (MAX_TEXT + 1)}, 413, "too_large", "1,000,000"),
        ({"text": "x", "to": "y"}, 422, "invalid_request", "to"),
        ({"text": 5}, 422, "invalid_request", "text"),
        (None, 422, "invalid_request", "body"),
    ],
)
def test_bad_notes(
    http: httpx.Client, signed: Signed, some: Some, body: Any, status: int, code: str, word: str
) -> None:
    [id] = some(1)
    answer = http.post(f"/v1/conversations/{id}/notes", json=body, headers=signed())
    refused(answer, status, code, word)


# --- drafts -----------------------------------------------------------------------------------


def test_a_draft_is_its_writers_alone(http: httpx.Client, signed: Signed, some: Some) -> None:
    [id] = some(1)
    path = f"/v1/conversations/{id}/draft"
    ana, eva = signed(**{"X-Convo-Actor": "ana"}), signed(**{"X-Convo-Actor": "eva"})
    kept = http.put(path, json={"text": "Dear", "note": True}, headers=ana).json()
    assert (kept["text"], kept["note"], kept["uploads"]) == ("Dear", True, [])
    assert http.get(path, headers=ana).json() == kept
    assert http.get(path, headers=eva).json() is None
    refused(http.get(path), 422, "invalid_request", "X-Convo-Actor is missing")
    assert http.put(path, json={}, headers=ana).json() is None
    assert http.get(path, headers=ana).json() is None


@pytest.mark.parametrize(
    ("body", "status", "code", "word"),
    [
        ({"text": "x", "uploads": [str(UNKNOWN)]}, 404, "not_found", "upload the file again"),
        ({"text": "x", "uploads": ["x"]}, 422, "invalid_request", "uploads.0"),
        ({"text": "x", "uploads": ["1"] * 101}, 422, "invalid_request", "uploads"),
        ({"text": "x", "note": "perhaps"}, 422, "invalid_request", "note"),
        ({"text": "a\0b"}, 422, "invalid_request", "text"),
        ({"text": "x" * (MAX_TEXT + 1)}, 413, "too_large", "1,000,000"),
        ({"words": "x"}, 422, "invalid_request", "words"),
    ],
)
def test_bad_drafts(
    http: httpx.Client, signed: Signed, some: Some, body: Any, status: int, code: str, word: str
) -> None:
    [id] = some(1)
    path = f"/v1/conversations/{id}/draft"
    refused(http.put(path, json=body, headers=signed()), status, code, word)
    assert http.get(path, headers=signed()).json() is None


def test_a_draft_for_nobody(http: httpx.Client, signed: Signed) -> None:
    path = f"/v1/conversations/{UNKNOWN}/draft"
    refused(http.get(path, headers=signed()), 404, "not_found")
    refused(http.put(path, json={"text": "x"}, headers=signed()), 404, "not_found")


# --- canned replies ---------------------------------------------------------------------------


def test_canned_replies(http: httpx.Client, signed: Signed) -> None:
    path, headers = "/v1/canned_replies", signed()
    kept = http.put(path, json={"shortcut": "/Thanks", "text": "Thank you"}, headers=signed())
    assert kept.json()["shortcut"] == "thanks"
    assert kept.json() in http.get(path).json()
    for _ in range(2):
        assert http.delete(path, params={"shortcut": "thanks"}, headers=headers).status_code == 204
    gone = http.delete(path, params={"shortcut": "thanks"}, headers=signed())
    refused(gone, 404, "not_found", "'thanks'")


@pytest.mark.parametrize(
    ("body", "status", "code", "word"),
    [
        ({"shortcut": "../x", "text": "x"}, 422, "invalid_request", "letters"),
        ({"shortcut": "x" * 1_001, "text": "x"}, 422, "invalid_request", "shortcut"),
        ({"shortcut": "x", "text": ""}, 422, "invalid_request", "empty"),
        ({"shortcut": "x", "text": "x" * 10_001}, 413, "too_large", "10,000"),
        ({"text": "x"}, 422, "invalid_request", "shortcut is missing"),
    ],
)
def test_bad_canned_replies(
    http: httpx.Client, signed: Signed, body: Any, status: int, code: str, word: str
) -> None:
    refused(http.put("/v1/canned_replies", json=body, headers=signed()), status, code, word)
    assert http.get("/v1/canned_replies").json() == []
