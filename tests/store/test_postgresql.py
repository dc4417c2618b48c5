"""The commands' SQL is portable: PostgreSQL takes the same text."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from workspace.services.filters import FILTERS
from workspace.store import sql
from workspace.store.conversations import FIRST_FILTER
from workspace.store.where import Where

pytestmark = pytest.mark.slow

ONLY_DUCKDB = {"store", "guard", "compact"}
"""Files of statements about the engine itself."""

FILES = sorted(
    path.stem
    for path in (Path(sql.__file__).parent.parent / "sql" / "queries").glob("*.sql")
    if path.stem not in ONLY_DUCKDB
)


@pytest.fixture(scope="module")
def psql() -> Iterator[list[str]]:
    """A command that runs SQL from its standard input on a PostgreSQL with our schema."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not binaries:
        pytest.skip("PostgreSQL is not installed (scripts/system-deps --all)")
    # Not pytest's own folder, which other users can't enter.
    folder = Path(tempfile.mkdtemp())
    run = as_postgres(folder)
    tools, data = binaries[-1].parent, folder / "data"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
    subprocess.run([*run, tools / "initdb", "-D", data, "-A", "trust", "-U", "ws"], **quiet)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    control = [*run, tools / "pg_ctl", "-D", data, "-w"]
    subprocess.run([*control, "-o", options, "-l", data / "log", "start"], **quiet)
    try:
        command = [tools / "psql", "-h", "127.0.0.1", "-p", str(port), "-U", "ws", "-d", "postgres"]
        command += ["-v", "ON_ERROR_STOP=1", "-q", "-X"]
        subprocess.run(command, input=sql.schema(), text=True, check=True, capture_output=True)
        yield command
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
        shutil.rmtree(folder)


def as_postgres(folder: Path) -> list[str]:
    """The server refuses to run as root; Debian's package made a user for it."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres")
    return ["runuser", "-u", "postgres", "--"]


@pytest.mark.parametrize("file", FILES)
def test_postgresql_prepares_every_statement(psql: list[str], file: str) -> None:
    texts = [re.sub(r";\s*$", "", text) for text in sql.blocks(file).values()]
    script = "\n".join(f"PREPARE p{n} AS {text};" for n, text in enumerate(texts))
    done = subprocess.run(psql, input=script, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_postgresql_takes_the_list_with_every_filter(psql: list[str]) -> None:
    where = Where(FIRST_FILTER)
    for block in FILTERS:
        where.add(block, *[None] * sql.query(f"filters.{block}").count("$"))
    where.add_search(contact=["a", "b"], message=["c", "d"])
    where.add_search(contact=["a", "b"], message=["c", "d"], few=[1, 2])
    text = sql.query("conversations.page").replace("/* filters */", str(where))
    done = subprocess.run(
        psql, input=f"PREPARE p AS {text}", text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert f"${FIRST_FILTER + len(where.params) - 1}" in text
