"""Read-only SQL over the `v1` views, as an Arrow stream."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from workspace.hub.context import Needed
from workspace.hub.wire import SqlRequest

router = APIRouter(prefix="/v1", tags=["SQL"])
ARROW = "application/vnd.apache.arrow.stream"
PORTION = 1 << 20


class Arrow(StreamingResponse):
    media_type = ARROW


@router.post("/sql", summary="Run one SELECT", response_class=Arrow)
def sql(asked: SqlRequest, services: Needed) -> Arrow:
    """`params` fill $1, $2, ... The query is over when the answer begins: a slow reader holds up
    nobody.
    """
    return _streamed(services.queries.run(asked.query, asked.params))


def _streamed(spooled: Path) -> Arrow:
    file = spooled.open("rb")
    # Gone from the folder now, and from the disk once it is closed, however the client leaves.
    spooled.unlink()
    size = os.fstat(file.fileno()).st_size
    return Arrow(_portions(file), headers={"Content-Length": str(size)})


async def _portions(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while part := await run_in_threadpool(file.read, PORTION):
            yield part
