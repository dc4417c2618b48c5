"""Templates of the Cloud API in the store: read from it, and as its webhooks tell."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cloud import OPTIONS

from workspace.channels.base import Meta, Payload
from workspace.channels.whatsapp import template_news
from workspace.errors import ProviderUnavailable
from workspace.models import Template
from workspace.services import Services, payloads
from workspace.testing.cloud import CloudServer, cloud_server

REJECTED = ("payment_failed", "en")
HELLO = ("hello", "en")
DOCS = Path(__file__).parents[2] / "docs" / "whatsapp.md"
WORDS = "Parameters stand next to each other."


@pytest.fixture
def server() -> Iterator[CloudServer]:
    with cloud_server() as server:
        yield server


@pytest.fixture
def channel(services: Services, server: CloudServer) -> int:
    return services.accounts.add("whatsapp", "Shop", {**OPTIONS, "base_url": server.url}).id


def kept(services: Services, channel: int, key: tuple[str, str] = HELLO) -> Template:
    [found] = [t for t in services.templates.of(channel) if (t.name, t.language) == key]
    return found


def tell(services: Services, server: CloudServer, channel: int, copies: int = 1) -> None:
    """Give the journal what the provider has to tell, as the receiver does."""
    for content in server.cloud.take_due():
        raw = Payload(json.dumps(content).encode(), Meta(datetime.now(UTC)), "")
        services.journal.append([payloads.record(channel, raw)] * copies)
    services.receiving.apply_pending()


def review(server: CloudServer, status: str, reason: str = "NONE", **later: float) -> None:
    """At a time after what was read last."""
    server.cloud.now = datetime.now(UTC).replace(microsecond=0) + timedelta(**later)
    server.cloud.review(*HELLO, status, reason)


def test_what_the_provider_has_is_kept(
    services: Services, server: CloudServer, channel: int
) -> None:
    found = services.templates.of(channel)
    assert {(t.name, t.language, t.status, t.body) for t in found} == {
        (t.name, t.language, t.status, t.body) for t in server.cloud.templates
    }
    assert kept(services, channel, REJECTED).reason == "Invalid format"
    asked = len(server.requests)
    services.templates.of(channel)
    assert len(server.requests) == asked


def test_a_webhook_tells_at_once_and_the_list_at_the_next_reading(
    services: Services, server: CloudServer, channel: int
) -> None:
    assert kept(services, channel).status == "APPROVED"
    review(server, "REJECTED", "INVALID_FORMAT")
    tell(services, server, channel, copies=3)
    assert (kept(services, channel).status, kept(services, channel).reason) == (
        "REJECTED",
        "Invalid format",
    )
    assert services.syncing.sync_due() == 0
    review(server, "SOMETHING_NEW")
    server.cloud.due.clear()
    services.syncing.sync(channel)
    assert kept(services, channel).status == "SOMETHING_NEW"
    server.cloud.templates.clear()
    services.syncing.sync(channel)
    assert services.templates.of(channel) == []


def test_a_change_that_is_told_in_part_is_read(
    services: Services, server: CloudServer, channel: int
) -> None:
    assert kept(services, channel).quality == ""
    server.cloud.rate(*HELLO, "YELLOW")
    server.cloud.edit(*HELLO, body="Hello there!")
    tell(services, server, channel)
    assert services.syncing.sync_due() == 1
    found = kept(services, channel)
    assert (found.quality, found.body, found.status) == ("YELLOW", "Hello there!", "APPROVED")


def of(server: CloudServer, key: tuple[str, str]) -> Template:
    return next(t for t in server.cloud.templates if (t.name, t.language) == key)


def test_old_news_changes_nothing(services: Services, server: CloudServer, channel: int) -> None:
    assert kept(services, channel).status == "APPROVED"
    review(server, "PAUSED", minutes=-5)
    server.cloud.review(*HELLO, "APPROVED")
    [paused, _] = server.cloud.due
    server.cloud.due = [paused]
    tell(services, server, channel)
    assert kept(services, channel).status == "APPROVED"
    assert services.syncing.sync_due() == 1


def test_a_template_nobody_knew_is_read(
    services: Services, server: CloudServer, channel: int
) -> None:
    hello = of(server, HELLO)
    server.cloud.templates.remove(hello)
    assert len(services.templates.of(channel)) == len(server.cloud.templates)
    server.cloud.templates.append(hello)
    review(server, "APPROVED")
    tell(services, server, channel)
    assert services.syncing.sync_due() == 1
    assert kept(services, channel).status == "APPROVED"


def test_a_provider_out_of_reach_is_told_and_asked_again(
    services: Services, server: CloudServer, channel: int
) -> None:
    server.cloud.account = server.cloud.account.__class__(token="another")
    [state] = services.syncing.sync(channel)
    assert "refused" in state.failure
    assert state.synced_at is None
    with pytest.raises(Exception, match="refused"):
        services.templates.of(channel)
    assert services.syncing.sync_due() == 0


def test_what_does_not_answer_is_an_error_that_says_so(services: Services) -> None:
    options = {**OPTIONS, "base_url": "http://127.0.0.1:9"}
    dead = services.accounts.add("whatsapp", "Dead", options).id
    with pytest.raises(ProviderUnavailable, match="can't be reached"):
        services.templates.of(dead)
    assert services.templates.all() == []


def test_a_removed_channel_takes_its_templates_along(
    services: Services, server: CloudServer, channel: int
) -> None:
    assert services.templates.all()
    services.accounts.remove(channel)
    assert services.templates.all() == []
    with services.store.read() as db:
        assert db.execute("SELECT count(*) FROM template_syncs") == [(0,)]


def test_the_manual_names_what_to_subscribe_to() -> None:
    manual = DOCS.read_text()
    assert [field for field in template_news.FIELDS if f"| `{field}` |" not in manual] == []
