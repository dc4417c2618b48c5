"""Pictures customers send: the products, broken things, parcels, rooms, papers and screens."""

from functools import lru_cache
from random import Random

from workspace.channels.simulated.canvas import (
    HEIGHT,
    PALETTES,
    WIDTH,
    Canvas,
    Colour,
    Palette,
    dark,
    light,
    mix,
)
from workspace.channels.simulated.products import DRAWN

WHITE: Colour = (252, 250, 246)
INK: Colour = (58, 56, 64)
CARDBOARD: Colour = (198, 156, 108)


@lru_cache(maxsize=256)
def picture(kind: str, variant: int) -> bytes:
    """A JPEG of 640 x 480. `kind` is one of `KINDS`."""
    dice = Random(f"picture/{kind}/{variant}")
    palette = PALETTES[variant % len(PALETTES)]
    canvas = Canvas()
    name, _, product = kind.partition("-")
    if name == "broken":
        _table(canvas, palette)
        DRAWN[product](canvas, palette)
        _cracks(canvas, palette, dice, top=118 if product == "lamp" else 220)
    elif name in _SCENES:
        _SCENES[name](canvas, palette, dice)
    else:
        _table(canvas, palette)
        _props(canvas, palette, dice)
        DRAWN[name](canvas, palette)
    return canvas.jpeg(tilt=dice.uniform(-2.2, 2.2) if name in _HELD else 0)


def _table(canvas: Canvas, palette: Palette) -> None:
    canvas.gradient((0, 0, WIDTH, 350), palette.wall, palette.wall_light)
    canvas.gradient((0, 345, WIDTH, HEIGHT), light(palette.table, 0.16), dark(palette.table, 0.12))
    for y in (372, 404, 446):
        canvas.line([(0, y), (WIDTH, y + 3)], dark(palette.table, 0.06), 1.4)


def _props(canvas: Canvas, palette: Palette, dice: Random) -> None:
    """What stands behind: a frame, a window or a shelf."""
    match dice.randrange(3):
        case 0:
            x = dice.choice((66, 452))
            canvas.rect((x, 52, x + 118, 206), light(palette.table, 0.1))
            canvas.rect((x + 9, 61, x + 109, 197), WHITE)
            canvas.ellipse((x + 34, 82, x + 86, 134), palette.second)
            canvas.shape(
                [(x + 9, 197), (x + 9, 160), (x + 48, 138), (x + 109, 178), (x + 109, 197)],
                light(palette.main, 0.3),
            )
        case 1:
            x = dice.choice((40, 420))
            canvas.rect((x, 26, x + 180, 236), WHITE, 3)
            canvas.gradient((x + 10, 36, x + 170, 226), (168, 206, 232), (240, 232, 214))
            canvas.ellipse((x + 30, 150, x + 120, 260), (146, 178, 134))
            canvas.rect((x + 10, 224, x + 170, 262), WHITE)
            canvas.rect((x + 86, 30, x + 94, 232), WHITE)
        case _:
            y = 150
            canvas.rect((30, y, 250, y + 9), palette.table)
            for n in range(7):
                tall = dice.randrange(52, 92)
                left = 48 + n * 22
                shade = mix(palette.main, palette.second, n % 4 / 3)
                canvas.rect((left, y - tall, left + 19, y), mix(shade, palette.wall, 0.25), 2)


def _cracks(canvas: Canvas, palette: Palette, dice: Random, top: int) -> None:
    start = (dice.randrange(300, 340), top + dice.randrange(-10, 10))
    for angle in (-1, 0, 1):
        points = [start]
        for n in range(1, 6):
            points.append((start[0] + angle * 17 * n + dice.randrange(-9, 10), start[1] + 24 * n))
        canvas.line([(float(x), float(y)) for x, y in points], dark(palette.main, 0.7), 2.6)
        canvas.line([(x + 2.5, y) for x, y in points], light(palette.main, 0.6), 1)
    for _ in range(7):
        x, y, size = dice.randrange(130, 520), dice.randrange(408, 458), dice.randrange(9, 22)
        canvas.shadow((x - 3, y + size * 0.5, x + size * 1.5, y + size), 70, 3)
        canvas.shape(
            [
                (x, y),
                (x + size, y + size * 0.3),
                (x + size * 1.3, y + size),
                (x + size * 0.3, y + size * 0.8),
            ],
            light(palette.main, dice.uniform(0.1, 0.4)),
        )


