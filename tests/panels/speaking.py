"""A stand-in for the browser's end of a panel's messages."""

import threading
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from widgets.panel import Panel

PIECE = 1_500_000
"""Bytes of a file that come in one message."""


@dataclass
class Browser:
    """Speaks to a panel as its script does, and keeps what the panel says.

    It takes the place of the kernel's connection, so that no kernel is needed.
    """

    panel: Panel
    said: list[dict[str, Any]] = field(default_factory=list)
    bytes: list[bytes] = field(default_factory=list)
    heard: threading.Condition = field(default_factory=threading.Condition)
    comm_id: str = field(default_factory=lambda: f"browser-{next(_numbers)}")

    def __post_init__(self) -> None:
        self.panel.comm = self

    # What ipywidgets asks of a connection.

    def on_msg(self, callback: Any) -> None:
        pass

    def close(self, *args: Any, **kwargs: Any) -> None:
        pass

    def send(self, data: Any, buffers: Any = None, **_: Any) -> None:
        if data["method"] == "custom":
            with self.heard:
                self.said.append(data["content"])
                self.bytes += [bytes(buffer) for buffer in buffers or ()]
                self.heard.notify_all()

    # What a script does.

    def ask(self, name: str, /, *, buffer: bytes = b"", **args: Any) -> Any:
        """The answer's value; an error is raised as it was put. `buffer` travels beside it."""
        call = f"request-{next(_numbers)}"
        buffers = [memoryview(buffer)] if buffer else []
        self.panel._received(self.panel, {"ask": name, "args": args, "call": call}, buffers)
        with self.heard:
            assert self.heard.wait_for(lambda: self._answers(call), timeout=30)
        [answer] = self._answers(call)
        if "error" in answer:
            raise Refused(**answer["error"])
        return answer["value"]

    def _answers(self, call: str) -> list[dict[str, Any]]:
        return [said for said in self.said if said.get("call") == call and "part" not in said]

    @property
    def deed(self) -> str:
        """What the newest answer says was done."""
        return str(next(said["deed"] for said in reversed(self.said) if "deed" in said))

    def pushed(self, name: str) -> list[Any]:
        return [said["value"] for said in self.said if said.get("push") == name]


def until(browser: Browser, condition: Any) -> None:
    with browser.heard:
        assert browser.heard.wait_for(condition, timeout=30)


def upload(browser: Browser, name: str, data: bytes) -> dict[str, Any]:
    """As the script does it; what the hub calls it."""
    id = browser.ask("upload_start", name=name, size=len(data))["upload"]
    for at in range(0, len(data), PIECE):
        browser.ask("upload_piece", upload=id, offset=at, buffer=data[at : at + PIECE])
    return dict(browser.ask("upload_end", upload=id))


class Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


_numbers = count()
