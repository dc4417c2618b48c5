"""What customers and operators say, by topic and language.

The words lie in `stories/<language>.txt`, in a form made for writing them:

    = damaged                     a story and its name
    subject Damaged item          of a mail
    on mail sms                   channels it suits; default: all
    about mug vase                the products it may be about
    name Bold Benny               always this customer
    first operator                the business writes first
    < My {product} is broken      the customer says
    | My {product} has a crack    ... or this instead; a conversation keeps to one column
    > Could you send a photo?     the operator says
    < [photo broken] Here it is.  with a file; [audio] and [other a location] too
    + 👍                          the customer's reaction to what the operator said last
    ~                             some days pass

A line that begins with none of these marks continues the text before it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "stories"
_MARKS = {"<", ">", "|", "+", "~"}
_FILE = re.compile(r"\[(photo|file|audio|other)(?: ([^\]]*))?\] ?")
SMALL_TALK = ("nudge", "again", "reply", "answer", "show", "goodbye")
"""Not conversations but single lines, for customers who are written to live."""


@dataclass(frozen=True, slots=True)
class Say:
    """One variant of one line. `file` is such as ``photo product`` or ``audio``; empty: none."""

    text: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One turn: who speaks ("<" customer, ">" operator, "+" reacts) and in which ways."""

    who: str
    ways: tuple[Say, ...]
    later: bool = False
    """Some days after the one before."""


@dataclass(frozen=True, slots=True)
class Story:
    name: str
    language: str
    steps: tuple[Step, ...]
    subject: str = ""
    plays: frozenset[str] = frozenset()
    """Empty: suits every channel."""
    products: tuple[str, ...] = ("mug",)
    customer: str = ""
    operator_first: bool = False


@cache
def for_channel(language: str, plays: str) -> tuple[Story, ...]:
    """The stories in this language that suit the channel."""
    # The sandbox takes what a messenger would.
    name = "whatsapp" if plays == "simulator" else plays
    return tuple(
        s for s in read(language) if s.name not in SMALL_TALK and (not s.plays or name in s.plays)
    )


@cache
def small_talk(language: str, name: str) -> tuple[Say, ...]:
    """The lines of one kind of small talk."""
    (story,) = (s for s in read(language) if s.name == name)
    return story.steps[0].ways


@cache
def read(language: str) -> tuple[Story, ...]:
    """All stories of one file, in its order."""
    text = (_FOLDER / f"{language}.txt").read_text("utf-8")
    parts = re.split(r"^= ", text, flags=re.MULTILINE)[1:]
    return tuple(_story(language, part) for part in parts)


def _story(language: str, part: str) -> Story:
    name, *lines = part.rstrip().split("\n")
    head: dict[str, str] = {}
    steps: list[tuple[str, list[str]]] = []
    for line in lines:
        mark, _, rest = line.partition(" ")
        if mark == "|":
            steps[-1][1].append(rest)
        elif mark in _MARKS:
            steps.append((mark, [rest]))
        elif steps:
            steps[-1][1][-1] += "\n" + line
        elif line:
            head[mark] = rest
    return Story(
        name=name,
        language=language,
        steps=tuple(_steps(steps)),
        subject=head.get("subject", ""),
        plays=frozenset(head.get("on", "").split()),
        products=tuple(head.get("about", "mug").split()),
        customer=head.get("name", ""),
        operator_first="first" in head,
    )


def _steps(steps: list[tuple[str, list[str]]]) -> Iterator[Step]:
    later = False
    for who, ways in steps:
        if who != "~":
            yield Step(who, tuple(_say(text) for text in ways), later)
        later = who == "~"


def _say(text: str) -> Say:
    found = _FILE.search(text)
    if found is None:
        return Say(text.strip())
    file = " ".join(part for part in found.groups() if part)
    return Say((text[: found.start()] + text[found.end() :]).strip(), file)
