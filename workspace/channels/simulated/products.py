"""What the invented shop sells, each drawn on a table."""

from collections.abc import Callable, Sequence
from math import cos, pi, sin

from workspace.channels.simulated.canvas import Canvas, Colour, Palette, dark, light, mix

WHITE: Colour = (252, 250, 246)
INK: Colour = (52, 50, 58)
LEAF: Colour = (86, 134, 92)


def _mug(canvas: Canvas, palette: Palette) -> None:
    main = palette.main
    canvas.shadow((200, 376, 490, 424))
    canvas.ring((396, 226, 490, 346), dark(main, 0.12), 21)
    canvas.blob(
        [(212, 180), (424, 180), (424, 300), (414, 402), (330, 412), (222, 402), (212, 300)], main
    )
    canvas.rect((222, 196, 414, 360), main, 8)
    canvas.rect((214, 296, 422, 322), light(palette.second, 0.1))
    canvas.ellipse((214, 168, 422, 216), light(main, 0.28))
    canvas.ellipse((226, 174, 410, 210), (88, 56, 40))
    canvas.ellipse((246, 180, 340, 200), (120, 82, 58))
    canvas.rect((236, 224, 250, 288), light(main, 0.35), 7)
    for x in (270, 318, 362):
        canvas.line(
            [(x, 150), (x + 10, 130), (x - 4, 108), (x + 8, 84)], light(palette.wall, 0.55), 4
        )


def _lamp(canvas: Canvas, palette: Palette) -> None:
    canvas.glow((120, 90, 520, 420), (255, 232, 176), 170, 56)
    canvas.shadow((230, 386, 412, 420))
    canvas.ellipse((240, 384, 400, 414), dark(palette.main, 0.2))
    canvas.ellipse((240, 378, 400, 408), palette.main)
    canvas.rect((314, 236, 326, 394), (186, 148, 96))
    canvas.shape([(254, 92), (386, 92), (446, 244), (194, 244)], light(palette.second, 0.35))
    canvas.shape([(254, 92), (296, 92), (262, 244), (194, 244)], light(palette.second, 0.55))
    canvas.ellipse((194, 232, 446, 258), (255, 244, 214))
    canvas.ellipse((254, 84, 386, 100), light(palette.second, 0.1))


def _sneakers(canvas: Canvas, palette: Palette) -> None:
    canvas.shadow((80, 372, 580, 432), 120, 12)
    _shoe(canvas, 60, -46, dark(palette.main, 0.16), palette)
    _shoe(canvas, 0, 0, palette.main, palette)


def _shoe(canvas: Canvas, x: float, y: float, main: Colour, palette: Palette) -> None:
    def at(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(px + x, py + y) for px, py in points]

    upper = [
        (104, 236),
        (124, 220),
        (196, 232),
        (262, 262),
        (330, 322),
        (420, 342),
        (500, 360),
        (510, 402),
        (100, 404),
        (96, 300),
    ]
    canvas.blob(at(upper), main)
    canvas.blob(at([(396, 344), (470, 350), (512, 372), (512, 402), (372, 402)]), light(main, 0.45))
    canvas.rect((92 + x, 390 + y, 518 + x, 418 + y), WHITE, 14)
    canvas.rect((92 + x, 406 + y, 518 + x, 418 + y), palette.second, 6)
    canvas.blob(
        at([(118, 300), (170, 330), (250, 372), (330, 378), (250, 346), (160, 290)]), palette.second
    )
    for n in range(4):
        a, b = 226 + n * 34, 250 + n * 25
        canvas.line(at([(a, b), (a + 34, b - 24)]), WHITE, 6)
    canvas.ellipse((108 + x, 224 + y, 192 + x, 252 + y), dark(main, 0.45))


def _backpack(canvas: Canvas, palette: Palette) -> None:
    main = palette.main
    canvas.shadow((180, 396, 470, 436))
    canvas.arc((280, 54, 360, 140), 180, 360, dark(main, 0.4), 12)
    canvas.rect((186, 100, 454, 420), main, 62)
    canvas.rect((168, 270, 204, 400), dark(main, 0.2), 16)
    canvas.rect((436, 270, 472, 400), dark(main, 0.2), 16)
    canvas.rect((200, 112, 440, 246), light(main, 0.1), 52)
    canvas.rect((222, 276, 418, 400), light(main, 0.16), 22)
    canvas.line([(232, 302), (408, 302)], dark(main, 0.45), 4)
    for x in (262, 362):
        canvas.rect((x, 210, x + 22, 296), (170, 112, 68), 6)
        canvas.rect((x + 3, 262, x + 19, 280), (226, 190, 110), 3)
    canvas.rect((292, 152, 348, 190), palette.second, 8)


