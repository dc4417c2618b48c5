"""One address for all numbers of an app: each channel gets its own, and the rest is told."""

import json
from contextlib import closing
from typing import Any

import pytest
from cloud import BUSINESS, OPTIONS, SECRETS
from signed import payload, raw, signature, text

from workspace.errors import ConfigError, Unauthorized
from workspace.hub.webhooks import Listener
from workspace.models import Check
from workspace.services import Services
from workspace.services.accounts import WAITING
from workspace.services.filters import Filter

OTHER = "998877665544"


@pytest.fixture
def sales(services: Services) -> int:
    return services.accounts.add("whatsapp", "Sales", OPTIONS).id


def add(services: Services, name: str, **options: str) -> int:
    return services.accounts.add("whatsapp", name, {**OPTIONS, **options}).id


def call(services: Services, channel: int, content: Any) -> None:
    body = raw(content)
    services.webhooks.take(channel, signature(body), body)
    services.receiving.apply_pending()


def shown(services: Services) -> list[int]:
    return [row.channel_id for row in services.inbox.conversations(Filter()).rows]


def checks(services: Services) -> dict[str, Check]:
    return {check.name: check for check in services.doctor.report()}


def test_what_is_about_another_number_reaches_its_channel(services: Services, sales: int) -> None:
    support = add(services, "Support", phone_number_id=OTHER)
    call(services, sales, payload(OTHER, messages=[text("wamid.1")]))
    assert shown(services) == [support]
    assert services.journal.count() == 1  # a copy elsewhere would outlive an erasure
    assert services.accounts.get(support).state == "connected"
    both = payload(messages=[text("wamid.2", "1111111")])
    both["entry"] += payload(OTHER, messages=[text("wamid.3", "2222222")])["entry"]
    call(services, sales, both)
    assert sorted(shown(services)) == sorted([sales, support, support])
    call(services, support, both)  # and once more, at the other address
    assert len(shown(services)) == 3


def test_another_app_may_not_speak_for_a_number(services: Services, sales: int) -> None:
    add(services, "Theirs", phone_number_id=OTHER, app_secret="env:WA_OTHER_SECRET")
    call(services, sales, payload(OTHER, messages=[text("wamid.1")]))
    assert shown(services) == []
    with pytest.raises(Unauthorized):
        services.webhooks.take(sales, {}, raw(payload(OTHER, messages=[text("wamid.1")])))


def test_a_missing_secret_of_its_channel_keeps_it_at_the_provider(
    services: Services, sales: int
) -> None:
    add(services, "Support", phone_number_id=OTHER, app_secret="env:WA_UNSET")
    with pytest.raises(ConfigError, match="WA_UNSET"):
        call(services, sales, payload(OTHER, messages=[text("wamid.1")]))
    assert services.journal.count() == 0
    call(services, sales, payload(messages=[text("wamid.1")]))
    assert shown(services) == [sales]


def test_a_missing_secret_of_one_channel_keeps_nothing_from_another(
    services: Services, sales: int
) -> None:
    support = add(services, "Support", phone_number_id=OTHER, app_secret="secret:support")
    both = payload(messages=[text("wamid.1", "1111111")])
    both["entry"] += payload(OTHER, messages=[text("wamid.2", "2222222")])["entry"]
    with pytest.raises(ConfigError, match=r"secrets\.toml"):  # so the provider repeats it
        call(services, sales, both)
    services.receiving.apply_pending()
    assert shown(services) == [sales]
    states = [services.accounts.get(id).state for id in (sales, support)]
    assert states == ["connected", "failing"]
    secrets = services.paths.secrets
    secrets.write_text(f'support = "{SECRETS["WA_APP_SECRET"]}"')
    secrets.chmod(0o600)
    call(services, sales, both)
    assert sorted(shown(services)) == sorted([sales, support])


def test_what_is_of_no_channel_is_told(
    services: Services, sales: int, caplog: pytest.LogCaptureFixture
) -> None:
    call(services, sales, payload("5", messages=[text("wamid.1")]))
    assert "of no channel here" in caplog.text
    told = checks(services)["oddities of Sales"]
    assert not told.ok
    assert "phone_number_id 5" in told.detail
    assert "1 time " in told.detail


def test_what_is_not_understood_is_counted(services: Services, sales: int) -> None:
    assert "oddities of Sales" not in checks(services)
    call(services, sales, payload(errors=[{"code": 131000, "title": "Something went wrong"}]))
    call(services, sales, payload(holograms=[{"id": "7"}]))
    told = checks(services)["oddities of Sales"]
    assert (told.ok, "2 times" in told.detail, "a change of 'messages'" in told.detail) == (
        False, True, True,
    )  # fmt: skip
    call(services, sales, payload(errors=[{"code": 368, "title": "Blocked for policy"}]))
    assert "trouble" in checks(services)["oddities of Sales"].detail


def test_templates_of_a_foreign_account_are_left_alone(services: Services, sales: int) -> None:
    value = {
        "event": "PAUSED", "message_template_id": 1, "message_template_name": "hello",
        "message_template_language": "en",
    }  # fmt: skip
    change = {"field": "message_template_status_update", "value": value}

    def news(account: str) -> bytes:
        entry = {"id": account, "time": 1_793_491_200, "changes": [change]}
        return json.dumps({"entry": [entry]}).encode()

    channel: Any = services.accounts.channel(sales)
    assert (channel.concerns(news(BUSINESS)), channel.concerns(news("1"))) == (True, False)
    add(services, "Support", phone_number_id=OTHER)
    services.webhooks.take(sales, signature(news(BUSINESS)), news(BUSINESS))
    assert services.journal.count() == 2  # both numbers of the account offer the template


def test_a_channel_waits_for_its_first_call(services: Services, sales: int) -> None:
    services.start()
    model = services.accounts.get(sales)
    assert (model.state, model.state_detail) == ("connecting", WAITING)
    assert not checks(services)["webhook of Sales"].ok
    assert "set webhooks" in checks(services)["webhook of Sales"].detail
    with closing(Listener("127.0.0.1:0", services.webhooks)):
        assert "webhook of Sales" not in checks(services)
    body = raw(payload(messages=[text("wamid.1")]))
    with pytest.raises(Unauthorized):
        services.webhooks.take(sales, {}, body)
    assert services.accounts.get(sales).state == "connecting"
    services.webhooks.take(sales, signature(body), body)
    assert services.accounts.get(sales).state == "connected"
