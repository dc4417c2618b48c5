"""What all panels have in common in the browser: their script and their styles."""

from __future__ import annotations

import hashlib
from typing import ClassVar

import ipywidgets
import traitlets

from widgets import assets


class Library(ipywidgets.Widget):
    """Sent once for all panels of a kernel, and loaded once by a page, whatever it shows.

    Each panel with a copy of its own would make an inbox wait longer for its first rows than for
    anything else.
    """

    script = traitlets.Unicode().tag(sync=True)
    style = traitlets.Unicode().tag(sync=True)
    version = traitlets.Unicode().tag(sync=True)
    """Of script and style: two kernels of one page may have the same."""

    _shared: ClassVar[Library | None] = None

    @classmethod
    def shared(cls) -> Library:
        """The one of this kernel; another one, if it was closed with all widgets."""
        if cls._shared is None or cls._shared.comm is None:
            script, style = assets.script(), assets.style()
            version = hashlib.sha256(f"{script}\0{style}".encode()).hexdigest()[:16]
            cls._shared = cls(script=script, style=style, version=version)
        return cls._shared
