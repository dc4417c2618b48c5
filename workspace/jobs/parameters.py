"""What a notebook's parameters are, and whether given values fit: decided before a kernel starts.

papermill guesses types from the looks of a value (a phone number loses its plus, ``no`` becomes
text) and runs with the defaults when a name is misspelt. Here a value is read as the type that the
notebook declares, or refused. Papermill's reader of the parameters cell is a regular expression
that misses ``int | None`` and any default with an ``=``; Python's parser reads what Python runs.
"""

import ast
import io
import json
import math
import re
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from workspace.errors import JobParameterError

TAG = "parameters"
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_SECRET = re.compile(
    r"token(?!s)|secret|passw|passphrase|pwd|credential|(api|private|access)_?key", re.IGNORECASE
)
_FORMS = {
    "str": "text",
    "int": "a whole number such as 30",
    "float": "a number such as 0.5",
    "bool": "true or false",
    "list[str]": 'a JSON list of texts such as ["a", "b"]',
    "list[int]": "a JSON list of whole numbers such as [1, 2]",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One line of the parameters cell: ``older_than_days: int = 30  # help``."""

    name: str
    type: str
    """A key of `_FORMS`."""
    optional: bool
    """Declared as ``... | None``."""
    default: str
    """As written."""
    help: str

    @property
    def form(self) -> str:
        """In words, what a value must look like."""
        return _FORMS[self.type] + (" (or null, from a file)" if self.optional else "")


# --- what the notebook declares ---------------------------------------------------------------


def declared(cells: Sequence[Mapping[str, Any]]) -> dict[str, Parameter]:
    """The parameters in the first cell tagged ``parameters``; none without such a cell.

    Raises JobParameterError where the cell is not a plain list of typed assignments.
    """
    cell = next((c for c in cells if TAG in c.get("metadata", {}).get("tags", [])), None)
    if cell is None:
        return {}
    source = "".join(cell["source"])
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise JobParameterError(
            f"The parameters cell is not plain Python (line {error.lineno}); correct the notebook."
        ) from None
    comments = _comments(source)
    found = [_parameter(s, comments) for s in statements if not isinstance(s, ast.Expr)]
    return {parameter.name: parameter for parameter in found}


def _parameter(statement: ast.stmt, comments: Mapping[int, str]) -> Parameter:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=hint, value=ast.expr() as value):
            wanted, _, rest = ast.unparse(hint).partition(" | ")
        case _:
            raise JobParameterError(
                f"Line {statement.lineno} of the parameters cell is not of the form "
                "`name: type = default  # help`; correct the notebook."
            )
    if wanted not in _FORMS or rest not in ("", "None"):
        raise JobParameterError(
            f"The parameter {name} has the type {ast.unparse(hint)}; a parameter may be "
            f"{', '.join(_FORMS)}, each with or without `| None`. Correct the notebook."
        )
    _refuse_secret(name)
    help = comments.get(statement.end_lineno or 0, "")
    return Parameter(name, wanted, rest == "None", ast.unparse(value), help)


def _comments(source: str) -> dict[int, str]:
    """Comments by line number."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ") for t in tokens if t.type == tokenize.COMMENT}


def _refuse_secret(name: str) -> None:
    if _SECRET.search(name):
        raise JobParameterError(
            f"The parameter {name} looks like a secret, and parameters are kept in the executed "
            "notebook; let the job read the secret from the environment instead."
        )


# --- what somebody gave -----------------------------------------------------------------------


def checked(
    parameters: Mapping[str, Parameter], values: Mapping[str, str], file: Path | None = None
) -> dict[str, Any]:
    """Values for the notebook: those of the JSON `file`, overridden by `values` (``--set``).

    Texts of `values` are read as the declared type. In the file types must already fit. Raises
    JobParameterError.
    """
    from_file = _read(file) if file else {}
    for name in [*values, *from_file]:
        _refuse_secret(name)
        if name not in parameters:
            known = ", ".join(sorted(parameters)) or "it has none"
            raise JobParameterError(f"The job has no parameter {name!r}; known are: {known}.")
    given = {name: _typed(parameters[name], value) for name, value in from_file.items()}
    return given | {name: _parsed(parameters[name], text) for name, text in values.items()}


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(
            file.read_text("utf-8"), object_pairs_hook=_once, parse_constant=_refuse_constant
        )
    except OSError as error:
        raise JobParameterError(f"{file} can't be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise JobParameterError(f"{file} is not valid JSON; correct it.") from None
    if not isinstance(content, dict):
        raise JobParameterError(f'{file} must hold one JSON object such as {{"dry_run": true}}.')
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if twice := {name for name in names if names.count(name) > 1}:
        raise JobParameterError(f"The parameters file gives {', '.join(sorted(twice))} twice.")
    return dict(pairs)


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity are not JSON


def _parsed(parameter: Parameter, text: str) -> Any:
    match parameter.type:
        case "str":
            return _typed(parameter, text)
        case "int" if _INTEGER.fullmatch(text):
            return int(text)
        case "float" if _NUMBER.fullmatch(text):
            return _typed(parameter, float(text))
        case "bool" if text.lower() in ("true", "false"):
            return text.lower() == "true"
        case "list[str]" | "list[int]":
            return _typed(parameter, _json(parameter, text))
    _refuse(parameter, text)


def _json(parameter: Parameter, text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        _refuse(parameter, text)


def _typed(parameter: Parameter, value: Any) -> Any:
    if value is None and parameter.optional:
        return None
    if not _fits(parameter.type, value):
        _refuse(parameter, value)
    return float(value) if parameter.type == "float" else value


def _fits(wanted: str, value: Any) -> bool:
    match wanted:
        case "list[str]" | "list[int]":
            return isinstance(value, list) and all(_fits(wanted[5:-1], item) for item in value)
        case "str":
            return isinstance(value, str) and _unicode(value)
        case "bool":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
    return isinstance(value, int | float) and not isinstance(value, bool) and _finite(value)


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond what a float can hold
        return False


def _unicode(text: str) -> bool:
    """Bytes of the command line that are no UTF-8 arrive as lone surrogates; no file takes them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse(parameter: Parameter, value: Any) -> NoReturn:
    shown = ascii(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    raise JobParameterError(f"{parameter.name} must be {parameter.form}, not {shown}.")
