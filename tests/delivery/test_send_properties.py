"""Whatever people and providers do to sends, what is kept equals what follows from the log."""

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire import ANN, Clock, Office, Wire, accept, break_off, check, open_office, refuse

from workspace.errors import Conflict
from workspace.models import Actor, ActorKind, DeliveryStatus, FailureKind
from workspace.services import rebuilding
from workspace.store import heads

AGENT = Actor(ActorKind.AGENT, "helper")
UNDO = 5.0
ANSWERS = {
    "accepts": accept,
    "refuses": refuse(FailureKind.INVALID),
    "is busy": refuse(FailureKind.TRANSIENT),
    "hangs up": break_off(FailureKind.UNKNOWN_OUTCOME),
}
PHRASES = (
    *(("send",), ("agent sends",), ("customer writes",), ("note",), ("resolve",), ("archive",)),
    *(("restart",), ("wait",), ("receipt",), ("cancel",), ("send again",), ("mark sent",)),
    # What seldom comes about by chance.
    ("archive", "send", "cancel newest"),
    ("archive", "send", "customer writes", "cancel newest"),
    ("send", "wait", "mark sent"),
    ("send", "wait", "send again", "cancel newest", "wait"),
    ("wait", "send", "wait", "receipt", "send again", "wait"),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(PHRASES),
        st.integers(0, 5),
        st.sampled_from(sorted(ANSWERS)),
        st.sampled_from([DeliveryStatus.DELIVERED, DeliveryStatus.FAILED]),
    ),
    max_size=8,
)


@dataclass
class Life:
    folder: Path
    office: Office
    written: list[int]
    """Outbound messages, in the order in which they were written."""
    withdrawn: list[str]

    def do(self, deed: str, n: int, answer: str, status: DeliveryStatus) -> None:
        office, services = self.office, self.office.services
        id = self.conversation
        message = self.written[n % len(self.written)] if self.written else 0
        match deed:
            case "send" | "agent sends":
                by = ANN if deed == "send" else AGENT
                text = f"text {len(self.written)}"
                self.written.append(services.replies.send(id, text, [], by, None).id)
            case "customer writes":
                office.wire.clock += timedelta(seconds=1)
                office.hear(text=f"{len(office.ids(id))}")
            case "note":
                services.notes.add(id, "between us", ANN, None)
            case "archive":
                services.inbox.archive([id], ANN, None)
            case "resolve":
                services.inbox.resolve([id], ANN, None)
            case "restart":
                services.close()
                self.office = open_life(self.folder, office.wire, office.clock)
            case "wait":
                office.wire.answers = [ANSWERS[answer]]
                office.clock.advance(UNDO)
                office.step()
            case "receipt" if message:
                office.receipt(self.key(message), status)
            case "cancel" | "cancel newest" if message:
                message = message if deed == "cancel" else self.written[-1]
                with suppress(Conflict):
                    self.withdrawn.append(services.sends.cancel(message, ANN, None).text)
            case "send again" if message:
                with suppress(Conflict):
                    services.sends.send_again(message, ANN, None)
            case "mark sent" if message:
                with suppress(Conflict):
                    services.sends.mark_sent(message, ANN, None)

    @property
    def conversation(self) -> int:
        with self.office.services.store.read() as db:
            return int(db.execute("SELECT id FROM conversations")[0][0])

    def key(self, message: int) -> str:
        with self.office.services.store.read() as db:
            sql = "SELECT provider_id FROM messages WHERE id = $1"
            return str(db.execute(sql, [message])[0][0])

    def check(self) -> None:
        check(self.office)
        id, store = self.conversation, self.office.services.store
        with store.read() as db:
            kept = heads.load(db, [id])
        store.write(lambda tx: rebuilding.show(tx, [id]))
        with store.read() as db:
            assert heads.load(db, [id]) == kept
        assert not {o.text for o in self.office.wire.took} & set(self.withdrawn)


def open_life(folder: Path, wire: Wire, clock: Clock) -> Office:
    return open_office(folder, wire, clock, undo_seconds=UNDO, max_attempts=2)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
@pytest.mark.slow
def test_any_history_of_sends_leaves_state_and_list_as_the_log_says(
    steps: list[tuple[tuple[str, ...], int, str, DeliveryStatus]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        life = Life(Path(folder), open_life(Path(folder), Wire(), Clock()), [], [])
        life.office.hear()
        for phrase, *how in steps:
            for deed in phrase:
                life.do(deed, *how)
                life.check()
        life.office.services.close()