def _plant(canvas: Canvas, palette: Palette) -> None:
    canvas.shadow((230, 390, 420, 424))
    for n, (angle, length) in enumerate(
        ((-78, 200), (-50, 214), (-22, 236), (4, 246), (30, 232), (56, 210), (82, 186))
    ):
        a = angle * pi / 180
        tip = (320 + sin(a) * length, 300 - cos(a) * length)
        side = (cos(a) * 30, sin(a) * 30)
        mid = (320 + sin(a) * length * 0.6, 300 - cos(a) * length * 0.6)
        green = mix(LEAF, (150, 178, 104), n % 3 * 0.3)
        canvas.blob(
            [
                (320, 306),
                (mid[0] - side[0], mid[1] - side[1]),
                tip,
                tip,
                (mid[0] + side[0], mid[1] + side[1]),
            ],
            green,
        )
        canvas.line(
            [(320, 300), (mid[0] + (tip[0] - mid[0]) * 0.5, mid[1] + (tip[1] - mid[1]) * 0.5)],
            light(green, 0.3),
            2,
        )
    canvas.shape([(244, 292), (396, 292), (376, 410), (264, 410)], palette.main)
    canvas.shape([(244, 292), (286, 292), (294, 410), (264, 410)], light(palette.main, 0.18))
    canvas.rect((236, 282, 404, 312), light(palette.main, 0.1), 6)


def _chair(canvas: Canvas, palette: Palette) -> None:
    wood = light(palette.table, 0.08) if palette.name != "night" else (178, 134, 96)
    canvas.shadow((180, 408, 480, 444), 120, 10)
    for top, foot in (
        ((236, 292), (206, 430)),
        ((404, 292), (434, 430)),
        ((260, 280), (250, 400)),
        ((380, 280), (390, 400)),
    ):
        canvas.line([top, foot], dark(wood, 0.2), 11)
    canvas.blob(
        [(214, 84), (426, 84), (436, 240), (406, 268), (234, 268), (204, 240)], palette.main
    )
    canvas.blob(
        [(240, 100), (330, 100), (320, 240), (250, 250), (228, 220)], light(palette.main, 0.14)
    )
    canvas.blob(
        [(196, 256), (444, 256), (456, 306), (420, 330), (220, 330), (184, 306)],
        light(palette.main, 0.1),
    )
    for x in (278, 320, 362):
        canvas.ellipse((x - 5, 156, x + 5, 166), dark(palette.main, 0.25))


def _teapot(canvas: Canvas, palette: Palette) -> None:
    main = palette.main
    canvas.shadow((180, 384, 480, 424))
    canvas.arc((398, 202, 518, 350), 270, 110, dark(main, 0.14), 18)
    canvas.blob(
        [(230, 268), (160, 250), (104, 200), (128, 186), (190, 226), (250, 330)], dark(main, 0.1)
    )
    canvas.blob(
        [(320, 172), (470, 200), (478, 372), (400, 414), (240, 414), (166, 372), (172, 200)], main
    )
    canvas.blob([(230, 230), (280, 216), (252, 330), (226, 340), (214, 280)], light(main, 0.28))
    canvas.ellipse((256, 190, 386, 224), dark(main, 0.2))
    canvas.pie((254, 148, 388, 250), 180, 360, light(main, 0.1))
    canvas.ellipse((306, 128, 336, 158), palette.second)
    for n in range(5):
        x = 256 + n * 34
        canvas.ellipse((x, 336, x + 14, 350), light(palette.second, 0.2))


def _headphones(canvas: Canvas, palette: Palette) -> None:
    main = palette.main
    canvas.shadow((150, 380, 490, 428))
    canvas.arc((166, 74, 474, 430), 180, 360, dark(main, 0.1), 28)
    canvas.arc((184, 92, 456, 412), 192, 348, light(main, 0.24), 8)
    for x, side in ((150, 1), (416, -1)):
        canvas.rect((x + 20 - side * 6, 250, x + 54 - side * 6, 400), (226, 214, 200), 18)
        canvas.rect((x, 240, x + 74, 408), main, 34)
        canvas.rect((x + 16, 262, x + 58, 386), light(main, 0.16), 20)
        canvas.ellipse((x + 24, 306, x + 50, 332), palette.second)


