"""Deeds over HTTP: once for each key, whoever repeats; files in and out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from workspace.client import Workspace

Signed = Callable[..., dict[str, str]]
Some = Callable[..., list[int]]
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc"
    b"\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\xa3\x1d\x1d\xb6\0\0\0\0IEND\xaeB`\x82"
)


def test_a_repeated_request_is_one_deed(
    http: httpx.Client, ws: Workspace, signed: Signed, some: Some
) -> None:
    (id,) = some(1, status="pending")
    headers, body = signed(), {"text": "Only once"}

    def send(_: int) -> httpx.Response:
        return http.post(f"/v1/conversations/{id}/messages", json=body, headers=headers)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(send, range(16)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1
    texts = [message.text for message in ws.messages(id, limit=500)]
    assert texts.count("Only once") == 1


def test_one_key_for_two_requests_is_a_conflict(
    http: httpx.Client, signed: Signed, some: Some
) -> None:
    first, second = some(2)
    headers = signed()
    path = "/v1/conversations/verbs/mark_unread"
    assert http.post(path, json={"ids": [str(first)]}, headers=headers).is_success
    answer = http.post(path, json={"ids": [str(second)]}, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (409, "conflict")


def test_a_contact_over_http(http: httpx.Client, ws: Workspace, signed: Signed, some: Some) -> None:
    row = ws.conversation(some(21)[-1])
    path = f"/v1/contacts/{row.contact_id}"
    told = http.get(path).json()
    assert told["id"] == str(row.contact_id)
    assert {"kind": row.address.kind.value, "value": row.address.value} in told["addresses"]
    body = {"blocked": True, "opted_out": True}
    assert http.post(path, json=body, headers=signed()).json()["blocked"] is True
    kinds = {event.kind.value for event in ws.messages(row.id, limit=500).events}
    assert kinds >= {"blocked", "opted_out"}
    assert http.post(path, json=body).status_code == 422, "nobody acts, and no key"


@pytest.mark.parametrize(
    ("name", "data", "kind", "shown"),
    [
        ("photo.png", PNG, "image/png", "inline"),
        ("page.html", b"<script>alert(1)</script>", "application/octet-stream", "attachment"),
        (
            "a.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "application/octet-stream",
            "attachment",
        ),
        ('q"u\r\no.png', PNG, "image/png", "inline"),
        ("Größe 张.txt", b"hello", "application/octet-stream", "attachment"),
    ],
)
def test_a_file_comes_back_as_it_went_in_and_harmless(
    http: httpx.Client,
    ws: Workspace,
    signed: Signed,
    some: Some,
    name: str,
    data: bytes,
    kind: str,
    shown: str,
) -> None:
    (id,) = some(1, status="pending")
    upload = ws.upload(name, data)
    sent = ws.send(id, "see file", [upload])
    (attached,) = sent.attachments
    answer = http.get(f"/v1/attachments/{attached.id}")
    assert answer.content == data
    assert answer.headers["Content-Type"].partition(";")[0] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith(shown)
    assert "sandbox" in answer.headers["Content-Security-Policy"]
