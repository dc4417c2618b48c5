"""What commands share: the workspace they act on, and plain tables."""

import json
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

import click
from pydantic import TypeAdapter

from workspace.client import connect

F = TypeVar("F", bound=Callable[..., Any])

folder_option = click.option(
    "--folder", "-f", metavar="FOLDER|URL", help="The workspace, if not the usual one."
)
where_option = click.option(
    "--where",
    "pairs",
    multiple=True,
    metavar="NAME=VALUE",
    help="A filter as of convo list, such as status=pending,replied or unread=true.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")


def on_workspace(command: F) -> F:
    """Give a command the workspace as its first argument, and the option --folder."""

    @folder_option
    @wraps(command)
    def run(*args: Any, folder: str | None, **options: Any) -> Any:
        with connect(folder) as ws:
            return command(ws, *args, **options)

    return run  # type: ignore[return-value]


def filters(pairs: Iterable[str]) -> dict[str, Any]:
    """What --where said; a status and ids may be several, a comma apart. Raises UsageError."""
    several = ("status", "ids")
    given = settings(pairs, "--where").items()
    return {name: value.split(",") if name in several else value for name, value in given}


def settings(pairs: Iterable[str], option: str = "--set") -> dict[str, str]:
    """Options given as key=value. Raises UsageError for one that is given twice."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        name = name.strip()
        if not sign or not name:
            raise click.UsageError(f"{option} needs key=value, not {pair!r}.")
        if name in found:
            raise click.UsageError(f"{option} names {name} twice; give it one value.")
        found[name] = value
    return found


def show_json(kind: Any, value: Any, indent: int | None = 2) -> None:
    told = TypeAdapter(kind).dump_json(value, indent=indent)
    click.echo(told)


def show_table(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Columns as wide as they need to be; on a terminal the last one is cut at its edge."""
    lines = [[_cell(value) for value in row] for row in rows]
    widths = [max([_width(t), *(_width(line[i]) for line in lines)]) for i, t in enumerate(titles)]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in ([title.upper() for title in titles], *lines):
        cells = [cell + " " * (n - _width(cell)) for cell, n in zip(line, widths, strict=True)]
        click.echo(_cut("  ".join(cells).rstrip(), room))


def _cell(value: Any) -> str:
    """One line of plain text: what customers write must not steer the terminal."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    return printable(" ".join(str(value).split()))


def printable(text: str) -> str:
    """Text without control characters (a stranger's message may hold terminal commands)."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _STEERING)


_STEERING = frozenset({"Cc", "Cs"})


def _width(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def _cut(line: str, room: int | None) -> str:
    if room is None or _width(line) <= room:
        return line
    kept = line[:room]
    while _width(kept) >= room:
        kept = kept[:-1]
    return kept + "…"


def parameter(text: str) -> Any:
    """A SQL parameter as typed: a JSON number, true, false or null is that; else text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if value is None or isinstance(value, bool | int | float) else text
