"""The result of a SQL query: an Arrow stream from the hub, read when it is asked for."""

import io
import threading
import weakref
from typing import TYPE_CHECKING, Self

import httpx

from workspace.errors import HubUnavailable, InvalidRequest

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

PORTION = 1 << 20


class Result:
    """`.df()` and `.arrow()` as often as you like; `.reader()` once, for more than memory holds.

    Its text form shows no data. The hub is done with the query already; what was not read yet waits
    in the connection until this object goes away.
    """

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._lock = threading.Lock()
        self._table: pa.Table | None = None
        self._streamed = False
        self._finalizer = weakref.finalize(self, response.close)

    def arrow(self) -> "pa.Table":
        """All rows as a pyarrow Table. Raises HubUnavailable if the hub goes away meanwhile."""
        with self._lock:
            if self._table is None:
                with self._open() as reader:
                    self._table = reader.read_all()
                self.close()
            return self._table

    def df(self) -> "pd.DataFrame":
        """All rows as a DataFrame. Times are aware UTC."""
        frame: pd.DataFrame = self.arrow().to_pandas()
        return frame

    def reader(self) -> "pa.RecordBatchReader":
        """Batch after batch, without holding them all. Not possible twice."""
        with self._lock:
            return self._table.to_reader() if self._table is not None else self._open()

    def _open(self) -> "pa.RecordBatchReader":
        import pyarrow as pa

        if self._streamed:
            raise InvalidRequest("This result was already read by reader(); run the query again.")
        self._streamed = True
        body = io.BufferedReader(_Body(self._response, self), PORTION)
        return pa.ipc.open_stream(body)

    def close(self) -> None:
        """Drop what was not read."""
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._table is None:
            return "<SQL result; .df(), .arrow() or .reader() reads it>"
        return f"<SQL result: {self._table.num_rows} rows, {self._table.num_columns} columns>"


class _Body(io.RawIOBase):
    """A response's body as a file."""

    def __init__(self, response: httpx.Response, owner: Result) -> None:
        self._response = response
        self._owner = owner  # which hangs up when nobody needs it any more
        self._portions = response.iter_bytes(PORTION)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            while not self._rest:
                self._rest = memoryview(next(self._portions))
        except StopIteration:
            return 0
        except httpx.HTTPError as error:
            raise HubUnavailable("The hub went away in the middle of a result.") from error
        n = min(len(buffer), len(self._rest))
        buffer[:n] = self._rest[:n]
        self._rest = self._rest[n:]
        return n
