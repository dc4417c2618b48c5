"""The browser of tests, benchmarks and the documentation's pictures: the system's Chromium."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Where it is. Raises FileNotFoundError."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    raise FileNotFoundError("No Chromium is installed; on Debian scripts/system-deps installs one.")
