"""What every kind of channel must pass. `make conformance` prints the table of it.

A check is left out only where the channel's capabilities lack what it is about, or where the kit
says that the kind can't have it; both are said at the end of a run.
"""

import signal
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import combinations, permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance import wrecks
from tests.conformance.conftest import KITS
from tests.conformance.desk import Desk
from tests.conformance.dying import live
from tests.conformance.edges import edges
from tests.conformance.kit import Kit, Refused, attempt, longest, says, shown_by, storable, told_of
from workspace.channels import REGISTRY
from workspace.channels.base import (
    Channel,
    Failure,
    HasWebhook,
    OffersTemplates,
    Outbound,
    React,
    Received,
    Request,
    Response,
    Seen,
    SendFailed,
    SendsSignals,
    Sent,
    StatusChanged,
)
from workspace.errors import CannotSend, ConfigError
from workspace.models import (
    Capabilities,
    DeliveryStatus,
    FailureKind,
    MediaKind,
    Rate,
    StartRule,
)
from workspace.rules import Draft, FileFacts, Situation, can_send

Shared = Callable[[str], Path]
check = pytest.mark.check
D = DeliveryStatus
TENTH = timedelta(seconds=0.1)


@pytest.fixture
def channel(kit: Kit, tmp_path: Path) -> Channel:
    return kit.channel(tmp_path)


def test_every_kind_is_here() -> None:
    assert {kit.kind for kit in KITS.values()} == set(REGISTRY)


# --- sending --------------------------------------------------------------------------------------


@check("encode: the judge takes each message", "encode")
def test_the_judge_takes_what_is_sent(kit: Kit, shared: Shared, tmp_path: Path) -> None:
    with kit.judged(shared, tmp_path) as judged:
        for name, message in kit.messages().items():
            assert isinstance(attempt(judged.channel, message), Sent), name
            documents = judged.documents()
            assert documents, name
            for document in documents:
                judged.judge(document)
        if isinstance(judged.channel, SendsSignals):
            for name, each in kit.signals().items():
                answer = judged.channel.perform(judged.channel.encode_signal(each))
                assert isinstance(judged.channel.decode(answer), Sent), name


@check("encode: a field dropped, renamed or retyped is refused", "encode")
@pytest.mark.slow
def test_each_field_is_looked_at(kit: Kit, shared: Shared, tmp_path: Path) -> None:
    """Otherwise that the judge takes what is sent would say nothing."""
    let_through = []
    with kit.judged(shared, tmp_path) as judged:
        for message in kit.messages().values():
            attempt(judged.channel, message)
        if isinstance(judged.channel, SendsSignals):
            for each in kit.signals().values():
                judged.channel.perform(judged.channel.encode_signal(each))
        for document in judged.documents():
            judged.judge(judged.again(document))
            for what, wreck in judged.wrecks(document):
                try:
                    judged.judge(wreck)
                except Refused:
                    continue
                let_through.append(what)
    assert not let_through


def open_now(channel: Channel) -> Situation:
    return Situation(channel.now(), channel.now())


@check("limits: at the edge, in the channel's own unit")
def test_limits(channel: Channel) -> None:
    can, now = channel.capabilities, open_now(channel)
    edge = longest(can.text_limit.n, can.text_limit.unit)
    assert can_send(can, Draft(edge), now) is None
    longer = can_send(can, Draft(f"{edge}x"), now)
    assert longer is not None
    assert longer.kind is FailureKind.INVALID
    for kind, rule in can.media.items():
        mime = min(rule.mimes, default="application/octet-stream")
        file = FileFacts(kind, "file", mime, rule.max_bytes)
        assert can_send(can, Draft(files=[file]), now) is None
        for odd in (replace(file, size=rule.max_bytes + 1), replace(file, size=0)):
            found = can_send(can, Draft(files=[odd]), now)
            assert found is not None
            assert found.kind is FailureKind.MEDIA
        if rule.mimes:
            assert can_send(can, Draft(files=[replace(file, mime="x/y")]), now) is not None
        small = replace(file, size=1)
        most = [small] * can.max_attachments
        assert can_send(can, Draft(files=most), now) is None
        assert can_send(can, Draft(files=[*most, small]), now) is not None
        if rule.caption_limit:
            edge = longest(rule.caption_limit, can.text_limit.unit)
            assert can_send(can, Draft(edge, [small]), now) is None
            assert can_send(can, Draft(f"{edge}x", [small]), now) is not None
        elif can.max_attachments == 1:
            refused = can_send(can, Draft("words", [small]), now)
            assert refused is not None, kind
            assert refused.kind is FailureKind.INVALID
            assert can_send(can, Draft(" \n", [small]), now) is None


