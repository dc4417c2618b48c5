"""What is sent is what Meta's specification allows, and what comes back is understood."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from cloud import NUMBER, SECRETS, whatsapp

from tests.conformance.judge import Judge, Refused
from tests.conformance.judge import whatsapp as judge_of_whatsapp
from workspace.channels.base import (
    Failure,
    FilledTemplate,
    Outbound,
    OutboundFile,
    React,
    Request,
    Response,
    Seen,
    SendFailed,
    Sent,
    Thread,
)
from workspace.channels.simulated.catalogue import CATALOGUE
from workspace.models import Address, AddressKind, FailureKind, MediaKind, Template

PHONE = Address(AddressKind.PHONE, "+4915112345678")
BSUID = Address(AddressKind.BSUID, "US.13491208655302741918")
HELLO = Outbound(
    key="0123456789abcdef",
    to=PHONE,
    to_name="Ada",
    text="Hello, is this all?",
    files=(),
    thread=Thread(),
    queued_at=datetime(2026, 11, 1, tzinfo=UTC),
)
PHOTO = OutboundFile(MediaKind.IMAGE, "mug.jpg", "image/jpeg", b"\xff\xd8 a photo")
LIST = OutboundFile(MediaKind.DOCUMENT, "list.pdf", "application/pdf", b"%PDF-1.7")
VOICE = OutboundFile(MediaKind.AUDIO, "voice.ogg", "audio/ogg", b"OggS")


def filled(template: Template) -> Outbound:
    header = template.header.media if template.header else None
    file = OutboundFile(header, f"{header}.bin", "image/jpeg", b"x") if header else None
    values = {variable.key: f"value {variable.key}"[:15] for variable in template.variables}
    files = (file,) if file else ()
    return replace(HELLO, text="", files=files, template=FilledTemplate(template, values))


MESSAGES = {
    "a text": HELLO,
    "to a business-scoped id": replace(HELLO, to=BSUID),
    "an answer": replace(HELLO, reply_to="wamid.HBgLMTY"),
    "a photo with a caption": replace(HELLO, files=(PHOTO,)),
    "a document": replace(HELLO, text="", files=(LIST,)),
    "a voice message": replace(HELLO, text="", files=(VOICE,)),
} | {f"{each.name} in {each.language}": filled(each) for each in CATALOGUE}
SIGNALS = {
    "a reaction": React(PHONE, "wamid.HBgLMTY", "👍"),
    "a reaction of our own name": React(PHONE, "wamid.HBgLMTY", "👍", "our-own-name"),
    "a reaction taken back": React(BSUID, "wamid.HBgLMTY", ""),
    "a read receipt": Seen(PHONE, "wamid.HBgLMTY"),
    "typing": Seen(PHONE, "wamid.HBgLMTY", typing=True),
}


@pytest.fixture(scope="session")
def meta(shared: Callable[[str], Path]) -> Judge:
    return judge_of_whatsapp(shared("specs/meta/whatsapp-cloud.judge.json"))


def accepted(request: httpx.Request) -> httpx.Response:
    if request.url.path.endswith("/media"):
        return httpx.Response(200, json={"id": "4490709327384033"})
    if json.loads(request.content).get("status") == "read":
        return httpx.Response(200, json={"success": True})
    return httpx.Response(200, json={"messages": [{"id": "wamid.sent"}]})


def bodies(meta: Judge, since: int) -> list[Any]:
    return [
        json.loads(request.content)
        for request in meta.seen[since:]
        if request.url.path.endswith("/messages")
    ]


@pytest.mark.parametrize("name", MESSAGES)
def test_messages_are_allowed(meta: Judge, name: str) -> None:
    message, before = MESSAGES[name], len(meta.seen)
    channel = whatsapp(meta.before(accepted))
    [request] = channel.encode(message)
    assert channel.decode(channel.perform(request)) == Sent("wamid.sent")
    [body] = bodies(meta, before)
    assert body["biz_opaque_callback_data"] == message.key
    assert body.get("recipient" if message.to == BSUID else "to") == message.to.value
    if message.files:
        upload = meta.seen[before]
        assert upload.url.path == f"/v23.0/{NUMBER}/media"
        content = upload.content
        assert message.files[0].data in content
        assert b'name="messaging_product"\r\n\r\nwhatsapp\r\n' in content
        assert f"Content-Type: {message.files[0].mime}\r\n".encode() in content
        assert '"id": "4490709327384033"' in json.dumps(body)
    if message.template:
        assert set(message.template.values.values()) <= set(strings(body))
    elif message.text:
        assert message.text in set(strings(body))


@pytest.mark.parametrize("name", SIGNALS)
def test_signals_are_allowed(meta: Judge, name: str) -> None:
    channel = whatsapp(meta.before(accepted))
    answer = channel.decode(channel.perform(channel.encode_signal(SIGNALS[name])))
    assert isinstance(answer, Sent)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, str):
        yield value


# What may be left out: it is for our own use, or says what is so anyway.
SPARE = {"biz_opaque_callback_data", "recipient_type", "context", "preview_url", "caption",
         "voice", "filename", "parameter_name", "components", "typing_indicator", "message_id",
         "emoji", "header", "body", "button"}  # fmt: skip


def wrecks(body: Any) -> Iterator[tuple[str, Any]]:
    """The body with each field in turn left out, renamed, or of another type."""
    for path in paths(body):
        name = str(path[-1])
        for how, change in (("dropped", drop), ("renamed", rename), ("retyped", retype)):
            if how == "dropped" and name in SPARE:
                continue
            wreck = copy.deepcopy(body)
            change(wreck, path)
            yield f"{'.'.join(map(str, path))} {how}", wreck


def paths(value: Any, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The ways to all fields of objects."""
    if isinstance(value, list):
        for n, each in enumerate(value):
            yield from paths(each, (*before, n))
    if isinstance(value, dict):
        for name, each in value.items():
            yield (*before, name)
            yield from paths(each, (*before, name))


