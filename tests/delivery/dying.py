"""A hub in small, for being killed: python dying.py FOLDER [react]. Tells what there is at its end.

With `react` it puts an emoji to what the customer wrote, otherwise it answers.

Its provider keeps what it accepted in a file, as a real one would keep it elsewhere.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as StopEvent

from wire import ANN, CAPABILITIES, NOW, Clock, Commits, Office, Wire, open_office

from workspace import faults
from workspace.channels.base import (
    Event,
    Meta,
    Outbound,
    Payload,
    React,
    Received,
    Request,
    Response,
    Seen,
)
from workspace.models import Address, AddressKind, DeliveryStatus

MAILS = 5
UNDO = 1.0
PHONE = Address(AddressKind.PHONE, "+4915112345")
DONE = (DeliveryStatus.SENT, DeliveryStatus.IN_DOUBT)


class Provider(Wire):
    def __init__(self, ledger: Path) -> None:
        super().__init__(replace(CAPABILITIES, reactions=True))
        self.ledger = ledger
        self.ledger.touch()

    def accepted(self) -> list[str]:
        return self.ledger.read_text().split()

    def perform(self, request: Request) -> Response:
        message: Outbound | React = request.payload
        with self.ledger.open("a") as file:
            file.write(f"{message.key}\n")
            file.flush()
            os.fsync(file.fileno())
        return Response(200, message.key)

    def encode_signal(self, signal: React | Seen) -> Request:
        return Request(signal)

    def find_sent(self, key: str) -> bool | None:
        return key in self.accepted()

    def parse(self, raw: bytes, meta: Meta) -> list[Event]:
        return [Received(raw.decode(), NOW, PHONE, text=raw.decode())]

    def run(self, stop: StopEvent, cursor: str | None) -> Iterator[Payload]:
        for n in range(int(cursor or 0), MAILS):
            yield Payload(f"mail {n}".encode(), Meta(NOW), str(n + 1))
        stop.wait()


class RealClock(Clock):
    def __call__(self) -> datetime:
        return datetime.now(UTC)


def main(folder: Path, reacts: bool) -> None:
    provider = Provider(folder / "ledger.txt")
    office = open_office(folder / "workspace", provider, RealClock(), undo_seconds=UNDO)
    wait = Commits(office.services).wait
    office.services.start()
    wait(lambda: len(texts(office)) == MAILS)
    status = (react if reacts else answer)(office, wait)
    office.services.close()
    found = {"texts": texts_again(folder), "status": status, "took": provider.accepted()}
    sys.stdout.write(json.dumps(found))


Wait = Callable[[Callable[[], bool]], None]


def answer(office: Office, wait: Wait) -> DeliveryStatus | None:
    message = office.send(office.all()[0].id, key="once")
    faults.reach("held_for_undo")
    wait(lambda: office.status(message.id) in DONE and office.services.delivery.sending() == 0)
    return office.status(message.id)


def react(office: Office, wait: Wait) -> DeliveryStatus | None:
    def status() -> DeliveryStatus | None:
        [own] = office.message(message).reactions
        return own.delivery_status

    message = office.ids(office.all()[0].id)[0]
    office.services.reactions.react(message, "👍", ANN, "once")
    wait(lambda: status() in DONE and office.services.delivery.sending() == 0)
    return status()


def texts(office: Office) -> list[str]:
    with office.services.store.read() as db:
        sql = "SELECT body FROM messages WHERE direction = 'inbound' ORDER BY id"
        return [row[0] for row in db.execute(sql)]


def texts_again(folder: Path) -> list[str]:
    office = open_office(folder / "workspace", Provider(folder / "ledger.txt"))
    found = texts(office)
    office.services.close()
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), "react" in sys.argv[2:])
