"""One emoji, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.emoji import emoji
from workspace.rules import is_emoji

PICKED = [char for group in emoji() for each in group["emoji"] for char in [each[0], *each[4]]]


def test_whatever_the_picker_offers() -> None:
    assert [char for char in PICKED if not is_emoji(char)] == []


@pytest.mark.parametrize("text", ["", "a", "1", "ok", "👍👍", "👍 ", "?", "é", "漢", "<", "❤️x"])
def test_no_words_and_no_two(text: str) -> None:
    assert not is_emoji(text)


@given(st.text(max_size=80))
def test_it_always_answers(text: str) -> None:
    assert is_emoji(text) in (True, False)


@given(st.sampled_from(PICKED), st.sampled_from(PICKED))
def test_two_are_one_only_where_unicode_joins_them(one: str, other: str) -> None:
    joined = one + other
    tone = "\U0001f3fb" <= other[0] <= "\U0001f3ff"
    assert not is_emoji(joined) or tone or joined in PICKED
