"""A hub in small, for being killed: python dying.py KIT FOLDER COUNT OPTIONS.

Receives from the kit's provider until so many messages are there, and writes their texts.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tests.conformance.conftest import KITS
from tests.conformance.kit import Kit
from workspace.services import Services
from workspace.settings import Paths
from workspace.testing import at_once


def live(
    kit: Kit, folder: Path, count: int, options: Mapping[str, Any], fault: str = ""
) -> list[str] | int:
    """Run this as a process of its own: the texts that are there in the end, or the signal that
    ended it.
    """
    command = [
        sys.executable,
        __file__,
        repr(kit),
        str(folder),
        str(count),
        json.dumps({**options}),
    ]
    environment = {**os.environ, **kit.environment, "CONVO_FAULT": fault}
    run = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    if run.returncode < 0:
        return -run.returncode
    assert run.returncode == 0, run.stderr
    found: list[str] = json.loads(run.stdout)
    return found


def main(name: str, folder: Path, count: int, options: str) -> None:
    kit = KITS[name]
    with closing(Services.open(Paths(folder), at_once.settings())) as services:
        known = services.accounts.ids()
        id = known[0] if known else services.accounts.add(kit.kind, "Line", json.loads(options)).id
        changed = threading.Condition()

        def told(seq: int) -> None:
            with changed:
                changed.notify_all()

        services.store.on_commit(told)
        kit.deliver(services, id, count)
        services.start()
        with changed:
            assert changed.wait_for(lambda: len(texts(services)) >= count and _ready(services), 200)
        found = texts(services)
    sys.stdout.write(json.dumps(found))


def _ready(services: Services) -> bool:
    """Where the provider is asked, it is known from where on."""
    return all(row.state == "connected" for row in services.accounts.list())


def texts(services: Services) -> list[str]:
    with services.store.read() as db:
        rows = db.execute("SELECT body FROM messages WHERE direction = 'inbound' ORDER BY id")
    return [row[0].strip() for row in rows]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
