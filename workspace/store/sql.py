"""Named SQL texts: `query("states.load")` is the block `-- name: load` of states.sql."""

import re
from functools import cache
from importlib.resources import files

_ROOT = files("workspace") / "sql"
_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def query(name: str) -> str:
    """The SQL text of ``<file>.<block>``. Raises KeyError."""
    file, _, block = name.partition(".")
    return blocks(file)[block]


@cache
def blocks(file: str) -> dict[str, str]:
    """All blocks of one file under sql/queries, by name."""
    parts = _NAME.split((_ROOT / "queries" / f"{file}.sql").read_text("utf-8"))
    return dict(zip(parts[1::2], (text.strip() for text in parts[2::2]), strict=True))


def schema() -> str:
    return (_ROOT / "schema.sql").read_text("utf-8")


def migrations() -> dict[int, str]:
    """Migration texts by number, in order."""
    return {int(name[:4]): text for name, text in _folder("migrations").items()}


def views() -> list[str]:
    """The texts that make the v1 views and their comments, in order of their file names."""
    return list(_folder("views", "v1").values())


def _folder(*path: str) -> dict[str, str]:
    folder = _ROOT.joinpath(*path)
    found = [file for file in folder.iterdir() if file.name.endswith(".sql")]
    return {f.name: f.read_text("utf-8") for f in sorted(found, key=lambda f: f.name)}
