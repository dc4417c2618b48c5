"""Drawing with a few smooth shapes, in units of a 640 x 480 picture.

Shapes are drawn at twice the size and scaled down, which is the cheapest good antialiasing.
"""

from io import BytesIO
from math import cos, radians, sin
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 640, 480
_SCALE = 2

Colour = tuple[int, int, int]


class Palette(NamedTuple):
    """`main` is the colour the product is sold in; the rest goes with it."""

    name: str
    wall: Colour
    wall_light: Colour
    table: Colour
    main: Colour
    second: Colour


PALETTES = (
    Palette(
        "blue", (214, 226, 236), (243, 247, 250), (196, 160, 124), (62, 98, 148), (226, 172, 92)
    ),
    Palette(
        "green", (222, 230, 214), (247, 249, 241), (176, 139, 104), (92, 128, 92), (222, 138, 96)
    ),
    Palette(
        "terracotta",
        (240, 222, 208),
        (252, 245, 238),
        (140, 104, 80),
        (196, 98, 66),
        (84, 124, 130),
    ),
    Palette(
        "mustard", (238, 230, 206), (252, 249, 238), (122, 94, 76), (214, 162, 54), (72, 96, 128)
    ),
    Palette(
        "plum", (230, 218, 230), (249, 243, 249), (186, 152, 126), (116, 70, 116), (232, 184, 120)
    ),
    Palette(
        "black", (226, 224, 220), (248, 247, 245), (206, 178, 144), (56, 56, 62), (206, 116, 86)
    ),
    Palette(
        "rose", (242, 220, 222), (253, 246, 246), (164, 128, 106), (206, 122, 134), (106, 136, 110)
    ),
    Palette("night", (52, 62, 88), (92, 102, 132), (92, 70, 58), (222, 178, 98), (148, 104, 84)),
)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`a` with this share of `b`."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def dark(colour: Colour, share: float = 0.25) -> Colour:
    return mix(colour, (24, 20, 26), share)


def light(colour: Colour, share: float = 0.3) -> Colour:
    return mix(colour, (255, 255, 255), share)


class Canvas:
    """A picture being drawn. Boxes are (left, top, right, bottom)."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.width, self.height = width, height
        self.image = Image.new("RGB", (width * _SCALE, height * _SCALE))
        self.pen = ImageDraw.Draw(self.image)

    def gradient(self, box: tuple[float, ...], top: Colour, bottom: Colour) -> None:
        left, upper, right, lower = (round(v * _SCALE) for v in box)
        # One column, stretched: far cheaper than blending every pixel.
        column = Image.new("RGB", (1, lower - upper), top)
        mask = Image.linear_gradient("L").resize(column.size)
        column.paste(bottom, (0, 0, *column.size), mask)
        patch = column.resize((right - left, lower - upper), Image.Resampling.NEAREST)
        self.image.paste(patch, (left, upper))

    def shadow(self, box: tuple[float, ...], strength: int = 110, blur: float = 9) -> None:
        self._haze(box, (30, 22, 20), strength, blur)

    def glow(
        self, box: tuple[float, ...], colour: Colour, strength: int = 150, blur: float = 40
    ) -> None:
        self._haze(box, colour, strength, blur)

    def _haze(self, box: tuple[float, ...], colour: Colour, strength: int, blur: float) -> None:
        """A soft ellipse. Made small and enlarged, since nobody sees detail in a blur."""
        left, top, right, bottom = box
        margin = blur * 2.5
        width, height = right - left + 2 * margin, bottom - top + 2 * margin
        small = 8 if blur > 20 else 3
        mask = Image.new("L", (round(width / small), round(height / small)))
        inner = (margin, margin, width - margin, height - margin)
        ImageDraw.Draw(mask).ellipse([v / small for v in inner], fill=strength)
        mask = mask.filter(ImageFilter.GaussianBlur(blur / small))
        mask = mask.resize((round(width * _SCALE), round(height * _SCALE)))
        corner = (round((left - margin) * _SCALE), round((top - margin) * _SCALE))
        self.image.paste(colour, (*corner, corner[0] + mask.width, corner[1] + mask.height), mask)

    def ellipse(self, box: tuple[float, ...], colour: Colour) -> None:
        self.pen.ellipse([v * _SCALE for v in box], fill=colour)

    def ring(self, box: tuple[float, ...], colour: Colour, width: float) -> None:
        self.pen.ellipse([v * _SCALE for v in box], outline=colour, width=round(width * _SCALE))

    def arc(
        self, box: tuple[float, ...], start: float, end: float, colour: Colour, width: float
    ) -> None:
        """Degrees clockwise from three o'clock."""
        self.pen.arc(
            [v * _SCALE for v in box], start, end, fill=colour, width=round(width * _SCALE)
        )

    def pie(self, box: tuple[float, ...], start: float, end: float, colour: Colour) -> None:
        self.pen.pieslice([v * _SCALE for v in box], start, end, fill=colour)

    def rect(self, box: tuple[float, ...], colour: Colour, radius: float = 0) -> None:
        scaled = [v * _SCALE for v in box]
        self.pen.rounded_rectangle(scaled, radius * _SCALE, fill=colour)

    def shape(self, points: list[tuple[float, float]], colour: Colour) -> None:
        self.pen.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=colour)

    def line(self, points: list[tuple[float, float]], colour: Colour, width: float = 2) -> None:
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        self.pen.line(scaled, fill=colour, width=round(width * _SCALE), joint="curve")
        for x, y in (scaled[0], scaled[-1]):
            r = width * _SCALE / 2
            self.pen.ellipse([x - r, y - r, x + r, y + r], fill=colour)

    def blob(self, points: list[tuple[float, float]], colour: Colour) -> None:
        """A closed smooth shape through the middles between the points (Chaikin, three rounds)."""
        for _ in range(3):
            following = [*points[1:], points[0]]
            points = [
                q
                for (ax, ay), (bx, by) in zip(points, following, strict=True)
                for q in (
                    (0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by),
                    (0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by),
                )
            ]
        self.shape(points, colour)

    def jpeg(self, tilt: float = 0.0) -> bytes:
        """The picture as a JPEG, tilted by some degrees as a hand-held camera does."""
        image = self.image.reduce(_SCALE)
        if tilt:
            image = image.transform(
                image.size, Image.Transform.AFFINE, _zoomed(tilt), Image.Resampling.BILINEAR
            )
        file = BytesIO()
        image.save(file, "JPEG", quality=84)
        return file.getvalue()


def _zoomed(degrees: float) -> tuple[float, ...]:
    """A rotation about the middle, zoomed so that no corner stays empty."""
    c, s = cos(radians(degrees)) / 1.07, sin(radians(degrees)) / 1.07
    x, y = WIDTH / 2, HEIGHT / 2
    return (c, s, x - c * x - s * y, -s, c, y + s * x - c * y)
