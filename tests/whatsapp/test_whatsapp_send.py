"""What is sent to WhatsApp, and what comes back; that Meta's specification allows it, the suite of
all channels checks.
"""

import inspect
import json
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cloud import NUMBER, whatsapp
from odd_graph import Odd, odd_graph

from tests.conformance.judge import Judge
from tests.conformance.judge import whatsapp as judge_of_whatsapp
from tests.conformance.of_whatsapp import (
    BSUID,
    HELLO,
    MESSAGES,
    PHOTO,
    SIGNALS,
    VOICE,
    accepted,
    error,
)
from workspace.channels.base import Failure, FilledTemplate, Seen, SendFailed, Sent
from workspace.channels.whatsapp import graph
from workspace.channels.whatsapp.codes import KIND_OF
from workspace.errors import ConfigError
from workspace.models import FailureKind, ParameterFormat, Rate, Template, TemplateHeader
from workspace.services.ratelimit import TokenBucket


@pytest.fixture(scope="session")
def meta(shared: Callable[[str], Path]) -> Judge:
    return judge_of_whatsapp(shared("specs/meta/whatsapp-cloud.judge.json"))


def bodies(meta: Judge, since: int) -> list[Any]:
    return [
        json.loads(request.content)
        for request in meta.seen[since:]
        if request.url.path.endswith("/messages")
    ]


@pytest.mark.parametrize("name", MESSAGES)
def test_what_a_request_holds(meta: Judge, name: str) -> None:
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


@pytest.mark.parametrize(
    ("data", "voice"),
    [
        (VOICE.data, True),
        (VOICE.data.replace(b"OpusHead", b"\x01vorbis\0"), False),
        (VOICE.data[:30], False),
        (b"OggS", False),
        (b"", False),
    ],
)
def test_opus_alone_is_a_voice_message(meta: Judge, data: bytes, voice: bool) -> None:
    before = len(meta.seen)
    channel = whatsapp(meta.before(accepted))
    sound = replace(HELLO, text="", files=(replace(VOICE, data=data),))
    channel.perform(channel.encode(sound)[0])
    [body] = bodies(meta, before)
    assert body["audio"].get("voice", False) is voice


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, str):
        yield value


# --- what comes back ------------------------------------------------------------------------------


def answered(status: int, body: Any, **headers: str) -> Sent | Failure:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    transport = httpx.MockTransport(
        lambda _: httpx.Response(status, content=content, headers=headers)
    )
    channel = whatsapp(transport)
    return channel.decode(channel.perform(channel.encode(HELLO)[0]))


def test_every_error_of_sending_that_another_client_knows_is_known() -> None:
    errors = pytest.importorskip("pywa.errors")
    missing = {
        name: found.__error_codes__
        for name, found in vars(errors).items()
        if inspect.isclass(found)
        and issubclass(found, errors.SendMessageError)
        and not set(getattr(found, "__error_codes__", None) or ()) <= KIND_OF.keys()
    }
    assert missing == {}


def test_a_title_is_no_reason() -> None:
    found = answered(400, error(131026, "What is wrong"))
    assert isinstance(found, Failure)
    assert found.code == "131026"
    assert "title" not in found.detail


def test_the_wait_that_is_asked_for_is_kept() -> None:
    found = answered(429, error(130429), **{"retry-after": "17"})
    assert isinstance(found, Failure)
    assert found.retry_after == 17.0
    for odd in ("soon", "-1", "1e9", "Wed, 21 Oct 2026 07:28:00 GMT", "٣"):
        other = answered(429, error(130429), **{"retry-after": odd}) if odd.isascii() else None
        assert other is None or isinstance(other, Failure)
        assert other is None or other.retry_after is None


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


def test_a_header_that_is_refused_here_has_not_left_and_is_not_quoted() -> None:
    found = failing(httpx.LocalProtocolError("Illegal header value b'Bearer EAAsecret\\r'"))
    assert found.kind is FailureKind.TRANSIENT
    assert found.detail == "WhatsApp can't be reached: LocalProtocolError"


def test_one_that_may_have_arrived_is_in_doubt() -> None:
    for reason in (httpx.ReadTimeout(""), httpx.RemoteProtocolError("cut"), httpx.WriteError("")):
        assert failing(reason).kind is FailureKind.UNKNOWN_OUTCOME


