"""The verdicts of `make bench-ui`."""

from benchmarks.measure import Timing
from benchmarks.targets import FIRST_ROWS, NEWS, NEWS_BUSY, OPENING, verdicts

SMALL, LARGE = "1,000 conversations", "100,000 conversations"


def missed(**changed: tuple[Timing, Timing]) -> list[str]:
    """The figures of missed targets, where all but some of the figures are well within them."""
    good = {
        "FIRST_ROWS": (Timing(200, 400), Timing(210, 400)),
        "OPENING": (Timing(100, 200), Timing(110, 200)),
        "NEWS": (Timing(300, 900), Timing(300, 900)),
        "NEWS_BUSY": (Timing(400, 1000), Timing(400, 900)),
    }
    names = {"FIRST_ROWS": FIRST_ROWS, "OPENING": OPENING, "NEWS": NEWS, "NEWS_BUSY": NEWS_BUSY}
    timings = {
        names[name]: dict(zip((SMALL, LARGE), pair, strict=True))
        for name, pair in {**good, **changed}.items()
    }
    return [verdict.figure for verdict in verdicts(timings) if not verdict.met]


def test_all_is_met() -> None:
    assert missed() == []


def test_what_one_waits_for_is_judged_by_its_median_at_either_size() -> None:
    assert missed(FIRST_ROWS=(Timing(301, 301), Timing(300, 600))) == ["301 ms"]
    assert missed(OPENING=(Timing(140, 300), Timing(151, 300))) == ["151 ms"]


def test_opening_does_not_depend_on_how_many_there_are() -> None:
    assert missed(OPENING=(Timing(60, 60), Timing(90, 90))) == ["1.50"]
    assert missed(OPENING=(Timing(90, 90), Timing(60, 60))) == []


def test_news_are_judged_by_the_slowest() -> None:
    assert missed(NEWS=(Timing(300, 1100), Timing(300, 900))) == ["1,100 ms"]
    assert missed(NEWS_BUSY=(Timing(300, 900), Timing(300, 2000))) == ["2,000 ms"]
