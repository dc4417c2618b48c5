"""Archives or deletes all that wait, for being killed: python dying_in_bulk.py FOLDER VERB.

The first life makes the conversations; each later one finds one more that waits, and asks again.
"""

import json
import sys
from contextlib import closing
from pathlib import Path

from workspace.models import Status
from workspace.services import Services
from workspace.services.filters import Filter
from workspace.services.matching import Matching
from workspace.settings import Paths, Settings
from workspace.testing.builders import ANA, Builder, inbound, talk

SIZE = 2_500
"""More than two portions."""


def main(folder: Path, verb: str) -> None:
    with closing(Services.open(Paths(folder / "workspace"), Settings())) as services:
        asked = folder / "asked.json"
        builder = Builder(services.store)
        if not asked.exists():
            made = builder.add([talk(inbound("x"), address=f"+49{n}") for n in range(SIZE)])
            asked.write_text(json.dumps(made[::-1]))
        elif not services.inbox.conversations(Filter(search="late")).total:
            builder.add([talk(inbound("late"), address="+48", channel=builder.channel("late"))])
        do = getattr(services.inbox, verb)
        wanted = Matching(Filter(status=(Status.PENDING,)), SIZE)
        outcomes = do(wanted, ANA, "key-of-all")
        told = {
            "asked": json.loads(asked.read_text()),
            "outcomes": [[each.conversation_id, each.changed] for each in outcomes],
            "done": done(services, verb),
            "left": services.inbox.conversations(Filter()).total,
        }
    sys.stdout.write(json.dumps(told))


def done(services: Services, verb: str) -> list[int]:
    """Where the verb left its trace, as often as it did."""
    trace = {
        "archive": "SELECT conversation_id FROM conversation_events WHERE kind = 'archived'",
        "delete": "SELECT conversation_id FROM changes WHERE kind = 'deleted'",
    }
    with services.store.read() as db:
        return sorted(row[0] for row in db.execute(trace[verb]))


main(Path(sys.argv[1]), sys.argv[2])