def _parcel(canvas: Canvas, palette: Palette, dice: Random) -> None:
    canvas.gradient((0, 0, WIDTH, 300), palette.wall, palette.wall_light)
    canvas.gradient((0, 290, WIDTH, HEIGHT), (152, 140, 130), (112, 102, 96))
    canvas.rect((420, 0, 600, 300), light(palette.main, 0.08))
    canvas.rect((436, 16, 584, 140), light(palette.main, 0.18), 4)
    canvas.rect((436, 156, 584, 288), light(palette.main, 0.18), 4)
    canvas.ellipse((432, 150, 448, 166), palette.second)
    canvas.shadow((96, 380, 520, 452), 140, 14)
    dent = dice.randrange(0, 34)
    front: list[tuple[float, float]] = [(120, 226), (372, 246), (372, 436), (124, 408)]
    side: list[tuple[float, float]] = [(372, 246), (500, 206), (500, 380), (372, 436)]
    top: list[tuple[float, float]] = [(120, 226), (262, 190 + dent / 3), (500, 206), (372, 246)]
    canvas.shape(front, CARDBOARD)
    canvas.shape(side, dark(CARDBOARD, 0.2))
    canvas.shape(top, light(CARDBOARD, 0.22))
    if dent > 12:
        canvas.shape([(372, 246), (372, 330), (404 + dent, 300), (410, 236)], dark(CARDBOARD, 0.38))
        canvas.line([(372, 250), (386, 290), (376, 330)], dark(CARDBOARD, 0.5), 2)
    canvas.shape(
        [(232, 235), (268, 238), (268, 424), (232, 420)], mix(CARDBOARD, palette.second, 0.45)
    )
    canvas.shape(
        [(232, 235), (268, 238), (396, 199), (364, 197)], mix(CARDBOARD, palette.second, 0.3)
    )
    canvas.shape([(284, 284), (356, 290), (356, 366), (284, 358)], WHITE)
    for n in range(9):
        x = 292 + n * 6.6
        canvas.line([(x, 332 + n * 0.5), (x, 352 + n * 0.5)], INK, 1 + n * 7 % 3)
    for n, end in enumerate((344, 330, 338)):
        canvas.line([(292, 296 + n * 9), (end, 299 + n * 9)], INK, 2)
    canvas.line([(146, 250), (146, 282)], dark(CARDBOARD, 0.5), 3)
    canvas.line([(138, 260), (146, 249), (154, 261)], dark(CARDBOARD, 0.5), 3)