@pytest.mark.parametrize("how", ["hang up", "stall"])
@pytest.mark.parametrize(
    ("at", "kind"),
    [("media", FailureKind.TRANSIENT), ("messages", FailureKind.UNKNOWN_OUTCOME)],
)
def test_what_breaks_off_on_the_wire(
    monkeypatch: pytest.MonkeyPatch, at: str, kind: FailureKind, how: str
) -> None:
    monkeypatch.setattr(graph, "TIMEOUT", httpx.Timeout(30, read=0.5 if how == "stall" else 30))
    message = replace(HELLO, files=(PHOTO,)) if at == "media" else HELLO
    with odd_graph(Odd(at, how)) as server, closing(whatsapp(base_url=server.url)) as channel:
        [request] = channel.encode(message)
        with pytest.raises(SendFailed) as told:
            channel.perform(request)
    assert (told.value.failure.kind, server.asked) == (kind, [at])


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


@pytest.mark.parametrize("answer", [(503, b""), (200, b"{}"), (200, b'{"id": ""}'), (502, b"<")])
def test_an_upload_that_fails_has_sent_nothing(answer: tuple[int, bytes]) -> None:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(answer[0], content=answer[1])

    channel = whatsapp(httpx.MockTransport(handle))
    [request] = channel.encode(replace(HELLO, files=(PHOTO,)))
    found = channel.decode(channel.perform(request))
    assert isinstance(found, Failure)
    assert found.kind is FailureKind.TRANSIENT
    assert asked == [f"/v23.0/{NUMBER}/media"]


def test_a_success_without_a_name_is_of_a_read_receipt_alone() -> None:
    said = httpx.MockTransport(lambda _: httpx.Response(200, json={"success": True}))
    channel = whatsapp(said)
    for name, signal in SIGNALS.items():
        found = channel.decode(channel.perform(channel.encode_signal(signal)))
        assert (found == Sent("")) is isinstance(signal, Seen), name
    found = answered(200, {"success": True})
    assert isinstance(found, Failure)
    assert found.kind is FailureKind.UNKNOWN_OUTCOME


def test_a_missing_token_is_for_a_person_to_mend() -> None:
    channel = whatsapp(httpx.MockTransport(accepted), secrets={})
    with pytest.raises(SendFailed) as told:
        channel.perform(channel.encode(HELLO)[0])
    assert told.value.failure.kind is FailureKind.AUTH
    assert "WA_TOKEN" in told.value.failure.detail


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


def test_a_number_s_throughput_is_its_own() -> None:
    assert whatsapp().capabilities.rate == Rate(72, timedelta(seconds=1), 9)
    twenty = Rate(18, timedelta(seconds=1), 3)
    for given in (20, "20"):
        assert whatsapp(throughput=given).capabilities.rate == twenty
    silent = whatsapp(throughput=20, read_receipts="no").capabilities
    assert (silent.rate, silent.typing) == (twenty, None)
    for wrong in (0, 1001, "fast", True, 20.5):
        with pytest.raises(ConfigError, match="throughput must be a whole number from 1 to 1000"):
            whatsapp(throughput=wrong)


@pytest.mark.parametrize("most", [1, 2, 3, 20, 80, 1000])
def test_no_second_has_more_than_the_throughput(most: int) -> None:
    """However quickly the answers come."""
    now, sent = 0.0, []
    bucket = TokenBucket(whatsapp(throughput=most).capabilities.rate, lambda: now)
    while (now := now + bucket.wait()) < 2.5:
        bucket.take()
        sent.append(now)
    seconds = [bisect_left(sent, at + 1 - 1e-5) - n for n, at in enumerate(sent)]
    assert max(seconds) == seconds[0] == most


def test_a_variable_that_header_and_body_share_goes_into_both() -> None:
    template = Template(
        "welcome",
        "en",
        "UTILITY",
        "APPROVED",
        "Hello {{name}}, welcome.",
        header=TemplateHeader("TEXT", "For {{name}}"),
        parameter_format=ParameterFormat.NAMED,
    )
    assert [variable.key for variable in template.variables] == ["name"]
    sent = replace(HELLO, text="", template=FilledTemplate(template, {"name": "Ada"}))
    [request] = whatsapp().encode(sent)
    components = request.payload.body["template"]["components"]
    value = {"type": "text", "text": "Ada", "parameter_name": "name"}
    assert components == [
        {"type": "header", "parameters": [value]},
        {"type": "body", "parameters": [value]},
    ]
