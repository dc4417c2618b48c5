"""Files of the simulated world, each made anew from its name whenever somebody asks for it.

A payload names a file as a provider names media by an id: ``photo/mug/3``, ``csv/prices/7``,
``pdf/invoice/PW-48213``, ``audio/voice/2``. The same name always gives the same bytes.
"""

import wave
from array import array
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from math import pi, sin
from random import Random

from workspace.channels.simulated.pictures import KINDS, picture


@dataclass(frozen=True, slots=True)
class File:
    name: str
    mime: str
    data: bytes


def media(reference: str) -> File | None:
    """The file of this name; None where the world has none."""
    kind, _, rest = reference.partition("/")
    what, _, variant = rest.partition("/")
    if kind == "pdf" and what in _PAPERS and 0 < len(variant) <= 40:
        return File(f"{what}-{variant}.pdf", "application/pdf", _pdf(what, variant))
    if not variant.isascii() or not variant.isdigit() or len(variant) > 6:
        return None
    number = int(variant)
    if kind == "photo" and what in KINDS:
        return File(f"IMG_{2000 + number * 37 % 7000}.jpg", "image/jpeg", picture(what, number))
    if kind == "csv" and what == "prices":
        return File("prices.csv", "text/csv", _prices(number))
    if kind == "audio" and what == "voice":
        return File(f"voice-{number}.wav", "audio/wav", _voice(number))
    return None


_PAPERS = {
    "invoice": "INVOICE",
    "order": "ORDER",
    "offer": "OFFER",
    "kit": "MEDIA KIT",
    "label": "RETURN LABEL",
}
_ARTICLES = ("Mug Alba", "Lamp Fenja", "Vase Ilex", "Candle Cedar", "Blanket Moor", "Clock Ruun")


@lru_cache(maxsize=64)
def _pdf(what: str, variant: str) -> bytes:
    """One A4 page: letterhead, number, a table with a sum."""
    dice = Random(f"pdf/{what}/{variant}")
    page = [
        "0.24 0.38 0.58 rg 56 770 34 34 re f 0 g",
        _text(102, 788, 16, "Pinewhistle", bold=True),
        _text(
            102, 774, 9, "Workshop for home and garden - 4 Kiln Lane - hello@pinewhistle.example"
        ),
        _text(56, 700, 20, _PAPERS[what], bold=True),
        _text(56, 682, 10, f"Number {variant}"),
        "0.92 g 56 640 483 20 re f 0 g",
        _text(62, 646, 10, "Article", bold=True),
        _text(360, 646, 10, "Pieces", bold=True),
        _text(470, 646, 10, "EUR", bold=True),
    ]
    total = 0
    for row, article in enumerate(dice.sample(_ARTICLES, dice.randint(2, 4))):
        pieces, cents = dice.randint(1, 4), dice.randint(12, 140) * 100 - 10
        total += pieces * cents
        y = 620 - row * 20
        page += [
            _text(62, y, 10, article),
            _text(360, y, 10, str(pieces)),
            _text(470, y, 10, f"{pieces * cents / 100:,.2f}"),
            f"0.85 G 56 {y - 6} m 539 {y - 6} l S",
        ]
    page += [
        _text(360, 500, 12, "Total", bold=True),
        _text(470, 500, 12, f"{total / 100:,.2f}", bold=True),
        _text(
            56,
            440,
            10,
            "Thank you for your order. Everything is made by hand, so no two are alike.",
        ),
    ]
    return _document("\n".join(page).encode("latin-1", "replace"))


def _text(x: int, y: int, size: int, text: str, *, bold: bool = False) -> str:
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /{'B' if bold else 'R'} {size} Tf {x} {y} Td ({escaped}) Tj ET"


def _document(content: bytes) -> bytes:
    """PDF 1.4 with one page and the standard fonts (ISO 32000-1, 7.5)."""
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica{} /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /R 5 0 R /B 6 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        font.format("").encode(),
        font.format("-Bold").encode(),
    ]
    out = BytesIO()
    out.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def _prices(variant: int) -> bytes:
    dice = Random(f"prices/{variant}")
    rows = ["article,single,from 10,from 50"]
    for article in _ARTICLES:
        price = dice.randint(14, 160)
        rows.append(f"{article},{price:.2f},{price * 0.8:.2f},{price * 0.65:.2f}")
    return ("\r\n".join(rows) + "\r\n").encode()


_RATE = 8000
_VOWELS = ((730, 1090), (270, 2290), (570, 840), (530, 1840), (440, 1020))


@lru_cache(maxsize=16)
def _voice(variant: int) -> bytes:
    """A few seconds that sound like somebody humming a sentence: harmonics near two formants."""
    dice = Random(f"voice/{variant}")
    pitch = dice.choice((110.0, 130.0, 190.0, 215.0))
    samples = array("h")
    for _ in range(dice.randint(7, 12)):
        samples.extend(_syllable(dice, pitch))
        samples.extend([0] * dice.randrange(200, 1200))
    file = BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def _syllable(dice: Random, pitch: float) -> list[int]:
    formants = dice.choice(_VOWELS)
    length = dice.randrange(900, 2000)
    base = pitch * dice.uniform(0.88, 1.2)
    tones = [
        (
            2 * pi * base * n / _RATE,
            sum(1 / (1 + ((base * n - f) / 130) ** 2) for f in formants) / n,
        )
        for n in (1, 2, 3, 4, 5, 7, 9)
    ]
    loudest = sum(weight for _, weight in tones)
    return [
        round(9000 * sin(pi * i / length) * sum(w * sin(step * i) for step, w in tones) / loudest)
        for i in range(length)
    ]
