"""The invented people, their words and their pictures."""

import re
import wave
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from simulating import ANCHOR

from workspace.channels.simulated import dialogue, stories
from workspace.channels.simulated.history import World
from workspace.channels.simulated.media import File, media
from workspace.channels.simulated.people import person
from workspace.channels.simulated.pictures import KINDS, picture
from workspace.channels.simulated.plays import PLAYS
from workspace.channels.simulated.words import LETTERS, NAMES
from workspace.models import AddressKind

LANGUAGES = sorted(NAMES)
FICTION = re.compile(r"\+1[2-9]\d\d55501\d\d|\+447700900\d{3}|\+3363998\d{4}|\+4917139200\d\d")
REAL = re.compile(
    r"\b(amazon|apple|google|ikea|nike|adidas|dhl|ups|fedex|hermes|dpd|gls|paypal|visa|mastercard|"
    r"etsy|ebay|zalando|shopify|sony|bose|philips|levi|taylor swift|elon|musk|messi|merkel|obama|"
    r"trump|macron|ronaldo|shakira|bts)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("kind", AddressKind)
def test_no_two_people_share_an_address(kind: AddressKind) -> None:
    people = [person(1, kind, number) for number in range(12_000)]
    assert len({p.address for p in people}) == len(people)


def test_addresses_reach_nobody() -> None:
    for number in range(6_000):
        assert FICTION.fullmatch(person(1, AddressKind.PHONE, number).address.value)
        assert person(1, AddressKind.EMAIL, number).address.value.endswith(".example")


@pytest.mark.parametrize("language", [*LANGUAGES, "odd"])
def test_stories_are_whole(language: str) -> None:
    known = LANGUAGES if language == "odd" else [language]
    for story in stories.read(language):
        assert story.steps
        if story.name in stories.SMALL_TALK:
            continue
        assert story.subject or "mail" not in (story.plays or {"mail"})
        for number, own in enumerate(known * 8):
            who = person(number, AddressKind.PHONE, number)
            dice = World(number, ANCHOR, "sms", 1).dice(own)
            tale = dialogue.tell(story, who, dice)
            first = ">" if story.operator_first else "<"
            assert tale.lines[0].who == first
            assert not re.search(r"\{[a-z_]+\}", f"{tale.subject} {tale.lines}")
            for line in tale.lines:
                assert line.text or line.file or line.other
                assert not line.file or media(line.file), line
                assert not REAL.search(line.text), line


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_all_it_needs(language: str) -> None:
    for name in stories.SMALL_TALK:
        assert stories.small_talk(language, name)
    assert language in LETTERS
    assert len(stories.for_channel(language, "whatsapp")) >= 3


@pytest.mark.parametrize("playing", PLAYS)
def test_a_few_dozen_customers_show_everything(playing: str) -> None:
    plans = [World(1, ANCHOR, playing, 60).plan(n) for n in range(60)]
    ends = {plan.end for plan in plans}
    assert ends >= {"resolved", "replied", "pending", "failed"}
    assert ("created" in ends) is (PLAYS[playing].can_start != "never")
    assert any(plan.archived_at for plan in plans)
    assert any(plan.unread for plan in plans)


def test_operators_answer_within_the_window() -> None:
    world = World(1, ANCHOR, "whatsapp", 200)
    late = total = 0
    for number in range(200):
        for chapter in world.plan(number).chapters:
            for one, two in pairwise(chapter.moments):
                if (one.line.who, two.line.who) == ("<", ">"):
                    total += 1
                    late += (two.at - one.at).total_seconds() > 24 * 3600
    assert total > 300
    assert late == 0


# --- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_are_pictures_and_differ(kind: str) -> None:
    found = [picture(kind, variant) for variant in range(4)]
    assert len(set(found)) == 4
    for data in found:
        with Image.open(BytesIO(data)) as image:
            image.load()
            assert (image.format, image.size) == ("JPEG", (640, 480))
            assert len(image.getcolors(640 * 480) or []) > 200


def test_a_pdf_is_built_as_the_standard_says() -> None:
    file = media("pdf/invoice/PW-1")
    assert file is not None
    start = int(file.data.rpartition(b"startxref\n")[2].split()[0])
    assert file.data[start:].startswith(b"xref")
    entries = re.findall(rb"(\d{10}) 00000 n ", file.data[start:])
    assert len(entries) == 6
    for number, place in enumerate(entries, 1):
        assert file.data[int(place) :].startswith(b"%d 0 obj" % number)
    length = int(re.search(rb"/Length (\d+)", file.data)[1])  # type: ignore[index]
    assert file.data.partition(b"stream\n")[2][length:].startswith(b"\nendstream")


def test_a_voice_message_can_be_played() -> None:
    file = media("audio/voice/2")
    assert file is not None
    with wave.open(BytesIO(file.data)) as sound:
        assert 1 < sound.getnframes() / sound.getframerate() < 6
        assert len(set(sound.readframes(-1))) > 50


@given(st.text(max_size=60) | st.from_regex(r"(photo|pdf|csv|audio)/\w*/\w*", fullmatch=True))
def test_any_name_is_a_file_or_none(name: str) -> None:
    found = media(name)
    assert found is None or (isinstance(found, File) and found.data)