def _clock(canvas: Canvas, palette: Palette) -> None:
    canvas.shadow((210, 392, 430, 424))
    canvas.line([(258, 380), (240, 408)], dark(palette.main, 0.3), 14)
    canvas.line([(382, 380), (400, 408)], dark(palette.main, 0.3), 14)
    canvas.ellipse((188, 120, 452, 398), dark(palette.main, 0.16))
    canvas.ellipse((188, 112, 452, 390), palette.main)
    canvas.ellipse((210, 134, 430, 368), WHITE)
    for n in range(12):
        a = n * pi / 6
        long = 12 if n % 3 == 0 else 6
        x, y = sin(a), -cos(a)
        canvas.line(
            [(320 + x * (98 - long), 251 + y * (104 - long)), (320 + x * 98, 251 + y * 104)], INK, 4
        )
    canvas.line([(320, 251), (278, 205)], INK, 8)
    canvas.line([(320, 251), (372, 196)], INK, 5)
    canvas.line([(320, 251), (330, 324)], palette.second, 3)
    canvas.ellipse((311, 242, 329, 260), palette.second)


def _candle(canvas: Canvas, palette: Palette) -> None:
    canvas.glow((150, 20, 490, 340), (255, 222, 150), 190, 56)
    canvas.shadow((226, 386, 424, 424))
    canvas.rect((238, 208, 402, 410), light(palette.main, 0.25), 18)
    canvas.rect((250, 222, 390, 398), (250, 240, 220), 12)
    canvas.ellipse((250, 206, 390, 240), (255, 248, 232))
    canvas.rect((270, 276, 370, 352), WHITE, 4)
    canvas.rect((288, 294, 352, 302), palette.main, 3)
    canvas.rect((300, 316, 340, 322), mix(INK, WHITE, 0.4), 2)
    canvas.line([(320, 222), (321, 196)], INK, 4)
    canvas.blob([(320, 112), (344, 172), (334, 206), (306, 206), (296, 172)], (250, 176, 72))
    canvas.blob([(320, 148), (332, 182), (328, 202), (312, 202), (308, 182)], (255, 240, 184))


def _vase(canvas: Canvas, palette: Palette) -> None:
    canvas.shadow((226, 392, 416, 426))
    for x, y, colour in (
        (236, 90, palette.second),
        (300, 52, light(palette.main, 0.35)),
        (372, 66, palette.second),
        (420, 120, light(palette.second, 0.4)),
        (262, 142, light(palette.main, 0.5)),
    ):
        canvas.line([(320, 250), (x, y)], LEAF, 5)
        for n in range(6):
            a = n * pi / 3
            cx, cy = x + cos(a) * 17, y + sin(a) * 17
            canvas.ellipse((cx - 14, cy - 14, cx + 14, cy + 14), colour)
        canvas.ellipse((x - 11, y - 11, x + 11, y + 11), (250, 222, 130))
    canvas.blob(
        [
            (292, 226),
            (348, 226),
            (352, 268),
            (412, 320),
            (396, 400),
            (340, 416),
            (300, 416),
            (244, 400),
            (228, 320),
            (288, 268),
        ],
        palette.main,
    )
    canvas.blob(
        [(290, 286), (310, 280), (280, 380), (262, 372), (254, 326)], light(palette.main, 0.26)
    )
    canvas.ellipse((286, 222, 354, 242), dark(palette.main, 0.3))
    canvas.line([(250, 336), (390, 336)], light(palette.second, 0.3), 5)


def _blanket(canvas: Canvas, palette: Palette) -> None:
    canvas.shadow((130, 384, 520, 430), 120, 12)
    for n, y in enumerate((352, 300, 250)):
        shade = light(palette.main, 0.13 * n)
        canvas.rect((140 + n * 9, y, 508 - n * 9, y + 62), shade, 24)
        for x in range(170 + n * 9, 480 - n * 9, 34):
            canvas.rect((x, y + 5, x + 8, y + 57), mix(shade, palette.second, 0.55))
        canvas.line([(156 + n * 9, y + 58), (492 - n * 9, y + 58)], dark(shade, 0.25), 3)
    for x in range(158, 500, 13):
        canvas.line([(x, 410), (x - 2, 428)], light(palette.main, 0.25), 3)


DRAWN: dict[str, Callable[[Canvas, Palette], None]] = {
    "mug": _mug,
    "lamp": _lamp,
    "sneakers": _sneakers,
    "backpack": _backpack,
    "plant": _plant,
    "chair": _chair,
    "teapot": _teapot,
    "headphones": _headphones,
    "clock": _clock,
    "candle": _candle,
    "vase": _vase,
    "blanket": _blanket,
}
