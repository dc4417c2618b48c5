"""A hub in small, for being killed: python dying.py FOLDER. Writes what there is at its end.

Its provider keeps what it accepted in a file, as a real one would keep it elsewhere.
"""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as StopEvent

from wire import NOW, Clock, Office, Wire, open_office

from workspace import faults
from workspace.channels.base import Event, Meta, Outbound, Payload, Received, Request, Response
from workspace.models import Address, AddressKind, DeliveryStatus

MAILS = 5
UNDO = 1.0
PHONE = Address(AddressKind.PHONE, "+4915112345")
DONE = (DeliveryStatus.SENT, DeliveryStatus.IN_DOUBT)


class Provider(Wire):
    def __init__(self, ledger: Path) -> None:
        super().__init__()
        self.ledger = ledger
        self.ledger.touch()

    def accepted(self) -> list[str]:
        return self.ledger.read_text().split()

    def perform(self, request: Request) -> Response:
        message: Outbound = request.payload
        with self.ledger.open("a") as file:
            file.write(f"{message.key}\n")
            file.flush()
            os.fsync(file.fileno())
        return Response(200, message.key)

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


def main(folder: Path) -> None:
    provider = Provider(folder / "ledger.txt")
    office = open_office(folder / "workspace", provider, RealClock(), undo_seconds=UNDO)
    changed = threading.Condition()

    def tell(seq: int) -> None:
        with changed:
            changed.notify_all()

    def wait(condition: Callable[[], bool]) -> None:
        with changed:
            assert changed.wait_for(condition, 60)

    office.services.store.on_commit(tell)
    office.services.start()
    wait(lambda: len(texts(office)) == MAILS)
    message = office.send(office.all()[0].id, key="once")
    faults.reach("held_for_undo")
    wait(lambda: office.status(message.id) in DONE and office.services.delivery.sending() == 0)
    status = office.status(message.id)
    office.services.close()
    found = {"texts": texts_again(folder), "status": status, "took": provider.accepted()}
    sys.stdout.write(json.dumps(found))


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
    main(Path(sys.argv[1]))
