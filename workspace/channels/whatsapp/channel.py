"""One number of the WhatsApp Business Platform: pure and effectful half put together."""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from threading import Event as StopEvent
from typing import BinaryIO
from uuid import uuid4

from workspace.channels.base import (
    Event,
    Failure,
    Meta,
    Outbound,
    Payload,
    React,
    Request,
    Response,
    Seen,
    Sent,
)
from workspace.channels.whatsapp import (
    addressees,
    answers,
    capabilities,
    check,
    encode,
    parse,
    templates,
    webhooks,
)
from workspace.channels.whatsapp.addressees import Us
from workspace.channels.whatsapp.encode import Call
from workspace.channels.whatsapp.graph import Graph
from workspace.channels.whatsapp.options import WhatsAppOptions, WhatsAppSecrets
from workspace.models import Check, Template

logger = logging.getLogger(__name__)


def _machine_clock() -> datetime:
    return datetime.now(UTC)


class WhatsAppChannel:
    """Implements `base.Channel` and all that a channel may be besides, but no copies are kept."""

    def __init__(
        self,
        options: WhatsAppOptions,
        secrets: WhatsAppSecrets,
        graph: Graph,
        clock: Callable[[], datetime] = _machine_clock,
    ) -> None:
        self.capabilities = capabilities.of(options)
        self._options = options
        self._us = Us(options.phone_number_id, options.business_account_id)
        self._secrets = secrets
        self._graph = graph
        self._clock = clock

    # --- sending ------------------------------------------------------------------------------

    def new_key(self) -> str:
        return uuid4().hex

    def encode(self, message: Outbound) -> list[Request]:
        return [Request(encode.message(message))]

    def encode_signal(self, signal: React | Seen) -> Request:
        return Request(encode.signal(signal))

    def perform(self, request: Request) -> Response:
        """Hands a file over first, where there is one; only with its id the message is sent, so
        what else came of it is the answer. Raises SendFailed.
        """
        call: Call = request.payload
        if call.file is None:
            return self._graph.send(call.body)
        uploaded = self._graph.upload(call.file)
        id = answers.uploaded(uploaded)
        return self._graph.send(encode.with_file(call, id)) if id else uploaded

    def decode(self, response: Response) -> Sent | Failure:
        return answers.decode(response)

    def find_sent(self, key: str) -> bool | None:
        """WhatsApp can't be asked; a receipt that bears the key settles what is in doubt."""
        return None

    # --- receiving ----------------------------------------------------------------------------

    def may_be_signed(self, headers: Mapping[str, str]) -> bool:
        return webhooks.SIGNATURE in headers

    def verify(self, headers: Mapping[str, str], raw: bytes) -> bool:
        return webhooks.signed(headers, raw, self._secrets.app_secret())

    def challenge(self, query: Mapping[str, str]) -> str | None:
        return webhooks.challenge(query, self._secrets.verify_token())

    def concerns(self, raw: bytes) -> bool:
        return addressees.concerns(raw, self._us)

    def parse(self, raw: bytes, meta: Meta) -> list[Event]:
        return parse.parse(raw, meta, self._us)

    def run(self, stop: StopEvent, cursor: str | None) -> Iterator[Payload]:
        """Nothing is to be fetched: everything comes by webhook."""
        stop.wait()
        yield from ()

    def fetch(self, remote: str, into: BinaryIO) -> None:
        self._graph.fetch(remote, into)

    # --- the rest -----------------------------------------------------------------------------

    def templates(self) -> list[Template]:
        listed = list(self._graph.templates())
        found = [template for each in listed if (template := templates.read(each)) is not None]
        if len(found) < len(listed):
            nameless = len(listed) - len(found)
            logger.warning("%s templates of WhatsApp have no name or language", nameless)
        return found

    def now(self) -> datetime:
        return self._clock()

    def test(self) -> list[Check]:
        return check.check(self._graph, self._options, self._secrets)

    def close(self) -> None:
        self._graph.close()
