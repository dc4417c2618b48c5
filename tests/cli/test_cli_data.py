"""convo sql and convo watch."""

import csv
import json
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from convo import Convo

from workspace.client import Workspace

QUERY = "SELECT conversation_id AS id, last_activity_at FROM v1.conversations ORDER BY 1"


def test_a_table(convo: Convo, ws: Workspace) -> None:
    lines = convo("sql", QUERY).stdout.splitlines()
    assert lines[0].split() == ["ID", "LAST_ACTIVITY_AT"]
    assert len(lines) == 1 + ws.sql(QUERY).arrow().num_rows


def test_csv_json_and_parquet_agree(convo: Convo, ws: Workspace, tmp_path: Path) -> None:
    ids = ws.sql(QUERY).arrow()["id"].to_pylist()
    as_csv = list(csv.DictReader(convo("sql", QUERY, "--csv").stdout.splitlines()))
    as_json = [json.loads(line) for line in convo("sql", QUERY, "--json").stdout.splitlines()]
    path = tmp_path / "out.parquet"
    convo("sql", QUERY, "--parquet", path)
    assert [int(row["id"]) for row in as_csv] == ids
    assert [row["id"] for row in as_json] == ids
    assert pq.read_table(path)["id"].to_pylist() == ids
    assert [file.name for file in tmp_path.iterdir()] == ["out.parquet"]


def test_columns_of_one_name_stay_apart(convo: Convo) -> None:
    assert convo("sql", "SELECT 1 AS a, 2 AS a", "--csv").stdout.splitlines()[1] == "1,2"


def test_a_long_table_is_cut_and_says_so(convo: Convo) -> None:
    result = convo("sql", "SELECT * FROM range(1001)")
    assert len(result.stdout.splitlines()) == 1_001
    assert "first 1,000 rows" in result.stderr


@pytest.mark.parametrize(
    ("typed", "told"), [("7", "BIGINT"), ("07", "VARCHAR"), ("+49", "VARCHAR"), ("x", "VARCHAR")]
)
def test_parameters_are_read_as_typed(convo: Convo, typed: str, told: str) -> None:
    shown = convo("sql", "SELECT typeof($1) AS t", "--param", typed, "--csv").stdout
    assert shown.splitlines()[1] in (told, {"BIGINT": "INTEGER"}.get(told, told))


def test_a_refused_query_fails(convo: Convo) -> None:
    assert convo("sql", "DROP TABLE messages", code=1).stderr


def test_watch_prints_changes(ws: Workspace, folder: Path) -> None:
    id = ws.conversations()[0].id
    command = [sys.executable, "-m", "workspace.cli", "watch", "--folder", str(folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as watching:
        try:
            assert watching.stderr
            assert watching.stdout
            assert watching.stderr.readline() == "live\n"
            ws.archive(id)
            changes = map(json.loads, watching.stdout)
            assert any(change["conversation_id"] == str(id) for change in changes)
            watching.send_signal(signal.SIGINT)
            assert watching.wait(timeout=20) == 130
            assert "Traceback" not in watching.stderr.read()
        finally:
            watching.kill()