@check("encode: no text beside a file is left out")
def test_no_text_is_left_out(kit: Kit, channel: Channel) -> None:
    """What the sample says may be sent; with other words another thing goes out."""
    can, now = channel.capabilities, open_now(channel)
    for name, message in kit.messages().items():
        if message.template or not message.files:
            continue
        facts = [FileFacts(f.kind, f.name, f.mime, len(f.data)) for f in message.files]
        assert can_send(can, Draft(message.text, facts), now) is None, name
        if can_send(can, Draft("some words", facts), now) is None:
            some, other = (
                [each.payload for each in channel.encode(replace(message, text=words))]
                for words in ("some words", "other words")
            )
            assert some != other, name


@check("window: open a second before its end, closed from then on")
def test_the_window(desk: Desk) -> None:
    window = desk.channel.capabilities.window
    if window is None:
        pytest.skip(f"{desk.kit!r}: it has no window")
    conversation = desk.hear()
    [(heard,)] = desk.sql("SELECT last_inbound_at FROM conversations")
    desk.now = heard + window - timedelta(seconds=1)
    assert desk.status(desk.send(conversation)) is D.SENT
    for seconds in (0, 1):
        desk.now = heard + window + timedelta(seconds=seconds)
        with pytest.raises(CannotSend, match="template"):
            desk.send(conversation)
    assert len(desk.sent) == 1


@check("templates: each wrong way is refused before the network")
def test_wrong_templates(desk: Desk) -> None:
    if desk.channel.capabilities.templates is None:
        pytest.skip(f"{desk.kit!r}: it has no templates")
    conversation, right = desk.hear(), desk.kit.template()
    files = {
        kind: desk.services.replies.upload(name, BytesIO(data), conversation).id
        for kind, name, data in wrecks.FILES
    }
    rule = desk.channel.capabilities.templates
    for name, (choice, words) in wrecks.choices(right, rule, files).items():
        with pytest.raises(CannotSend, match=words):
            desk.send(conversation, template=choice)
        assert desk.sent == [], name
    assert desk.status(desk.send(conversation, template=wrecks.fitting(right))) is D.SENT
    photo = wrecks.with_file(right, MediaKind.IMAGE)
    choice = replace(wrecks.fitting(photo), header=files[MediaKind.IMAGE])
    assert desk.status(desk.send(conversation, template=choice)) is D.SENT
    assert len(desk.sent) == 2


FOR_A_PERSON = {
    FailureKind.AUTH,
    FailureKind.WINDOW_CLOSED,
    FailureKind.TEMPLATE,
    FailureKind.UNREACHABLE,
    FailureKind.MARKETING_STOPPED,
}
"""Time does not heal these."""


@check("answers: each error has its kind and its words")
def test_errors(kit: Kit, channel: Channel) -> None:
    words, worded = kit.words(), set()
    kinds = set()
    for name, response, kind in kit.errors():
        found = channel.decode(response)
        assert isinstance(found, Failure), name
        assert found.kind is kind, (name, found)
        assert len(found.detail.split()) > 2, name
        assert words.get(name, "") in found.detail, name
        kinds.add(kind)
        worded |= {kind} if words.get(name) else set()
    for name, raw, kind in kit.late_errors():
        [event] = channel.parse(raw, kit.meta)
        assert isinstance(event, StatusChanged), name
        assert (event.status, event.failure_kind) == (D.FAILED, kind), name
        assert len(event.detail.split()) > 2, name
        assert words.get(name, "") in event.detail, name
        kinds.add(kind)
        worded |= {kind} if words.get(name) else set()
    assert kinds & FOR_A_PERSON <= worded, "kinds of which no words are demanded"


@check("answers: a wait that is asked for is kept, by the clock")
def test_the_wait_is_kept(desk: Desk) -> None:
    answer, seconds = desk.kit.limited()
    conversation = desk.hear()
    desk.answer = lambda _: answer
    message = desk.send(conversation)
    assert desk.status(message) is D.RETRY
    desk.answer = desk.kit.accepted
    desk.advance(seconds - 1)
    desk.deliver()
    assert len(desk.sent) == 1
    desk.advance(2)
    desk.deliver()
    assert (len(desk.sent), desk.status(message)) == (2, D.SENT)


