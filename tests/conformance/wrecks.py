"""JSON and chosen templates with something wrong in them."""

import copy
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from workspace.models import TemplateChoice, TemplateRule

HUGE = st.sampled_from([10**17, -(10**17), 10**400, str(10**17), str(10**400)])
"""Beyond any clock, and beyond any column."""

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | HUGE | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
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
    return json.dumps(replaced(content, way, draw(VALUES))).encode()


def choices(fitting: TemplateChoice, rule: TemplateRule) -> Mapping[str, TemplateChoice]:
    """A choice that fits, wrong in each way: what is wrong -> the choice."""
    values = fitting.values
    first = next(iter(values))
    return {
        "unknown": replace(fitting, name="nowhere"),
        "another language": replace(fitting, language="xx"),
        "a value missing": replace(fitting, values={**values, first: " "}),
        "a value too many": replace(fitting, values={**values, "more": "x"}),
        "a line break": replace(fitting, values={**values, first: "a\nb"}),
        "too long": replace(fitting, values={**values, "1": "x" * (rule.body_limit + 1)}),
    }