def _room(canvas: Canvas, palette: Palette, dice: Random) -> None:
    canvas.gradient((0, 0, WIDTH, 360), palette.wall, palette.wall_light)
    canvas.gradient((0, 356, WIDTH, HEIGHT), light(palette.table, 0.2), palette.table)
    canvas.rect((0, 350, WIDTH, 360), WHITE)
    canvas.rect((52, 40, 232, 250), WHITE, 3)
    canvas.gradient((62, 50, 222, 240), (156, 198, 230), (250, 228, 204))
    canvas.ellipse((150, 84, 190, 124), (255, 244, 214))
    canvas.blob(
        [(62, 240), (62, 196), (110, 176), (160, 206), (222, 186), (222, 240)], (134, 166, 126)
    )
    canvas.rect((138, 44, 146, 246), WHITE)
    for x in (20, 232):
        canvas.blob(
            [(x, 20), (x + 34, 20), (x + 28, 140), (x + 40, 300), (x - 6, 300), (x + 4, 140)],
            light(palette.second, 0.45),
        )
    canvas.ellipse((170, 408, 560, 470), mix(palette.second, WHITE, 0.55))
    canvas.ellipse((200, 416, 530, 462), mix(palette.second, WHITE, 0.35))
    canvas.shadow((290, 396, 610, 432), 110, 10)
    canvas.rect((310, 240, 590, 370), palette.main, 24)
    canvas.rect((290, 290, 350, 410), dark(palette.main, 0.12), 18)
    canvas.rect((550, 290, 610, 410), dark(palette.main, 0.12), 18)
    canvas.rect((340, 320, 560, 396), light(palette.main, 0.14), 14)
    canvas.line([(450, 326), (450, 392)], dark(palette.main, 0.15), 2)
    canvas.rect((362, 270, 420, 330), palette.second, 12)
    if dice.random() < 0.6:
        canvas.rect((486, 276, 536, 330), light(palette.wall, 0.5), 12)
    canvas.rect((376, 70, 446, 168), light(palette.table, 0.1))
    canvas.rect((384, 78, 438, 160), WHITE)
    canvas.ellipse((396, 96, 426, 126), palette.second)
    canvas.rect((466, 92, 530, 154), light(palette.table, 0.1))
    canvas.rect((474, 100, 522, 146), light(palette.main, 0.5))
    canvas.line([(262, 412), (262, 236)], INK, 4)
    canvas.ellipse((236, 404, 288, 418), INK)
    canvas.glow((180, 190, 344, 300), (255, 236, 190), 120, 34)
    canvas.shape([(236, 196), (288, 196), (304, 244), (220, 244)], (252, 232, 190))


def _gift(canvas: Canvas, palette: Palette, dice: Random) -> None:
    _table(canvas, palette)
    canvas.glow((90, 20, 560, 340), light(palette.second, 0.5), 110, 60)
    canvas.shadow((170, 388, 480, 436), 130, 10)
    canvas.rect((190, 226, 456, 412), palette.main, 4)
    canvas.rect((390, 226, 456, 412), dark(palette.main, 0.14), 4)
    for _ in range(16):
        x, y = dice.randrange(200, 440), dice.randrange(250, 396)
        canvas.ellipse((x, y, x + 9, y + 9), light(palette.main, 0.35))
    canvas.rect((178, 196, 468, 240), light(palette.main, 0.12), 4)
    canvas.rect((304, 196, 342, 412), palette.second)
    canvas.blob([(323, 196), (230, 196), (214, 116), (300, 140)], palette.second)
    canvas.blob([(323, 196), (416, 196), (432, 116), (346, 140)], light(palette.second, 0.15))
    canvas.blob([(312, 200), (320, 168), (338, 168), (344, 200)], dark(palette.second, 0.14))
    canvas.shape([(96, 372), (196, 352), (212, 420), (112, 440)], WHITE)
    for n, length in enumerate((64, 52, 40)):
        y = 378 + n * 15
        canvas.line(
            [(120 + n * 4, y), (120 + n * 4 + length, y - length * 0.2)], mix(INK, WHITE, 0.3), 2
        )
    for n in range(26):
        x, y = dice.randrange(20, 620), dice.randrange(16, 340)
        colour = (palette.main, palette.second, light(palette.second, 0.4))[n % 3]
        canvas.ellipse((x, y, x + 7, y + 7), colour)


