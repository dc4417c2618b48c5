"""The simulator, as itself and as it plays WhatsApp: a provider of its own, which nobody judges."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.conformance import of_whatsapp
from tests.conformance.kit import NOW, Kit, Provider
from workspace.channels.base import Channel, Outbound, React, Request, Response, Seen
from workspace.channels.simulated import faults, payloads
from workspace.channels.simulated.catalogue import CATALOGUE
from workspace.channels.simulator import Simulator
from workspace.models import Address, AddressKind, DeliveryStatus, FailureKind, Template
from workspace.services import Services

NO_WIRE = "nothing of it goes over a wire"


class AsItself(Kit):
    kind = "simulator"
    options: Mapping[str, Any] = {"answer_after": 0}
    somebody = Address(AddressKind.LOCAL, "a-customer-of-ours")
    lacks: Mapping[str, str] = {
        "encode": NO_WIRE,
        "cut before": NO_WIRE,
        "fixtures": "nobody else speaks its format",
    }

    def messages(self) -> Mapping[str, Outbound]:
        plain = replace(of_whatsapp.HELLO, to=self.somebody)
        samples = of_whatsapp
        files = (samples.PHOTO, samples.LIST, samples.VOICE, samples.FILM)
        return {"a text": plain} | {
            f"a file: {file.name}": replace(plain, files=(file,)) for file in files
        }

    def signals(self) -> Mapping[str, React | Seen]:
        return {
            name: replace(signal, to=self.somebody) for name, signal in of_whatsapp.SIGNALS.items()
        }

    def accepted(self, message: Outbound) -> Response:
        return Response(200, data={"id": message.key})

    def limited(self) -> tuple[Response, float]:
        return faults.REFUSALS["rate_limited"], 2.0

    def errors(self) -> Iterator[tuple[str, Response, FailureKind]]:
        kinds = {
            "rate_limited": FailureKind.RATE_LIMITED,
            "transient": FailureKind.TRANSIENT,
            "not_started": FailureKind.UNREACHABLE,
            "too_long": FailureKind.INVALID,
        }
        for name, response in faults.REFUSALS.items():
            yield name, response, kinds[name]
        yield "window", faults.CLOSED, FailureKind.WINDOW_CLOSED
        yield "template", Response(422, "The template is paused."), FailureKind.TEMPLATE

    def words(self) -> Mapping[str, str]:
        return {
            "window": "24 hours",
            "template": "The template is paused.",
            "not_started": "has not written yet",
        }

    def late_errors(self) -> Iterator[tuple[str, bytes, FailureKind]]:
        for name, kind in faults.LATER.items():
            told = faults.reason(kind, self.options.get("plays", self.kind))
            yield (
                name,
                payloads.dump([payloads.receipt("m", NOW, DeliveryStatus.FAILED, told)]),
                kind,
            )

    @contextmanager
    def cut_after(self, folder: Path) -> Iterator[Channel]:
        channel = self.channel(folder, faults={"timeout": 1}, window_hours=0, start="free")
        yield channel
        channel.close()

    def _said(self, n: int, id: str = "", **more: Any) -> payloads.Fields:
        id = id or f"sim.{n}"
        return payloads.message(id, NOW, self.somebody, "Ada", text=f"text {n}", **more)

    def said(self, n: int) -> bytes:
        return payloads.dump([self._said(n)])

    def stranger(self, n: int) -> bytes:
        who = replace(self.somebody, value=f"{self.somebody.value}{n}")
        return payloads.dump([payloads.message(f"other.{n}", NOW, who, f"Stranger {n}", text="x")])

    def receipt(self, provider_id: str, status: DeliveryStatus, key: str) -> bytes:
        failed = status is DeliveryStatus.FAILED
        reason = (FailureKind.UNREACHABLE, "Nobody there.") if failed else None
        return payloads.dump([payloads.receipt(provider_id, NOW, status, reason)])

    def told(self) -> frozenset[DeliveryStatus]:
        words = ("sent", "delivered", "read", "failed")
        return frozenset(map(DeliveryStatus, words))

    def echo(self, message: Outbound, provider_id: str) -> bytes:
        return payloads.dump([self._said(0, provider_id, own=True)])

    def bundle(self, said: int, receipts: int) -> bytes:
        status = DeliveryStatus.READ
        told = [payloads.receipt(f"sim.{n}", NOW, status) for n in range(receipts)]
        return payloads.dump([*map(self._said, range(said)), *told])

    def seeds(self) -> Sequence[bytes]:
        photo = self._said(1, files=[{"media": "photo/mug/3"}], refs=["m0"], subject="S")
        return [
            payloads.dump(
                [
                    photo,
                    payloads.receipt("m1", NOW, DeliveryStatus.READ),
                    payloads.reaction("m1", NOW, "🙏"),
                ]
            )
        ]

    @contextmanager
    def provider(self, folder: Path) -> Iterator[Provider]:
        yield Provider(self.options)

    def deliver(self, services: Services, channel_id: int, count: int) -> None:
        """What was said is in the simulator's own record, which outlives the process."""
        channel = services.accounts.channel(channel_id)
        assert isinstance(channel, Simulator)
        told = services.paths.folder / "told"
        for n in range(int(told.read_text() if told.exists() else "0"), count):
            told.write_text(str(n + 1))
            channel.customer_writes(self.somebody, f"text {n}", "Ada")


class InParts(AsItself):
    """As the barest channel may be: it tells neither of receipts nor of our own messages, and sends
    a text in two parts.
    """

    name = "simulator in parts"
    lacks: Mapping[str, str] = {**AsItself.lacks, "echo": "it shows nobody what they sent"}

    def channel(self, folder: Path, **more: Any) -> Channel:
        channel = super().channel(folder, **more)
        channel.capabilities = replace(channel.capabilities, receipts=frozenset())
        channel.encode = _in_parts  # type: ignore[method-assign]
        return channel

    def told(self) -> frozenset[DeliveryStatus]:
        return frozenset()


def _in_parts(message: Outbound) -> list[Request]:
    middle = len(message.text) // 2
    first = replace(message, text=message.text[:middle])
    return [Request(first), Request(replace(message, text=message.text[middle:], files=()))]


class AsWhatsApp(AsItself):
    name = "simulator as whatsapp"
    options: Mapping[str, Any] = {"answer_after": 0, "plays": "whatsapp"}
    somebody = Address(AddressKind.PHONE, "+4915112345678")

    def messages(self) -> Mapping[str, Outbound]:
        found = super().messages()
        hidden = replace(found["a text"], to=of_whatsapp.BSUID)
        voice = f"a file: {of_whatsapp.VOICE.name}"
        alone = {voice: replace(found[voice], text="")}
        return {**found, **alone, "to a business-scoped id": hidden}

    def template(self) -> Template:
        return next(t for t in CATALOGUE if (t.name, t.language) == ("order_update", "en"))


KITS = [AsItself(), InParts(), AsWhatsApp()]
