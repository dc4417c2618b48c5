"""What every panel shares: its script and style, requests from the browser, and live changes.

Synced traits are saved with a notebook, so they hold nothing but opaque ids. Everything about a
customer travels in custom messages: the browser asks (`{"ask", "args", "call"}`, bytes beside it
become the argument `data`), the kernel answers (`{"call", "value"}`, with the id of a `deed` where
something was done, or `{"call", "error"}`) or speaks by itself (`{"push", "value"}`).
"""

import logging
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, TypeVar

import anywidget

from widgets.library import Library
from widgets.live import Live, News
from workspace.client import Workspace
from workspace.errors import ConvoError, InvalidRequest

PART = 2_000_000
"""Bytes of one message to the browser. One websocket message above 10 MiB closes the connection."""

_log = logging.getLogger(__name__)
_slow = ThreadPoolExecutor(4, thread_name_prefix="convo-panel")
_files = ThreadPoolExecutor(4, thread_name_prefix="convo-panel-files")

Handler = TypeVar("Handler", bound=Callable[..., Any])


def answers(
    name: str, *, slow: bool = False, files: bool = False, local: bool = False
) -> Callable[[Handler], Handler]:
    """Marks the method that answers the browser's `name`.

    All panels of a kernel share one thread for their messages, which are handled in order; a `slow`
    one (a delete) runs beside it, so that it holds nobody up, and so does one that moves `files`,
    which for their part hold up no other slow one. While the hub is away, so does all that may
    wait for it; a `local` one needs no hub, and is answered at any time.
    """

    def mark(method: Handler) -> Handler:
        method.answers = name  # type: ignore[attr-defined]
        method.slow = slow or files  # type: ignore[attr-defined]
        method.pool = _files if files else _slow  # type: ignore[attr-defined]
        method.local = local  # type: ignore[attr-defined]
        return method

    return mark


class Bytes:
    """An answer with bytes beside its JSON value."""

    def __init__(self, data: bytes, **value: Any) -> None:
        self.data = data
        self.value = value


class Did:
    """An answer to what did something. `deed`: its id, see deeds.py."""

    def __init__(self, value: Any, deed: str) -> None:
        self.value = value
        self.deed = deed


class Panel(anywidget.AnyWidget):
    """Base of the panels. Shown in any number of views, in any number of notebooks' cells."""

    _esm = ""
    """Of a subclass: `assets.loader` with the name of its module."""
    _handlers: ClassVar[Mapping[str, Any]] = {}

    library = anywidget.WidgetTrait().tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        marked = (m for m in vars(cls).values() if hasattr(m, "answers"))
        cls._handlers = {**cls._handlers, **{m.answers: m for m in marked}}

    def __init__(self, ws: Workspace, **traits: Any) -> None:
        """`traits` are the panel's own; a name that is none of them is refused."""
        unknown = sorted(set(traits) - set(self.trait_names()))
        if unknown:
            raise TypeError(f"{type(self).__name__} has no {', '.join(unknown)}.")
        self.ws = ws
        self.live = Live.of(ws)
        self._views: set[str] = set()
        super().__init__(library=Library.shared(), **traits)
        self.on_msg(self._received)

    def open(self) -> None:
        super().open()
        # The browser addresses its messages to a shell beside the main one, which a cell may keep
        # busy. ipykernel 7.4 would send them to the shell that last spoke here, often the main one.
        self.comm._reply_subshell_for = None

    def close(self) -> None:
        """Also what `Widget.close_all` does, and the end of a panel that nobody holds."""
        super().close()
        for view in list(getattr(self, "_views", ())):  # a panel that was refused has none
            self._gone(view)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def changed(self, news: News) -> None:
        """Something changed; called from the live thread while the panel is shown."""

    def changed_later(self, news: News) -> None:
        """The same once all panels have heard: for what nobody waits for."""

    def connection(self, live: bool) -> None:
        """The change stream was lost or is back; called from the live thread."""
        self.push("live", live)

    def push(self, name: str, value: Any) -> None:
        """Says something to every view of this panel."""
        self.send({"push": name, "value": value})

    def refresh(self, news: News) -> None:
        """`changed`, with what went wrong shown in the panel."""
        self._hear(self.changed, news)

    def refresh_later(self, news: News) -> None:
        """The same for `changed_later`."""
        self._hear(self.changed_later, news)

    def _hear(self, changed: Callable[[News], None], news: News) -> None:
        try:
            changed(news)
        except ConvoError as error:
            self.push("trouble", _words(error))
        except Exception as error:
            self.push("trouble", _unexpected(error))

    # --- requests

    def _received(self, _: Any, content: Any, buffers: Any) -> None:
        if not isinstance(content, dict) or "ask" not in content:
            return
        args = content.get("args") or {}
        named = isinstance(content["ask"], str) and isinstance(args, dict)
        if not named or not isinstance(args.get("view", ""), str):
            self._answer(None, {}, content.get("call"))
            return
        if buffers:
            args["data"] = bytes(buffers[0])
        view = args.pop("view", "")
        if content["ask"] == "bye":
            self._gone(view)
            return
        handler = self._handlers.get(content["ask"])
        if handler and view:
            self._appeared(view)
        if handler is None or handler.local or (self.live.connected and not handler.slow):
            self._answer(handler, args, content.get("call"))
        else:
            handler.pool.submit(self._answer, handler, args, content.get("call"))

    def _appeared(self, view: str) -> None:
        if self.comm is None:
            return
        self._views.add(view)
        self.live.join(self)

    def _gone(self, view: str) -> None:
        self._views.discard(view)
        if not self._views:
            self.live.leave(self)

    def _answer(self, handler: Any, args: dict[str, Any], call: str | None) -> None:
        try:
            if handler is None:
                raise InvalidRequest(f"{type(self).__name__} does not know this request.")
            result = handler(self, **args)
        except ConvoError as error:
            self.send({"call": call, "error": _words(error)})
        except Exception as error:
            self.send({"call": call, "error": _unexpected(error)})
        else:
            self._reply(call, result)

    def _reply(self, call: str | None, result: Any) -> None:
        if isinstance(result, Did):
            self.send({"call": call, "value": result.value, "deed": result.deed})
            return
        if not isinstance(result, Bytes):
            self.send({"call": call, "value": result})
            return
        data = memoryview(result.data)
        for start in range(0, len(data), PART):
            self.send({"call": call, "part": start // PART}, [data[start : start + PART]])
        self.send({"call": call, "value": result.value})


def _words(error: ConvoError) -> dict[str, str]:
    return {"code": error.code, "message": error.message}


def _unexpected(error: Exception) -> dict[str, str]:
    # The exception's own text may quote a customer: the log gets its kind and place only.
    place = "".join(traceback.format_tb(error.__traceback__))
    _log.error("A panel failed with %s:\n%s", type(error).__name__, place)
    what = f"Something went wrong in the kernel ({type(error).__name__}); its log says where."
    return {"code": "error", "message": what}