def parent(body: Any, path: tuple[str | int, ...]) -> Any:
    for step in path[:-1]:
        body = body[step]
    return body


def drop(body: Any, path: tuple[str | int, ...]) -> None:
    del parent(body, path)[path[-1]]


def rename(body: Any, path: tuple[str | int, ...]) -> None:
    held = parent(body, path)
    held[f"{path[-1]}x"] = held.pop(path[-1])


def retype(body: Any, path: tuple[str | int, ...]) -> None:
    held = parent(body, path)
    held[path[-1]] = ["x"] if not isinstance(held[path[-1]], list) else 7


@pytest.mark.parametrize("name", [*MESSAGES, *SIGNALS])
def test_each_field_is_looked_at(meta: Judge, name: str) -> None:
    """Otherwise that the judge allows our requests would say nothing."""
    before, channel = len(meta.seen), whatsapp(meta.before(accepted))
    if name in MESSAGES:
        [request] = channel.encode(MESSAGES[name])
    else:
        request = channel.encode_signal(SIGNALS[name])
    channel.perform(request)
    [body] = bodies(meta, before)
    sent = meta.seen[-1]
    let_through = []
    for what, wreck in wrecks(body):
        changed = httpx.Request("POST", sent.url, headers=plain(sent), json=wreck)
        try:
            meta.judge(changed)
        except Refused:
            continue
        let_through.append(what)
    assert not let_through


def plain(request: httpx.Request) -> dict[str, str]:
    return {name: request.headers[name] for name in ("authorization", "user-agent")}


# --- what comes back ------------------------------------------------------------------------------


def answered(status: int, body: Any, **headers: str) -> Sent | Failure:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    transport = httpx.MockTransport(
        lambda _: httpx.Response(status, content=content, headers=headers)
    )
    channel = whatsapp(transport)
    return channel.decode(channel.perform(channel.encode(HELLO)[0]))


def error(code: int, details: str = "") -> dict[str, Any]:
    return {
        "error": {
            "message": "(#1) A title that may go",
            "type": "OAuthException",
            "code": code,
            "error_data": {"messaging_product": "whatsapp", "details": details},
        }
    }


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (190, FailureKind.AUTH),
        (131042, FailureKind.AUTH),
        (200, FailureKind.AUTH),
        (130429, FailureKind.RATE_LIMITED),
        (131056, FailureKind.RATE_LIMITED),
        (131016, FailureKind.TRANSIENT),
        (131047, FailureKind.WINDOW_CLOSED),
        (131026, FailureKind.UNREACHABLE),
        (131050, FailureKind.OPTED_OUT),
        (131053, FailureKind.MEDIA),
        (132000, FailureKind.TEMPLATE),
        (132015, FailureKind.TEMPLATE),
        (100, FailureKind.INVALID),
        (987654, FailureKind.INVALID),
    ],
)
def test_errors_are_told_by_their_number(code: int, kind: FailureKind) -> None:
    found = answered(400, error(code, "What is wrong"))
    assert isinstance(found, Failure)
    assert (found.kind, found.code) == (kind, str(code))
    assert found.detail.endswith(".")
    assert "title" not in found.detail


