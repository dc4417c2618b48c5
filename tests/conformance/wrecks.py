"""JSON and chosen templates with something wrong in them."""

import copy
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from workspace.models import (
    MediaKind,
    Template,
    TemplateChoice,
    TemplateHeader,
    TemplateRule,
    TemplateVariable,
    VariablePlace,
)

HUGE = st.sampled_from([10**17, -(10**17), 10**400, str(10**17), str(10**400)])
"""Beyond any clock, and beyond any column."""

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | HUGE | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
UNCLEAN = st.sampled_from(["\0", "a\0b", "\ud800", "a\udfffb"])
"""What JSON can say and no database takes."""
Path = tuple[str | int, ...]


def wrecks(body: Any, spare: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """The body with each field in turn left out, renamed, or of another type. `spare`: the paths of
    those that may be left out, without the places in lists.
    """
    for path in fields(body):
        name = ".".join(step for step in path if isinstance(step, str))
        for how, change in HOW.items():
            if how == "dropped" and name in spare:
                continue
            wreck = copy.deepcopy(body)
            change(parent(wreck, path), path[-1])
            yield f"{'.'.join(map(str, path))} {how}", wreck


def fields(value: Any, before: Path = ()) -> Iterator[Path]:
    """The ways to all fields of objects."""
    return (path for path in ways(value, before) if isinstance(path[-1], str))


def ways(value: Any, before: Path = ()) -> Iterator[Path]:
    """The ways to all there is."""
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, each in steps:
        yield (*before, step)
        if isinstance(each, dict | list):
            yield from ways(each, (*before, step))


def parent(body: Any, path: Path) -> Any:
    for step in path[:-1]:
        body = body[step]
    return body


def replaced(body: Any, path: Path, value: Any) -> Any:
    changed = copy.deepcopy(body)
    parent(changed, path)[path[-1]] = value
    return changed


def _drop(held: Any, name: Any) -> None:
    del held[name]


def _rename(held: Any, name: Any) -> None:
    held[f"{name}x"] = held.pop(name)


def _retype(held: Any, name: Any) -> None:
    held[name] = ["x"] if not isinstance(held[name], list) else 7


HOW: dict[str, Callable[[Any, Any], None]] = {
    "dropped": _drop, "renamed": _rename, "retyped": _retype,
}  # fmt: skip


# --- payloads of strangers ------------------------------------------------------------------------


def payloads(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Any bytes, any JSON, and real payloads with something wrong in them."""
    found = st.binary(max_size=300) | VALUES.map(_as_json) | mutated(seeds)
    in_json = [seed for seed in seeds if seed.startswith(b"{")]
    return found | altered(in_json) if in_json else found


def _as_json(value: object) -> bytes:
    return json.dumps(value).encode()


@st.composite
def mutated(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """A real payload with pieces cut out, doubled or replaced."""
    raw = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.integers(0, 60)))
        raw = raw[:start] + draw(st.binary(max_size=20) | st.just(raw[start:end] * 2)) + raw[end:]
    return raw


@st.composite
def altered(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """A payload in JSON with any value anywhere."""
    content = json.loads(draw(st.sampled_from(seeds)))
    way = draw(st.sampled_from(list(ways(content))))
    return json.dumps(replaced(content, way, draw(VALUES | UNCLEAN))).encode()


# --- templates ------------------------------------------------------------------------------------

STATUSES = ("PENDING", "REJECTED", "PAUSED", "DISABLED", "A_STATUS_TO_COME", "")
OBSTACLE = "It has a carousel."
FILES = [
    (MediaKind.IMAGE, "x.png", b"\x89PNG\r\n\x1a\n a photo"),
    (MediaKind.DOCUMENT, "x.pdf", b"%PDF-1.7"),
]


def offered(right: Template) -> list[Template]:
    """What a provider may have besides one that can be sent."""
    return [
        right,
        *(replace(right, name=f"status {word}", status=word) for word in STATUSES),
        replace(right, name="obstacle", obstacle=OBSTACLE),
        with_file(right, MediaKind.IMAGE),
    ]


def with_file(right: Template, kind: MediaKind) -> Template:
    """The same with a file as its header."""
    return replace(right, name="with a file", header=TemplateHeader(kind.name))


def fitting(template: Template) -> TemplateChoice:
    values = {variable.key: f"v{n}" for n, variable in enumerate(template.variables)}
    return TemplateChoice(template.name, template.language, values)


def choices(
    right: Template, rule: TemplateRule, files: Mapping[MediaKind, int]
) -> Mapping[str, tuple[TemplateChoice, str]]:
    """Each wrong way to use the templates offered: what is wrong -> the choice, and the words it is
    refused with.
    """
    choice, photo = fitting(right), fitting(with_file(right, MediaKind.IMAGE))
    found = {
        "unknown": (replace(choice, name="nowhere"), "is unknown"),
        "another language": (replace(choice, language="xx"), "is unknown"),
        "a value too many": (_valued(choice, "more", "x"), "has no variable more"),
        "no file for it": (replace(choice, header=files[MediaKind.IMAGE]), "takes no file"),
        "a missing file": (photo, "needs one image"),
        "a wrong file": (replace(photo, header=files[MediaKind.DOCUMENT]), "needs one image"),
        "an obstacle": (replace(choice, name="obstacle"), OBSTACLE),
    }
    for word in STATUSES:
        found[f"status {word}"] = replace(choice, name=f"status {word}"), f"is {word}[;:]"
    for variable in right.variables:
        key, missing = variable.key, f"needs a value for {re.escape(variable.key)}"
        left = {name: value for name, value in choice.values.items() if name != key}
        found[f"{key} missing"] = replace(choice, values=left), missing
        found[f"{key} blank"] = _valued(choice, key, " "), missing
        for odd in ("a\nb", "a\rb", "a\tb", f"a{' ' * 5}b"):
            found[f"{key} {odd!r}"] = _valued(choice, key, odd), "on one line"
        limit, part = _limit(right, variable, rule)
        found[f"{key} too long"] = _valued(choice, key, "x" * (limit + 1)), f"The {part} of"
    return found


def _valued(choice: TemplateChoice, key: str, value: str) -> TemplateChoice:
    return replace(choice, values={**choice.values, key: value})


def _limit(right: Template, variable: TemplateVariable, rule: TemplateRule) -> tuple[int, str]:
    match variable.place:
        case VariablePlace.HEADER:
            return rule.header_limit, "header"
        case VariablePlace.BODY:
            return rule.body_limit, "text"
        case VariablePlace.BUTTON:
            return rule.target_limits[right.buttons[int(variable.name)].type], "button"
