"""convo sql and convo watch."""

import csv
import json
import sys
import threading
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workspace.cli.common import on_workspace, parameter, show_json, show_table
from workspace.client import Workspace
from workspace.models import Change

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN = 1_000
"""Rows of a printed table; files have no limit."""


@click.command()
@click.argument("query")
@click.option("--param", "params", multiple=True, help="Fills $1, then $2, ...")
@click.option("--csv", "form", flag_value="csv", help="CSV on standard output.")
@click.option("--json", "form", flag_value="json", help="A JSON object a line.")
@click.option(
    "--parquet", type=click.Path(dir_okay=False, path_type=Path), help="Write a Parquet file."
)
@on_workspace
def sql(
    ws: Workspace, query: str, params: tuple[str, ...], form: str | None, parquet: Path | None
) -> None:
    """Run one SELECT over the views of schema v1."""
    with ws.sql(query, [parameter(text) for text in params]) as result:
        reader = result.reader()
        if parquet:
            _parquet(reader, parquet)
        elif form == "csv":
            _csv(reader)
        elif form == "json":
            _json(reader)
        else:
            _table(reader)


def _parquet(reader: "pa.RecordBatchReader", path: Path) -> None:
    import pyarrow.parquet as pq

    # Under another name until it is whole, so that nobody takes half a result for all of it.
    unfinished = path.with_name(f"{path.name}.unfinished")
    rows = 0
    try:
        with pq.ParquetWriter(unfinished, reader.schema, compression="zstd") as out:
            for batch in reader:
                out.write_batch(batch)
                rows += batch.num_rows
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    click.echo(f"{rows:,} rows in {path}.", err=True)


def _csv(reader: "pa.RecordBatchReader") -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(reader.schema.names)
    for row in _rows(reader):
        out.writerow(_plain(value) for value in row)


def _json(reader: "pa.RecordBatchReader") -> None:
    for row in _rows(reader):
        named = dict(zip(reader.schema.names, row, strict=True))
        click.echo(json.dumps(named, ensure_ascii=False, default=_plain))


def _table(reader: "pa.RecordBatchReader") -> None:
    rows = list(islice(_rows(reader), SHOWN + 1))
    show_table(reader.schema.names, rows[:SHOWN])
    if len(rows) > SHOWN:
        click.echo(f"Only the first {SHOWN:,} rows; --csv or --parquet gives all.", err=True)


def _rows(reader: "pa.RecordBatchReader") -> Iterator[tuple[Any, ...]]:
    """Row by row, and column by column: two columns may bear one name."""
    for batch in reader:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | None) else str(value)


@click.command()
@on_workspace
def watch(ws: Workspace) -> None:
    """Print a JSON line for each change until interrupted: what changed, not its content."""
    ended = threading.Event()

    def tell(state: str) -> None:
        click.echo(state, err=True)

    def show(change: Change) -> None:
        try:
            show_json(Change, change, indent=None)
        except BrokenPipeError:
            ended.set()

    ws.watch(show, tell)
    ended.wait()


COMMANDS: list[click.Command] = [sql, watch]
