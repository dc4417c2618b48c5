"""Errors keep their class, sentence and detail over HTTP."""

from collections.abc import Iterator

import pytest

from workspace import errors
from workspace.errors import ConvoError


def tree(base: type[ConvoError]) -> Iterator[type[ConvoError]]:
    for child in base.__subclasses__():
        yield child
        yield from tree(child)


@pytest.mark.parametrize("kind", list(tree(ConvoError)), ids=lambda kind: kind.__name__)
def test_an_error_comes_back_as_the_class_it_was(kind: type[ConvoError]) -> None:
    error = errors.from_wire(kind.code, "Do this.", {"limit": 5})
    assert type(error) is kind
    assert (str(error), error.detail) == ("Do this.", {"limit": 5})
    assert 400 <= kind.status < 600


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in tree(ConvoError)]
    assert len(codes) == len(set(codes))


def test_an_unknown_code_is_still_an_error_of_ours() -> None:
    assert type(errors.from_wire("from_the_future", "Hm.", {})) is ConvoError
