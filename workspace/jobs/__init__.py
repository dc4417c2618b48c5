"""Jobs: notebooks with parameters, run by papermill and kept with their outputs.

This module is what a job's notebook itself needs; it imports nothing heavy.
"""

import os
from datetime import UTC, datetime
from uuid import uuid4

from workspace.errors import JobParameterError

RUN = "CONVO_RUN"
"""In the environment of a job's kernel: the name of the run, unique in its workspace."""


def this_run(job: str) -> str:
    """A name for this run of `job`: the runner's, or a new one where a person runs the cells.

    It serves as the reason of what the job does, and its idempotency keys begin with it.
    """
    return os.environ.get(RUN) or f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{job}-{uuid4().hex[:8]}"


def require(name: str, good: bool, form: str) -> None:
    """Refuse a parameter again inside the notebook, for who changed it by hand.

    Raises JobParameterError, which ends a run with the exit code for bad parameters.
    """
    if not good:
        raise JobParameterError(f"{name} must be {form}.")