def test_the_wait_that_is_asked_for_is_kept() -> None:
    found = answered(429, error(130429), **{"retry-after": "17"})
    assert isinstance(found, Failure)
    assert found.retry_after == 17.0
    for odd in ("soon", "-1", "1e9", "Wed, 21 Oct 2026 07:28:00 GMT", "٣"):
        other = answered(429, error(130429), **{"retry-after": odd}) if odd.isascii() else None
        assert other is None or isinstance(other, Failure)
        assert other is None or other.retry_after is None


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"", FailureKind.UNKNOWN_OUTCOME),
        (200, {"messages": []}, FailureKind.UNKNOWN_OUTCOME),
        (200, {"messages": [{"id": 7}]}, FailureKind.UNKNOWN_OUTCOME),
        (200, {"messages": "wamid"}, FailureKind.UNKNOWN_OUTCOME),
        (502, b"<html>Bad Gateway</html>", FailureKind.UNKNOWN_OUTCOME),
        (504, b"\xff\xfe", FailureKind.UNKNOWN_OUTCOME),
        (500, error(131000), FailureKind.TRANSIENT),
        (401, b"[]", FailureKind.AUTH),
        (403, {"error": "no"}, FailureKind.AUTH),
        (429, b"slower", FailureKind.RATE_LIMITED),
        (400, {"error": {"code": None}}, FailureKind.INVALID),
        (400, {"error": {"code": 10**30, "error_data": []}}, FailureKind.INVALID),
        (400, b"[" * 100_000, FailureKind.INVALID),
    ],
)
def test_odd_answers_are_never_taken_for_good(status: int, body: Any, kind: FailureKind) -> None:
    found = answered(status, body)
    assert isinstance(found, Failure)
    assert found.kind is kind
    assert found.detail


def failing(reason: Exception) -> Failure:
    def handle(request: httpx.Request) -> httpx.Response:
        raise reason

    channel = whatsapp(httpx.MockTransport(handle))
    with pytest.raises(SendFailed) as told:
        channel.perform(channel.encode(HELLO)[0])
    return told.value.failure


def test_a_request_that_never_left_is_tried_again() -> None:
    for reason in (httpx.ConnectError("refused"), httpx.ConnectTimeout(""), httpx.PoolTimeout("")):
        assert failing(reason).kind is FailureKind.TRANSIENT


def test_one_that_may_have_arrived_is_in_doubt() -> None:
    for reason in (httpx.ReadTimeout(""), httpx.RemoteProtocolError("cut"), httpx.WriteError("")):
        assert failing(reason).kind is FailureKind.UNKNOWN_OUTCOME


def test_a_file_that_is_not_taken_stops_its_message(meta: Judge) -> None:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(400, json=error(131053, "Unsupported"))

    channel = whatsapp(httpx.MockTransport(handle))
    response = channel.perform(channel.encode(replace(HELLO, files=(PHOTO,)))[0])
    found = channel.decode(response)
    assert isinstance(found, Failure)
    assert found.kind is FailureKind.MEDIA
    assert asked == [f"/v23.0/{NUMBER}/media"]


def test_an_upload_that_breaks_off_has_sent_nothing() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("")

    channel = whatsapp(httpx.MockTransport(handle))
    with pytest.raises(SendFailed) as told:
        channel.perform(channel.encode(replace(HELLO, files=(PHOTO,)))[0])
    assert told.value.failure.kind is FailureKind.TRANSIENT


def test_a_missing_token_is_for_a_person_to_mend() -> None:
    channel = whatsapp(httpx.MockTransport(accepted), secrets={})
    with pytest.raises(SendFailed) as told:
        channel.perform(channel.encode(HELLO)[0])
    assert told.value.failure.kind is FailureKind.AUTH
    assert "WA_TOKEN" in told.value.failure.detail


def test_nothing_shows_what_it_holds() -> None:
    channel = whatsapp(httpx.MockTransport(accepted))
    [request] = channel.encode(replace(HELLO, files=(PHOTO,)))
    shown = f"{channel!r} {request!r} {Request(request.payload)!r} {Response(200)!r}"
    for secret in (*SECRETS.values(), HELLO.text, PHONE.value, "a photo"):
        assert secret not in shown


def test_what_limits_one_pair_says_so() -> None:
    pair, all_of_them = answered(400, error(131056)), answered(400, error(130429))
    assert isinstance(pair, Failure)
    assert isinstance(all_of_them, Failure)
    assert (pair.pair, pair.retry_after) == (True, 6.0)
    assert (all_of_them.pair, all_of_them.retry_after) == (False, None)
    asked = answered(429, error(131056), **{"retry-after": "17"})
    assert isinstance(asked, Failure)
    assert asked.retry_after == 17.0


def test_who_reads_is_not_told_where_that_is_off() -> None:
    assert whatsapp().capabilities.typing is not None
    silent = whatsapp(read_receipts="no").capabilities
    assert (silent.read_receipts, silent.typing) == (False, None)
