"""What a search asks for, and the piece of text it shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.rules import MAX_WORDS, fold, plain, search
from workspace.store.search import AFTER, BEFORE, PIECE, _find, excerpt


@pytest.mark.parametrize(
    ("text", "contact", "message"),
    [
        ("", (), ()),
        ("  \t ", (), ()),
        ("\u0301", (), ()),
        ("Müller", ("muller",), ("muller",)),
        ("  Anna   MÜLLER anna ", ("anna", "muller"), ("anna", "muller")),
        ("100%", ("100%",), ("100%",)),
        ("+49 170 1234567", ("491701234567",), ("+49", "170", "1234567")),
        ("0170/123-4567", ("1701234567",), ("0170/123-4567",)),
        ("(030) 1234.56", ("30123456",), ("(030)", "1234.56")),
        ("12345", ("12345",), ("12345",)),
        ("order 123456", ("order", "123456"), ("order", "123456")),
        ("anna@example.org", ("anna@example.org",), ("anna@example.org",)),
    ],
)
def test_words(text: str, contact: tuple[str, ...], message: tuple[str, ...]) -> None:
    found = search(text)
    assert found.contact == contact
    assert found.message == message
    assert bool(found) == bool(message)


def test_only_so_many_words_count() -> None:
    assert len(search(" ".join(f"w{n}" for n in range(50))).message) == MAX_WORDS


@pytest.mark.parametrize(
    ("text", "word", "shown"),
    [
        ("The Invoice is late", "invoice", "The Invoice is late"),
        ("Viele Grüße aus München", "munchen", "Viele Grüße aus München"),
        ("Die Straße", "strasse", "Die Straße"),
        ("e\u0301te\u0301", "ete", "e\u0301te\u0301"),
        ("first line\nthe second", "second", "the second"),
        ("one\n\n  two   words ", "two", "two words"),
        ("nothing here", "absent", ""),
        ("", "x", ""),
    ],
)
def test_excerpt(text: str, word: str, shown: str) -> None:
    assert excerpt(text, (word,)) == shown


def test_an_excerpt_is_short_and_cut_between_words() -> None:
    text = "word " * 100 + "NEEDLE" + " word" * 100
    shown = excerpt(text, ("needle",))
    assert shown.startswith("…word")
    assert shown.endswith("word…")
    assert "NEEDLE" in shown
    assert len(shown) <= BEFORE + AFTER + len("NEEDLE") + 2


def test_a_hit_inside_a_long_word_is_shown() -> None:
    assert "needle" in excerpt("x" * 500 + "needle" + "x" * 500, ("needle",))


def test_the_first_word_that_is_there_counts() -> None:
    assert excerpt("only beta", ("alpha", "beta")) == "only beta"


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=200)


@given(before=TEXT, word=st.text(min_size=1, max_size=10), after=TEXT)
def test_every_hit_is_found_and_shown(before: str, word: str, after: str) -> None:
    for each in search(word).message:
        if each in fold(word).split():
            shown = excerpt(f"{before} {word} {after}", (each,))
            assert each in fold(shown)


MANY = st.text(st.sampled_from("aAßİéﬁ¨\u0345\u0301 \u3000Σς가𝒙"), max_size=60)


@given(before=MANY, start=st.integers(0, PIECE), word=MANY, after=MANY, data=st.data())
def test_a_hit_lies_where_each_character_folded_by_itself_says(
    before: str, start: int, word: str, after: str, data: st.DataObject
) -> None:
    line = before + "x" * start + word + after
    wanted = data.draw(st.sampled_from(search(word).message or ("x",)))
    found = _find(line, wanted)
    slow = _slowly(line, wanted)
    assert found == slow
    if wanted in fold(line):
        assert found


def _slowly(line: str, word: str) -> tuple[int, int] | None:
    origins = [place for place, char in enumerate(line) for _ in plain(char)]
    start = "".join(map(plain, line)).find(word)
    return (origins[start], origins[start + len(word) - 1] + 1) if start >= 0 else None