def _screen(canvas: Canvas, palette: Palette, dice: Random) -> None:
    """A page of the shop that refuses something."""
    canvas.rect((0, 0, WIDTH, HEIGHT), (247, 247, 249))
    canvas.rect((0, 0, WIDTH, 54), palette.main)
    canvas.ellipse((22, 14, 48, 40), WHITE)
    canvas.rect((60, 20, 190, 34), light(palette.main, 0.7), 7)
    canvas.rect((470, 18, 540, 36), light(palette.main, 0.25), 9)
    canvas.rect((552, 18, 620, 36), palette.second, 9)
    canvas.rect((40, 84, 396, 440), WHITE, 12)
    for n in range(3):
        y = 108 + n * 92
        canvas.rect((62, y, 132, y + 70), mix(palette.wall, palette.second, n * 0.22), 8)
        canvas.ellipse((80, y + 18, 114, y + 52), mix(palette.main, WHITE, 0.2 * n))
        canvas.rect((150, y + 8, 250 + dice.randrange(80), y + 20), (92, 92, 104), 5)
        canvas.rect((150, y + 32, 290, y + 41), (206, 206, 214), 4)
        canvas.rect((330, y + 8, 374, y + 20), (120, 120, 132), 5)
    canvas.rect((62, 392, 250, 420), (238, 238, 243), 8)
    canvas.rect((264, 392, 374, 420), mix(palette.main, WHITE, 0.4), 8)
    canvas.rect((418, 84, 604, 300), WHITE, 12)
    for n in range(4):
        canvas.rect((438, 108 + n * 28, 520, 118 + n * 28), (206, 206, 214), 4)
        canvas.rect((552, 108 + n * 28, 586, 118 + n * 28), (160, 160, 172), 4)
    canvas.rect((438, 244, 586, 276), palette.second, 8)
    canvas.rect((418, 322, 604, 398), (253, 234, 232), 12)
    canvas.ellipse((434, 340, 466, 372), (204, 66, 58))
    canvas.line([(444, 350), (456, 362)], WHITE, 3)
    canvas.line([(456, 350), (444, 362)], WHITE, 3)
    canvas.rect((480, 342, 586, 352), (176, 76, 70), 5)
    canvas.rect((480, 362, 556, 371), (220, 150, 146), 4)


def _invoice(canvas: Canvas, palette: Palette, dice: Random) -> None:
    """A paper photographed on a table."""
    canvas.gradient((0, 0, WIDTH, HEIGHT), light(palette.table, 0.2), dark(palette.table, 0.1))
    for y in range(30, HEIGHT, 66):
        canvas.line([(0, y), (WIDTH, y + 8)], dark(palette.table, 0.08), 1.6)
    canvas.shadow((150, 40, 520, 474), 120, 16)
    canvas.shape([(170, 22), (486, 30), (478, 468), (158, 458)], (250, 249, 245))
    canvas.ellipse((196, 50, 236, 90), palette.main)
    canvas.rect((250, 58, 340, 70), INK, 3)
    canvas.rect((250, 78, 316, 85), mix(INK, WHITE, 0.5), 3)
    canvas.rect((392, 52, 454, 64), palette.main, 3)
    for n in range(4):
        canvas.rect(
            (196, 118 + n * 13, 250 + dice.randrange(60), 124 + n * 13), mix(INK, WHITE, 0.45), 2
        )
    canvas.rect((194, 196, 456, 214), mix(palette.main, WHITE, 0.72))
    for n in range(6):
        y = 226 + n * 21
        canvas.rect((200, y, 280 + dice.randrange(70), y + 7), mix(INK, WHITE, 0.3), 2)
        canvas.rect((414, y, 450, y + 7), mix(INK, WHITE, 0.3), 2)
        canvas.line([(196, y + 14), (456, y + 14)], (226, 224, 218), 1)
    canvas.rect((366, 366, 452, 380), INK, 3)
    canvas.ring((208, 362, 276, 430), mix((190, 60, 60), WHITE, 0.25), 3)
    canvas.rect((222, 390, 262, 400), mix((190, 60, 60), WHITE, 0.25), 2)
    canvas.ellipse((520, 330, 634, 444), WHITE)
    canvas.ellipse((534, 344, 620, 430), (92, 58, 40))
    canvas.ellipse((544, 352, 580, 376), (120, 80, 56))


_SCENES = {
    "parcel": _parcel,
    "room": _room,
    "gift": _gift,
    "screen": _screen,
    "invoice": _invoice,
}
_HELD = {"parcel", "room", "invoice", "sneakers", "vase"}
"""Taken in a hurry, and a little askew."""
KINDS = (
    *DRAWN,
    *(f"broken-{name}" for name in ("mug", "vase", "teapot", "lamp", "clock")),
    *_SCENES,
)
"""Everything that can be drawn."""
