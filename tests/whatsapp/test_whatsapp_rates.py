"""What WhatsApp's limits do to what is sent, against the simulated Cloud API and its clock."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cloud import OPTIONS, SECRETS

from workspace.channels.base import Channel, Meta, Payload
from workspace.channels.whatsapp import options as whatsapp_options
from workspace.channels.whatsapp.channel import WhatsAppChannel
from workspace.channels.whatsapp.graph import Graph
from workspace.channels.whatsapp.options import WhatsAppSecrets
from workspace.models import Actor, ActorKind
from workspace.services import Services, World, payloads
from workspace.services.filters import Filter
from workspace.settings import Paths, Secrets
from workspace.testing import at_once
from workspace.testing.cloud import CloudServer, Customer, cloud_server
from workspace.testing.cloud.model import BURST, PAIR

ANN = Actor(ActorKind.OPERATOR, "ann")
ADA, BOB = Customer("4915112345678", "Ada"), Customer("4915187654321", "Bob")


@pytest.fixture
def server() -> Iterator[CloudServer]:
    with cloud_server() as server:
        yield server


@pytest.fixture
def shop(
    server: CloudServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Services]:
    """Where nothing moves by itself, and the time is the provider's."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)

    def now() -> Any:
        return server.cloud.now

    def create(
        kind: str, options: Mapping[str, Any], secrets: Secrets, state_path: Path, channel_id: int
    ) -> Channel:
        own = whatsapp_options.read(options)
        read = WhatsAppSecrets(secrets, own)
        return WhatsAppChannel(own, read, Graph(own, read.token), now)

    world = World(create, now, lambda low, high: high)
    with closing(Services.open(Paths(tmp_path / "ws"), at_once.settings(), world)) as services:
        services.accounts.add("whatsapp", "Line", {**OPTIONS, "base_url": server.url})
        yield services


def hear(shop: Services, server: CloudServer) -> None:
    """All that is told by now arrives."""
    [channel] = shop.accounts.ids()
    raws = [json.dumps(content).encode() for content in server.cloud.take_due()]
    meta = Meta(server.cloud.now)
    shop.journal.append([payloads.record(channel, Payload(raw, meta, "")) for raw in raws])
    shop.receiving.apply_pending()


def test_more_than_a_burst_to_one_customer_arrives_and_holds_up_nobody(
    shop: Services, server: CloudServer
) -> None:
    """The provider lets nothing more through until a burst has been waited for: that is known
    here, so nothing is sent that it would refuse, and no time is lost.
    """
    cloud, words = server.cloud, [f"line {n}" for n in range(BURST + 5)]
    for customer in (ADA, BOB):
        cloud.writes(customer, "Hello")
    hear(shop, server)
    ada, bob = sorted(shop.inbox.conversations(Filter()).rows, key=lambda row: row.address.value)
    for text in words:
        shop.replies.send(ada.id, text, [], ANN, None)
    started, gone = cloud.now, timedelta()
    while len(cloud.sent) <= len(words) and gone < 4 * PAIR * BURST:
        shop.delivery.deliver_due()
        if gone == PAIR * 2:
            shop.replies.send(bob.id, "for Bob", [], ANN, None)
        cloud.advance(PAIR / 12)
        gone = cloud.now - started
    sent = [(each.to, each.body["text"]["body"], each.at - started) for each in cloud.sent.values()]
    assert [text for to, text, _ in sent if to.endswith(ADA.wa_id)] == words
    assert [at for to, _, at in sent if to.endswith(BOB.wa_id)] == [PAIR * 2 + PAIR / 12]
    told = shop.inbox.messages(ada.id, None, 100).messages
    assert {m.failure for m in told} == {""}
    assert sent[-1][2] == PAIR * BURST  # five went with the first, so the rule needs no longer
    asked = [path for _, path in server.requests if path.endswith("/messages")]
    assert len(asked) == len(cloud.sent), "the provider refused some"
