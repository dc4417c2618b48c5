"""The channel and the simulated Cloud API, over HTTP; and Meta's judge between them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import httpx
import pytest
from cloud import whatsapp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.conformance.of_whatsapp import BSUID, HELLO, MESSAGES, PHONE, PHOTO, SIGNALS, filled
from workspace.channels.base import (
    Failure,
    MarketingChosen,
    NotThere,
    React,
    Seen,
    Sent,
    StatusChanged,
)
from workspace.channels.simulated.catalogue import CATALOGUE
from workspace.channels.whatsapp.channel import WhatsAppChannel
from workspace.models import Address, AddressKind, FailureKind
from workspace.testing.cloud import Cloud, CloudServer, Customer, cloud_server
from workspace.testing.serving import serving

ADA = Customer("4915112345678", "Ada", BSUID.value)
BOB = Customer("4915198765432", "Bob")


@pytest.fixture
def server() -> Iterator[CloudServer]:
    with cloud_server() as server:
        yield server


@pytest.fixture
def channel(server: CloudServer) -> Iterator[WhatsAppChannel]:
    channel = whatsapp(base_url=server.url)
    yield channel
    channel.close()


def send(channel: WhatsAppChannel, message=HELLO) -> Sent | Failure:  # type: ignore[no-untyped-def]
    [request] = channel.encode(message)
    return channel.decode(channel.perform(request))


@pytest.mark.parametrize("name", MESSAGES)
def test_what_the_judge_allows_it_takes(
    server: CloudServer, channel: WhatsAppChannel, name: str
) -> None:
    heard = server.cloud.writes(ADA, "Hello")
    message = replace(MESSAGES[name], reply_to=heard if MESSAGES[name].reply_to else "")
    template = message.template and message.template.template
    answer = send(channel, message)
    if template and template.status != "APPROVED":
        assert isinstance(answer, Failure)
        assert answer.kind is FailureKind.TEMPLATE
    else:
        assert isinstance(answer, Sent)
        assert server.cloud.accepted(message.key) == 1


def tell(channel: WhatsAppChannel, signal: React | Seen) -> Sent | Failure:
    return channel.decode(channel.perform(channel.encode_signal(signal)))


@pytest.mark.parametrize("name", SIGNALS)
def test_so_it_does_signals(server: CloudServer, channel: WhatsAppChannel, name: str) -> None:
    heard = server.cloud.writes(ADA, "Hello")
    assert isinstance(tell(channel, replace(SIGNALS[name], provider_id=heard)), Sent)
    server.cloud.take_due()
    assert "failed" not in told_later(server, channel)


def told_later(server: CloudServer, channel: WhatsAppChannel) -> list[str]:
    server.cloud.advance(timedelta(seconds=5))
    events = [e for c in server.cloud.take_due() for e in parsed(channel, c)]
    return [e.status.value for e in events if isinstance(e, StatusChanged)]


def test_it_knows_the_messages_there_are(server: CloudServer, channel: WhatsAppChannel) -> None:
    theirs, other = server.cloud.writes(ADA, "Hello"), server.cloud.writes(BOB, "Hello")
    ours = send(channel)
    assert isinstance(ours, Sent)
    for id in (theirs, ours.provider_id):
        assert isinstance(send(channel, replace(HELLO, reply_to=id)), Sent)
        assert isinstance(tell(channel, React(BSUID, id, "👍")), Sent)
    assert "failed" not in told_later(server, channel)
    for answer in (
        tell(channel, Seen(PHONE, "wamid.nobody")),
        tell(channel, Seen(PHONE, ours.provider_id)),
        tell(channel, React(PHONE, theirs, "not an emoji at all")),
        send(channel, replace(HELLO, reply_to="wamid.nobody")),
        send(channel, replace(HELLO, reply_to=other)),
    ):
        assert isinstance(answer, Failure)
        assert (answer.kind, answer.code) == (FailureKind.INVALID, "131009")


@pytest.mark.parametrize("known", [True, False])
def test_a_reaction_to_what_is_not_there_fails_later(
    server: CloudServer, channel: WhatsAppChannel, known: bool
) -> None:
    server.cloud.writes(ADA, "Hello")
    id = server.cloud.writes(BOB, "Hello") if known else "wamid.nobody"
    assert isinstance(tell(channel, React(PHONE, id, "👍")), Sent)
    assert told_later(server, channel) == ["failed"]
    [sent] = server.cloud.sent.values()
    assert sent.code == 131009


def test_it_refuses_as_meta_would(server: CloudServer, channel: WhatsAppChannel) -> None:
    def refusal(message=HELLO) -> FailureKind:  # type: ignore[no-untyped-def]
        answer = send(channel, message)
        assert isinstance(answer, Failure)
        return answer.kind

    assert refusal(replace(HELLO, text="x" * 4097)) is FailureKind.INVALID
    assert refusal(replace(HELLO, files=(replace(PHOTO, mime="image/gif"),))) is FailureKind.MEDIA
    [approved] = [t for t in CATALOGUE if (t.name, t.language) == ("order_update", "en")]
    message, before = filled(approved), server.cloud.templates
    server.cloud.templates = [replace(t, body=f"{t.body} {{{{4}}}}") for t in before]
    assert refusal(message) is FailureKind.TEMPLATE
    server.cloud.templates = before
    assert isinstance(send(channel, message), Sent)
    server.cloud.review("order_update", "en", "PAUSED")
    assert refusal(message) is FailureKind.TEMPLATE
    server.cloud.account = replace(server.cloud.account, token="another")
    assert refusal() is FailureKind.AUTH


def test_a_burst_to_one_customer_is_limited(server: CloudServer, channel: WhatsAppChannel) -> None:
    server.cloud.writes(ADA, "Hello")
    kinds = [send(channel) for _ in range(46)]
    assert [isinstance(answer, Sent) for answer in kinds] == [True] * 45 + [False]
    last = kinds[-1]
    assert isinstance(last, Failure)
    assert last.kind is FailureKind.RATE_LIMITED
    server.advance(timedelta(minutes=5))
    assert isinstance(send(channel), Sent)


def test_two_names_are_one_customer(server: CloudServer, channel: WhatsAppChannel) -> None:
    hidden = replace(HELLO, to=BSUID)
    server.cloud.writes(ADA, "Hello")
    answers = [send(channel, each) for each in (HELLO, hidden) * 23]
    assert [isinstance(answer, Sent) for answer in answers] == [True] * 45 + [False]
    server.cloud.advance(timedelta(minutes=5))
    server.cloud.take_due()
    server.cloud.refuse[ADA.wa_id] = 131026
    assert isinstance(send(channel, hidden), Sent)
    assert told_later(server, channel) == ["failed"]
    server.cloud.silent.add(ADA.wa_id)
    answer = send(channel, hidden)
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.UNKNOWN_OUTCOME


def test_it_is_so_as_well_while_the_window_is_closed(channel: WhatsAppChannel) -> None:
    kinds = [isinstance(send(channel), Sent) for _ in range(46)]
    assert kinds == [True] * 45 + [False]


def test_a_number_has_a_throughput_in_and_out_together(
    server: CloudServer, channel: WhatsAppChannel
) -> None:
    for n in range(30):
        server.cloud.writes(Customer(f"49151{n}"), "Hello")
    others = [replace(HELLO, to=Address(AddressKind.PHONE, f"+49152{n}")) for n in range(51)]
    answers = [send(channel, each) for each in others]
    assert [isinstance(answer, Sent) for answer in answers] == [True] * 50 + [False]
    last = answers[-1]
    assert isinstance(last, Failure)
    assert (last.kind, last.code, last.pair) == (FailureKind.RATE_LIMITED, "130429", False)
    server.cloud.advance(timedelta(seconds=1))
    assert isinstance(send(channel, others[-1]), Sent)


def test_an_answer_that_is_lost_is_a_doubt(server: CloudServer, channel: WhatsAppChannel) -> None:
    server.cloud.silent.add(ADA.wa_id)
    answer = send(channel)
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.UNKNOWN_OUTCOME
    assert server.cloud.accepted(HELLO.key) == 1


def test_templates_come_back_as_they_were(channel: WhatsAppChannel) -> None:
    found = {(t.name, t.language): t for t in channel.templates()}
    assert found.keys() == {(t.name, t.language) for t in CATALOGUE}
    for own in CATALOGUE:
        other = found[own.name, own.language]
        assert replace(other, examples={}, reason="") == replace(own, examples={}, reason="")
        assert [v.example for v in other.variables] == [v.example for v in own.variables]


def test_files_come_back_as_they_were(server: CloudServer, channel: WhatsAppChannel) -> None:
    data = bytes(range(256)) * 4000
    server.cloud.sends_file(ADA, "image", "image/jpeg", data)
    [content] = server.cloud.take_due()
    [event] = parsed(channel, content)
    [file] = event.files
    into = BytesIO()
    channel.fetch(file.remote, into)
    assert into.getvalue() == data
    server.cloud.advance(timedelta(days=31))
    with pytest.raises(NotThere):
        channel.fetch(file.remote, BytesIO())
    assert all(check.ok for check in channel.test())


def test_an_address_of_a_file_serves_for_five_minutes(server: CloudServer) -> None:
    id = server.cloud.keep("image/jpeg", b"\xff\xd8 a photo")
    headers = {"authorization": f"Bearer {server.cloud.account.token}"}

    def status(address: str) -> int:
        return httpx.get(address, headers=headers).status_code

    def asked() -> str:
        return str(httpx.get(f"{server.url}/v23.0/{id}", headers=headers).json()["url"])

    address = asked()
    server.cloud.advance(timedelta(minutes=5) - timedelta(seconds=1))
    assert status(address) == 200
    server.cloud.advance(timedelta(seconds=1))
    assert status(address) == 404
    assert status(asked()) == 200
    assert status(address.partition("?")[0]) == 404


def test_a_file_that_is_no_longer_kept_can_not_be_sent(server: CloudServer) -> None:
    id = server.cloud.keep("image/jpeg", b"\xff\xd8 a photo")
    body = {"messaging_product": "whatsapp", "to": ADA.wa_id, "type": "image", "image": {"id": id}}
    assert server.cloud.send(body)[0] == 200
    server.cloud.advance(timedelta(days=30))
    status, answer = server.cloud.send(body)
    assert (status, answer["error"]["code"]) == (400, 100)


def parsed(channel: WhatsAppChannel, content: object):  # type: ignore[no-untyped-def]
    from test_whatsapp_parse import META

    return channel.parse(json.dumps(content).encode(), META)


def test_it_tells_by_webhook_until_it_is_heard(server: CloudServer) -> None:
    heard: list[bytes] = []
    channel = whatsapp()

    async def hear(request: Request) -> Response:
        raw = await request.body()
        heard.append(raw)
        assert channel.verify(dict(request.headers.items()), raw)
        return Response(status_code=200 if len(heard) % 3 == 0 else 500)

    with serving(Starlette(routes=[Route("/hook", hear, methods=["POST"])])) as url:
        server.webhooks = f"{url}/hook"
        server.cloud.writes(ADA, "Hello")
        for seconds, times in ((0, 1), (9, 1), (1, 2), (19, 2), (1, 3), (86_400, 3)):
            server.advance(timedelta(seconds=seconds))
            assert len(heard) == times, "after an ever longer wait, until it is acknowledged"
    assert len(set(heard)) == 1
    assert server.refused == [500, 500]
    assert server.cloud.due == []


def test_what_was_told_to_nobody_is_told_later(server: CloudServer) -> None:
    heard: list[bytes] = []

    async def hear(request: Request) -> Response:
        heard.append(await request.body())
        return Response()

    with serving(Starlette(routes=[Route("/hook", hear, methods=["POST"])])) as url:
        server.webhooks = f"{url}/hook"
    for text in ("Hello", "Is anybody there?"):
        server.cloud.writes(ADA, text)
    server.advance()
    assert server.refused == [0, 0]
    with serving(Starlette(routes=[Route("/hook", hear, methods=["POST"])])) as url:
        server.webhooks = f"{url}/hook"
        server.advance(timedelta(minutes=1))
    assert [b"Hello" in heard[0], b"Is anybody there?" in heard[1]] == [True, True]
    assert len(heard) == 2


def test_it_tells_twice_and_in_no_order_where_this_is_wanted() -> None:
    heard: list[bytes] = []

    async def hear(request: Request) -> Response:
        heard.append(await request.body())
        return Response()

    server = CloudServer(Cloud(), duplicates=0.5, reordering=True)
    ids = [server.cloud.writes(ADA, f"text {n}") for n in range(20)]
    with serving(Starlette(routes=[Route("/hook", hear, methods=["POST"])])) as url:
        server.webhooks = f"{url}/hook"
        server.advance()
        server.advance(timedelta(minutes=1))
    told = [next(id for id in ids if id.encode() in raw) for raw in heard]
    assert set(told) == set(ids)
    assert 20 < len(told) < 40
    assert list(dict.fromkeys(told)) != ids


def test_what_is_never_acknowledged_is_told_twice_at_first_alone() -> None:
    heard: list[bytes] = []

    async def hear(request: Request) -> Response:
        heard.append(await request.body())
        return Response(status_code=500)

    server = CloudServer(Cloud(), duplicates=1, reordering=True)
    server.cloud.writes(ADA, "Hello")
    with serving(Starlette(routes=[Route("/hook", hear, methods=["POST"])])) as url:
        server.webhooks = f"{url}/hook"
        for times in (2, 3, 4, 5):
            server.advance(timedelta(hours=1))
            assert (len(heard), len(server.cloud.due)) == (times, 1)


def test_a_reaction_opens_no_window(server: CloudServer, channel: WhatsAppChannel) -> None:
    heard = server.cloud.writes(ADA, "Hello")
    server.cloud.advance(timedelta(hours=24))
    server.cloud.writes(ADA, type="reaction", reaction={"message_id": heard, "emoji": "👍"})
    server.cloud.take_due()
    assert isinstance(send(channel), Sent)
    assert told_later(server, channel) == ["failed"]
    server.cloud.writes(ADA, "Anybody there?")
    server.cloud.take_due()
    assert isinstance(send(channel), Sent)
    assert "failed" not in told_later(server, channel)


def test_outside_the_window_the_refusal_comes_late(
    server: CloudServer, channel: WhatsAppChannel
) -> None:
    server.cloud.writes(ADA, "Hello")
    server.cloud.take_due()
    assert isinstance(send(channel), Sent)
    server.cloud.advance(timedelta(hours=24))
    assert [e.status.value for c in server.cloud.take_due() for e in parsed(channel, c)] == [
        "sent", "delivered",
    ]  # fmt: skip
    assert isinstance(send(channel), Sent)
    server.cloud.advance(timedelta(seconds=5))
    [late] = [e for c in server.cloud.take_due() for e in parsed(channel, c)]
    assert (late.status.value, late.failure_kind) == ("failed", FailureKind.WINDOW_CLOSED)
    assert late.key == HELLO.key


def test_who_stopped_marketing_messages_gets_none_until_they_resume(
    server: CloudServer, channel: WhatsAppChannel
) -> None:
    def told() -> list[tuple[str, object]]:
        server.cloud.advance(timedelta(seconds=5))
        events = [e for c in server.cloud.take_due() for e in parsed(channel, c)]
        return [
            (e.status.value, e.failure_kind) if isinstance(e, StatusChanged) else ("chose", e)
            for e in events
        ]

    voucher = filled(next(t for t in CATALOGUE if t.name == "welcome_voucher"))
    order = filled(next(t for t in CATALOGUE if t.name == "order_update"))
    server.cloud.chooses(ADA, stopped=True)
    stop = MarketingChosen("", server.cloud.now, (PHONE, BSUID), stopped=True)
    assert told() == [("chose", stop)]
    assert isinstance(send(channel, voucher), Sent)
    assert told() == [("failed", FailureKind.MARKETING_STOPPED)]
    assert isinstance(send(channel, order), Sent)
    assert told() == [("sent", None), ("delivered", None)]
    server.cloud.chooses(ADA, stopped=False)
    [(_, resume)] = told()
    assert resume == replace(
        stop, occurred_at=server.cloud.now - timedelta(seconds=5), stopped=False
    )
    assert isinstance(send(channel, voucher), Sent)
    assert told() == [("sent", None), ("delivered", None)]