@check("rates: kept to one customer, by the clock")
def test_the_pair_rate_is_kept(desk: Desk) -> None:
    can = desk.channel.capabilities
    if can.pair_rate is None:
        pytest.skip(f"{desk.kit!r}: it has no rate for one customer")
    pair, conversation = can.pair_rate, desk.hear()
    span = pair.per / pair.n * pair.burst
    # The burst goes at once, or as fast as the rate of all lets it.
    meanwhile = TENTH * 10 if can.rate else timedelta(0)
    assert meanwhile < span / 2, "it would never be met"
    for n in range(pair.burst + 2):
        desk.send(conversation, f"answer {n}")
    for _ in range(meanwhile // TENTH):
        desk.advance(TENTH.total_seconds())
        desk.deliver()
    assert len(desk.sent) == pair.burst
    desk.advance((span - meanwhile - TENTH).total_seconds())
    desk.deliver()
    assert len(desk.sent) == pair.burst
    desk.advance((meanwhile + TENTH).total_seconds())
    desk.deliver()
    assert len(desk.sent) == pair.burst + 2


@check("rates: kept to all customers together, by the clock")
def test_the_rate_is_kept(desk: Desk) -> None:
    can = desk.channel.capabilities
    if can.rate is None:
        pytest.skip(f"{desk.kit!r}: it has no rate")
    few = can.pair_rate.burst // 2 if can.pair_rate else can.rate.burst
    desk.take(*(desk.kit.stranger(n) for n in range(can.rate.burst // few + 2)))
    kept(desk, can.rate, [id for (id,) in desk.sql("SELECT id FROM conversations ORDER BY id")])


def kept(desk: Desk, rate: Rate, conversations: Sequence[int]) -> None:
    """To them in turn."""
    each = rate.per / rate.n
    for n in range(rate.burst + 2):
        desk.send(conversations[n % len(conversations)], f"answer {n}")
    for gone in (0, 1, 2):
        assert len(desk.sent) == rate.burst + gone
        desk.advance(each.total_seconds() * 0.9)
        desk.deliver()
        assert len(desk.sent) == rate.burst + gone
        desk.advance(each.total_seconds() * 0.1)
        desk.deliver()


def failure_of(channel: Channel, message: Outbound) -> Failure:
    with pytest.raises(SendFailed) as told:
        attempt(channel, message)
    return told.value.failure


def a_text(kit: Kit) -> Outbound:
    return kit.messages()["a text"]


@check("broken off: before the message is written it may be tried again", "cut before")
def test_broken_off_before(kit: Kit, tmp_path: Path) -> None:
    with kit.cut_before(tmp_path) as channel:
        for name, message in kit.messages().items():
            assert failure_of(channel, message).kind is FailureKind.TRANSIENT, name


@check("broken off: once it is written whole it is in doubt, and not sent again")
def test_broken_off_after(kit: Kit, desk: Desk, tmp_path: Path) -> None:
    with kit.cut_after(tmp_path / "cut") as channel:
        for name, each in kit.messages().items():
            failure = failure_of(channel, each)
            assert failure.kind is FailureKind.UNKNOWN_OUTCOME, name

    def cut(_: Outbound) -> Response:
        raise SendFailed(failure)

    conversation = desk.hear()
    desk.channel.find_sent = lambda key: None  # type: ignore[method-assign]
    desk.answer = cut
    message = desk.send(conversation)
    desk.advance(86_400)
    desk.deliver()
    assert (desk.status(message), len(desk.sent)) == (D.IN_DOUBT, 1)


# --- receiving ------------------------------------------------------------------------------------


@check("parse: what others have recorded is understood", "fixtures")
def test_fixtures(kit: Kit, channel: Channel, shared: Shared) -> None:
    silent = set()
    for name, (raw, meta) in kit.fixtures(shared).items():
        events = channel.parse(raw, meta)
        assert events, name
        for event in events:
            storable(event)
        if not any(map(says, events)):
            silent.add(name)
    assert silent == kit.quiet


@check("parse: total, whatever bytes come")
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_parse_is_total(kit: Kit, channel: Channel, data: st.DataObject) -> None:
    raw = data.draw(wrecks.payloads(kit.seeds()))
    for event in channel.parse(raw, kit.meta):
        storable(event)


@check("parse: total, wherever a payload is cut")
def test_parse_survives_truncation(kit: Kit, channel: Channel) -> None:
    for seed in kit.seeds():
        for end in range(len(seed)):
            for event in channel.parse(seed[:end], kit.meta):
                storable(event)
    for deep in (b"[" * 100_000, b'{"entry": ' * 50_000, b'{"events": ' * 50_000):
        for event in channel.parse(deep, kit.meta):
            storable(event)


@check("parse: k messages and m receipts of one payload", "bundle")
def test_all_of_a_payload_counts(kit: Kit, channel: Channel) -> None:
    for said, receipts in ((1, 0), (5, 7), (40, 1)):
        events = channel.parse(kit.bundle(said, receipts), kit.meta)
        texts = [event.text for event in events if isinstance(event, Received)]
        assert texts == [f"text {n}" for n in range(said)]
        assert sum(isinstance(event, StatusChanged) for event in events) == receipts


@check("deliveries: three times is once")
def test_three_times_is_once(desk: Desk) -> None:
    raws = [desk.kit.said(n) for n in range(3)]
    desk.take(*raws, *raws)
    for raw in reversed(raws):
        desk.take(raw)
    assert sorted(desk.texts()) == ["text 0", "text 1", "text 2"]


STRONGEST_FIRST = (D.READ, D.DELIVERED, D.FAILED, D.SENT)
"""Whatever is told besides and before: what was seen to arrive has arrived."""


@check("receipts: in any order, as often as they like")
def test_receipts_in_any_order(desk: Desk) -> None:
    conversation = desk.hear()
    told = told_of(desk.kit, desk.channel)
    sizes = {min(2, len(told)), len(told)}  # two of them, and all
    sets = (found for size in sorted(sizes) for found in combinations(told, size))
    for order in (order for found in sets for order in permutations(found)):
        message = desk.send(conversation)
        desk.advance(60)
        [(name,)] = desk.sql("SELECT provider_id FROM messages WHERE id = $1", message.id)
        raws = [desk.kit.receipt(name, status, desk.sent[-1].key) for status in order]
        desk.take(*raws[:1])
        assert desk.status(message) is order[0], order
        desk.take(*raws[1:], *raws)
        assert desk.status(message) is next(s for s in STRONGEST_FIRST if s in order), order


@check("receipts: before the answer to the send")
def test_a_receipt_before_the_answer(desk: Desk) -> None:
    conversation = desk.hear()
    for status in told_of(desk.kit, desk.channel):

        def early(message: Outbound, status: DeliveryStatus = status) -> Response:
            answer = desk.kit.accepted(message)
            sent = desk.channel.decode(answer)
            assert isinstance(sent, Sent)
            desk.take(desk.kit.receipt(sent.provider_id, status, message.key))
            return answer

        desk.answer = early
        message = desk.send(conversation)
        assert desk.status(message) is status
        desk.advance(60)
    assert desk.sql("SELECT count(*) FROM parked") == [(0,)]


@check("echoes: our own message stays one, and ours", "echo")
def test_our_own_echo(desk: Desk) -> None:
    conversation = desk.hear()
    message = desk.send(conversation, "as it was written")
    [(name,)] = desk.sql("SELECT provider_id FROM messages WHERE id = $1", message.id)
    for _ in range(2):
        desk.take(desk.kit.echo(desk.sent[0], name))
    assert desk.texts() == ["text 0", "as it was written"]
    assert (desk.status(message), len(desk.sent)) == (D.SENT, 1)


@check("signatures: right, wrong, missing, altered")
def test_signatures(kit: Kit, channel: Channel) -> None:
    if not isinstance(channel, HasWebhook):
        pytest.skip(f"{kit!r}: it takes no webhooks")
    raw = kit.said(0) + "ü".encode()
    right = kit.signed(raw)
    assert channel.may_be_signed(right)
    assert channel.verify(right, raw)
    assert not channel.verify(right, raw + b" ")
    assert not channel.verify(right, b"")
    assert not channel.verify({}, raw)
    for secret in ("another", ""):
        assert not channel.verify(kit.signed(raw, secret), raw)
    for name, value in right.items():
        for odd in ("", value[:-1], value[1:], value + "0", "ü", "\udc80", value.upper()):
            assert not channel.verify({**right, name: odd}, raw)


@check("kill -9: between fetch and commit nothing is lost or doubled")
@pytest.mark.timeout(1500)
@pytest.mark.slow
def test_killed_between_fetch_and_commit(kit: Kit, tmp_path: Path) -> None:
    with kit.provider(tmp_path) as provider:
        provider.bring(1)
        assert live(kit, tmp_path / "ws", 1, provider.options) == ["text 0"]
        provider.bring(3)
        for fault in ("after_fetch", "after_append"):
            assert live(kit, tmp_path / "ws", 3, provider.options, fault) == signal.SIGKILL
        found = live(kit, tmp_path / "ws", 3, provider.options)
        assert found == ["text 0", "text 1", "text 2"]


# --- what must not show, and what must be so ------------------------------------------------------


@check("secrets: never in logs, reprs or exceptions")
def test_secrets_stay_secret(
    kit: Kit, desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    message = replace(a_text(kit), text="a private word")
    shown = []
    with ExitStack() as stack:
        channels = [desk.channel, stack.enter_context(kit.cut_after(tmp_path / "after"))]
        if "cut before" not in kit.lacks:
            channels.append(stack.enter_context(kit.cut_before(tmp_path / "before")))
        for channel in channels:
            shown += shown_by(channel, message)
            if isinstance(channel, HasWebhook):
                raw = kit.said(0)
                shown.append(repr(channel.verify(kit.signed(raw, "another"), raw)))
    for name, value in kit.environment.items():
        wrong = {o: value if v == f"env:{name}" else v for o, v in kit.options.items()}
        with pytest.raises(ConfigError) as told:
            kit.channel(tmp_path, **wrong)
        shown += [repr(told.value), told.value.message, repr(told.value.detail)]
    conversation = desk.hear()
    desk.send(conversation, "a private word")
    said = "\n".join([*shown, caplog.text])
    for secret in (*kit.environment.values(), "a private word", message.to.value, "text 0"):
        assert secret not in said.replace(repr(desk.kit), "")


@check("capabilities: honest")
def test_capabilities_are_honest(kit: Kit, channel: Channel) -> None:
    can: Capabilities = channel.capabilities
    assert kit.kind in REGISTRY
    assert kit.somebody.kind in can.address
    assert (can.can_start is StartRule.FREE) is (can.start_reason == "")
    assert can.can_start is not StartRule.TEMPLATE_ONLY or can.templates
    assert not can.templates or isinstance(channel, OffersTemplates)
    assert can.receipts <= kit.told() | {D.SENT}, "receipts that nothing tells of"
    for status in kit.told() & can.receipts:
        [event] = channel.parse(kit.receipt("m", status, ""), kit.meta)
        assert isinstance(event, StatusChanged)
        assert event.status is status
    kinds = {file.kind for message in kit.messages().values() for file in message.files}
    assert kinds == set(can.media), "kinds of files that no sample shows"
    assert {m.to.kind for m in kit.messages().values()} == set(can.address)
    assert max(len(m.files) for m in kit.messages().values()) <= can.max_attachments
    for rule in can.media.values():
        for before, after in rule.rewrap.items():
            assert before not in rule.mimes
            assert not rule.mimes or after in rule.mimes


@check("capabilities: what is said of quotes, reactions, reading and typing is so")
def test_signals_are_honest(kit: Kit, channel: Channel) -> None:
    can, signals = channel.capabilities, list(kit.signals().values())
    seen = [each for each in signals if isinstance(each, Seen)]
    assert any(isinstance(each, React) for each in signals) is can.reactions
    assert bool(seen) is can.read_receipts
    assert any(each.typing for each in seen) is (can.typing is not None)
    assert isinstance(channel, SendsSignals) is bool(signals)
    if isinstance(channel, SendsSignals):
        told = [channel.encode_signal(each).payload for each in signals]
        assert all(one != other for one, other in combinations(told, 2)), "signals told alike"
    plain = a_text(kit)
    thread = replace(plain.thread, in_reply_to="<m1@customer.example>")
    answer = replace(plain, reply_to="m1", thread=thread)
    one, other = ([each.payload for each in channel.encode(m)] for m in (plain, answer))
    assert (one != other) is (can.quotes or can.threads)


@check("capabilities: the longest text goes over the wire", "encode")
def test_the_longest_is_sent(kit: Kit, shared: Shared, tmp_path: Path) -> None:
    with kit.judged(shared, tmp_path) as judged:
        limit = judged.channel.capabilities.text_limit
        message = replace(a_text(kit), text=longest(limit.n, limit.unit))
        assert isinstance(attempt(judged.channel, message), Sent)
        for document in judged.documents():
            judged.judge(document)


@check("capabilities: each limit is the provider's own, which refuses one more", "encode", "edges")
def test_limits_are_the_providers(kit: Kit, shared: Shared, tmp_path: Path) -> None:
    let_through = []
    with kit.judged(shared, tmp_path) as judged:
        for name, most, more in edges(kit, judged.channel.capabilities):
            assert isinstance(attempt(judged.channel, most), Sent), name
            for document in judged.documents():
                judged.judge(document)
                judged.measure(document)
            attempt(judged.channel, more)
            try:
                for document in judged.documents():
                    judged.measure(document)
            except Refused:
                continue
            let_through.append(name)
    assert not let_through


@check("requests: encode is pure")
def test_encode_is_pure(kit: Kit, channel: Channel) -> None:
    for name, message in kit.messages().items():
        first, second = channel.encode(message), channel.encode(message)
        assert [r.payload for r in first] == [r.payload for r in second], name
        assert all(isinstance(each, Request) for each in first)
