"""A story told by one person: which product, which order, which words."""

import re
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from workspace.channels.simulated import words
from workspace.channels.simulated.canvas import PALETTES
from workspace.channels.simulated.people import Person
from workspace.channels.simulated.stories import Say, Story, for_channel, read, small_talk

_SLOT = re.compile(
    r"\{(order|product|a_product|colour|size|size_up|price|day|city|street|company|code|first|family|me)\}"
)


_COLUMNS = 6
"""Every number of ways up to three fits in evenly."""


@dataclass(frozen=True, slots=True)
class Line:
    """`who` as in `stories.Step`; `file` is a `media` reference; `other`: what can't be shown."""

    who: str
    text: str
    file: str = ""
    other: str = ""
    later: bool = False
    """Some days after the line before."""


@dataclass(frozen=True, slots=True)
class Tale:
    """A conversation without its times."""

    story: str
    language: str
    subject: str
    lines: tuple[Line, ...]
    product: str
    colour: int
    facts: dict[str, str]
    customer: str
    """Replaces the person's name, for the odd ones; empty: the person's own."""


def choose(
    plays: str, language: str, dice: Random, *, operator_first: bool = False, files: bool = True
) -> Story:
    """A story for somebody who writes in `language`; in English where there is none.

    Without `files`, one that can be told without.
    """
    return dice.choice(_fitting(plays, language, operator_first, files))


@cache
def _fitting(plays: str, language: str, operator_first: bool, files: bool) -> list[Story]:
    found = [s for s in for_channel(language, plays) if s.operator_first == operator_first]
    found = [s for s in found if files or min(_files(s)) == 0]
    if not found and language == "en":
        raise ValueError(f"no story for {plays}")
    return found or _fitting(plays, "en", operator_first, files)


def odd(number: int) -> Story:
    """One of the stories with hostile-looking names and texts."""
    stories = read("odd")
    return stories[number % len(stories)]


def tell(story: Story, person: Person, dice: Random, *, files: bool = True) -> Tale:
    """The story as this person's. Without `files` in the words that do with fewest of them."""
    language = "en" if story.language == "odd" else story.language
    product = dice.choice(story.products)
    # Three colours a product: enough to look varied, few enough to draw.
    colour = (words.PRODUCTS.index(product) + 3 * dice.randrange(3)) % len(PALETTES)
    facts = _facts(person, language, product, colour, dice)
    column = _column(story, files, dice)
    lines = tuple(
        replace(
            _line(step.who, step.ways[column % len(step.ways)], facts, product, colour, column),
            later=step.later,
        )
        for step in story.steps
    )
    subject = _fill(story.subject, facts)
    return Tale(story.name, language, subject, lines, product, colour, facts, story.customer)


def _column(story: Story, files: bool, dice: Random) -> int:
    """Which of the ways of saying it."""
    count = _files(story)
    return dice.choice([c for c in range(_COLUMNS) if files or count[c] == min(count)])


@cache
def _files(story: Story) -> list[int]:
    """How many files each way of telling it has."""
    return [
        sum(bool(step.ways[column % len(step.ways)].file) for step in story.steps)
        for column in range(_COLUMNS)
    ]


def remark(tale: Tale, name: str, operator: str, dice: Random) -> Line:
    """A line of small talk that fits the tale."""
    say = dice.choice(small_talk(tale.language, name))
    facts = {**tale.facts, "me": operator}
    return _line("<", say, facts, tale.product, tale.colour, dice.randrange(_COLUMNS))


def _facts(
    person: Person, language: str, product: str, colour: int, dice: Random
) -> dict[str, str]:
    name = words.NAMES[language][product]
    shade = words.COLOURS[language][colour]
    size = dice.randrange(37, 45)
    return {
        "order": f"PW-{dice.randrange(30_000, 60_000)}",
        "product": name,
        "a_product": f"{'the' if product in ('sneakers', 'headphones') else 'a'} {shade} {name}",
        "colour": dice.choice([c for c in words.COLOURS[language] if c != shade]),
        "size": str(size),
        "size_up": str(size + 1),
        "price": f"€{dice.randrange(14, 190)}.90",
        "day": dice.choice(words.DAYS[language]),
        "city": dice.choice(words.CITIES[language]),
        "street": dice.choice(words.STREETS[language]),
        "company": f"Studio {person.name.split()[-1]}",
        "code": f"HELLO{dice.randrange(100, 1000)}",
        "first": person.first,
        "family": person.name.split()[-1],
        "me": dice.choice(words.OPERATORS),
    }


def _line(
    who: str, say: Say, facts: dict[str, str], product: str, colour: int, column: int
) -> Line:
    kind, _, what = say.file.partition(" ")
    text = _fill(say.text, facts)
    if kind == "other":
        return Line(who, text, other=what)
    return Line(who, text, file=_reference(kind, what, facts, product, colour, column))


def _reference(
    kind: str, what: str, facts: dict[str, str], product: str, colour: int, column: int
) -> str:
    match kind:
        case "photo":
            subject = {"product": product, "broken": f"broken-{product}"}.get(what, what)
            if what in words.PRODUCTS:
                subject = what
            look = colour if subject in words.PRODUCTS or what == "broken" else column
            return f"photo/{subject}/{look}"
        case "file":
            return f"csv/prices/{column}" if what == "prices" else f"pdf/{what}/{facts['order']}"
        case "audio":
            return f"audio/voice/{column}"
        case _:
            return ""


def _fill(text: str, facts: dict[str, str]) -> str:
    """Sets in the facts. What is no slot of ours, such as {{7*7}}, stays."""
    filled = _SLOT.sub(lambda m: facts[m[1]], text)
    return filled[:1].upper() + filled[1:] if text.startswith("{") else filled
