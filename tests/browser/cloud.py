"""A WhatsApp number of the hub, at the simulated Cloud API."""

import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.browser.stage import Stage, stage
from workspace.models import Conversation
from workspace.testing.cloud import Cloud, CloudServer, Customer, cloud_server


@dataclass
class Number:
    hub: Stage
    server: CloudServer
    channel: int

    @property
    def cloud(self) -> Cloud:
        return self.server.cloud

    def passes(self, by: timedelta = timedelta(seconds=1)) -> None:
        """Time at the provider; what there is to tell by then is told, and applied."""
        with self.server.lock:
            self.cloud.advance(by)
            due = self.cloud.take_due()
        for content in due:
            raw = json.dumps(content).encode()
            sign = hmac.digest(self.cloud.account.app_secret.encode(), raw, "sha256").hex()
            headers = {"x-hub-signature-256": f"sha256={sign}"}
            self.hub.services.webhooks.take(self.channel, headers, raw)
        self.hub.services.receiving.drain()

    def another(self, name: str, **changes: str) -> int:
        """The channel of another number, configured like this one but for `changes`."""
        options = {**_options(self.server), **changes}
        return self.hub.ws.add_channel("whatsapp", name, options).id

    def writes(self, customer: Customer, *texts: str) -> Conversation:
        with self.server.lock:
            for text in texts:
                self.cloud.writes(customer, text)
        self.passes()
        return self.hub.named(customer.name)


@contextmanager
def number(folder: Path) -> Iterator[Number]:
    """A hub with one channel, whose provider has the machine's time."""
    with cloud_server() as server, pytest.MonkeyPatch.context() as environment:
        account = server.cloud.account
        server.cloud.now = datetime.now(UTC).replace(microsecond=0)
        environment.setenv("WA_TOKEN", account.token)
        environment.setenv("WA_APP_SECRET", account.app_secret)
        environment.setenv("WA_VERIFY", account.verify_token)
        with stage(folder, demo=False) as hub:
            made = hub.ws.add_channel("whatsapp", "Number", _options(server))
            yield Number(hub, server, made.id)


def _options(server: CloudServer) -> dict[str, str]:
    account = server.cloud.account
    return {
        "phone_number_id": account.phone_number_id,
        "business_account_id": account.business_account_id,
        "token": "env:WA_TOKEN",
        "app_secret": "env:WA_APP_SECRET",
        "verify_token": "env:WA_VERIFY",
        "base_url": server.url,
    }
