"""Papermill's engine, made honest.

After a dead kernel, a timeout or an interrupt papermill calls every cell completed, those that
never ran included. Here each cell keeps the state it really reached, at every save, so that even a
killed runner leaves the truth behind.

Importing this module takes a second; `runner` does so only when the parameters are good.
"""

import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


@contextmanager
def _without_iri_grammar() -> Iterator[None]:
    """Keep jsonschema from loading a grammar of IRIs, which takes longer than papermill itself.

    jsonschema does without it where it is not installed; no notebook schema asks for IRIs.
    """
    name = "rfc3987_syntax"
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # makes `import` raise ImportError
    try:
        yield
    finally:
        del sys.modules[name]


with _without_iri_grammar():
    import nbformat
    import papermill
    from nbclient.exceptions import CellExecutionError
    from nbformat.v4 import new_markdown_cell
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
    from papermill.execute import ERROR_MARKER_TAG

AUTOSAVE = 5
"""Seconds between saves while one cell runs."""

LOG_LINES = 5

ABOUT = "convo"
"""Our own entry in the metadata of a kept notebook."""

Echo = Callable[[str], None]


def execute(
    source: Path,
    output: Path,
    parameters: Mapping[str, Any],
    environment: Mapping[str, str],
    about: Mapping[str, str],
    echo: Echo,
    timeout: float | None = None,
) -> None:
    """Run the notebook `source` in a kernel of its own and keep it at `output`.

    `about` goes into the metadata of the kept notebook. `echo` gets what the cells print, as it
    comes. `timeout` is in seconds, for all cells together.
    Raises PapermillExecutionError, CellTimeoutError, DeadKernelError, RuntimeError (the kernel did
    not start), and whatever a signal handler raises; the kernel is gone by then.
    """
    papermill.execute_notebook(
        _literal(source),
        _literal(output),
        parameters=dict(parameters),
        engine_name=_Engine.name,
        environment=environment,
        about=about,
        echo=echo,
        timeout=timeout,
        working_folder=source.parent,
    )


def _literal(path: Path) -> str:
    """Papermill fills parameters into ``{}`` of a path; a folder may be called so."""
    return str(path).replace("{", "{{").replace("}", "}}")


class _Record(NotebookExecutionManager):  # type: ignore[misc]
    """What happened to the notebook and to each cell."""

    def notebook_complete(self, **_: Any) -> None:
        """As papermill's own, but a cell that did not run stays pending."""
        self.end_time = self.now()
        record = self.nb.metadata.papermill
        record["end_time"] = self.end_time.isoformat()
        record["duration"] = (self.end_time - self.start_time).total_seconds()
        self.save()


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    def __init__(
        self,
        record: _Record,
        echo: Echo,
        sockets: Path,
        seconds: float | None,
        **options: Any,
    ) -> None:
        super().__init__(record, timeout_func=lambda _: self._seconds_left(), **options)
        self._echo = echo
        self._sockets = sockets
        self._seconds = seconds
        self._deadline = 0.0

    def _seconds_left(self) -> float | None:
        """For nbclient, which limits each cell by itself and takes 0 for no limit."""
        return None if self._seconds is None else max(0.1, self._deadline - time.monotonic())

    def create_kernel_manager(self) -> Any:
        """A kernel on Unix sockets in a private folder.

        No TCP ports: papermill's kernels collide over them, and any user of the machine can listen.
        """
        manager = super().create_kernel_manager()
        manager.transport = "ipc"
        manager.ip = str(self._sockets / "kernel")
        manager.connection_file = str(self._sockets / "kernel.json")
        return manager

    def run(self, environment: Mapping[str, str], log: IO[str], working_folder: Path) -> None:
        try:
            with self.setup_kernel(
                env=dict(environment), stdout=log, stderr=log, cwd=str(working_folder)
            ):
                self._deadline = time.monotonic() + (self._seconds or 0)
                self.papermill_execute_cells()
                self.set_widgets_metadata()
        except BaseException:
            self._kill()
            raise

    def _kill(self) -> None:
        """End a kernel that a signal caught while it was starting; `setup_kernel` forgets it."""
        if self.km is not None and self.km.has_kernel:
            self.shutdown_kernel = "immediate"
            self._cleanup_kernel()

    def papermill_execute_cells(self) -> None:
        for index, cell in enumerate(self.nb.cells):
            self.nb_man.cell_start(cell, index)
            try:
                self.execute_cell(cell, index)
            except BaseException as error:
                if isinstance(error, CellExecutionError) and _left_early(error):
                    return
                self.shutdown_kernel = "immediate"
                self.nb_man.cell_exception(self.nb.cells[index], cell_index=index)
                if isinstance(error, CellExecutionError):
                    return  # papermill finds the error in the outputs, and raises it
                raise
            finally:
                self.nb_man.cell_complete(self.nb.cells[index], cell_index=index)

    def process_message(self, *args: Any, **options: Any) -> Any:
        output = super().process_message(*args, **options)
        if output is not None:
            self._echo(_shown(output))
        return output


def _left_early(error: CellExecutionError) -> bool:
    """``sys.exit()`` and ``sys.exit(0)`` end a job well."""
    return error.ename == "SystemExit" and error.evalue in ("", "0")


def _shown(output: Mapping[str, Any]) -> str:
    """An output as the terminal shows it; errors are told at the end."""
    if output["output_type"] == "stream":
        return "".join(output["text"])
    text = "".join(output.get("data", {}).get("text/plain", ""))
    return text + "\n" if text else ""


class _Engine(Engine):  # type: ignore[misc]
    name = "conversation-workspace"

    @classmethod
    def execute_notebook(
        cls,
        nb: Any,
        kernel_name: str,
        output_path: str | None = None,
        *,
        environment: Mapping[str, str],
        about: Mapping[str, str],
        echo: Echo,
        timeout: float | None,
        working_folder: Path,
        **_: Any,
    ) -> Any:
        nb.metadata[ABOUT] = dict(about)
        record = _Record(nb, output_path, progress_bar=False, autosave_cell_every=AUTOSAVE)
        record.notebook_start()
        try:
            with tempfile.TemporaryDirectory(prefix="convo-") as folder:
                client = _Client(record, echo, Path(folder), timeout, kernel_name=kernel_name)
                with _kernel_log(Path(folder) / "log") as log:
                    client.run(environment, log, working_folder)
        except BaseException:
            nb.metadata.papermill["exception"] = True
            raise
        finally:
            record.notebook_complete()
        return nb


@contextmanager
def _kernel_log(path: Path) -> Iterator[IO[str]]:
    """What the kernel says beside its cells; its last lines are noted on an error from outside."""
    with path.open("w+", errors="replace") as log:
        try:
            yield log
        except Exception as error:
            log.seek(0)
            error.add_note("".join(log.readlines()[-LOG_LINES:]).strip())
            raise


def close(output: Path, about: Mapping[str, str], banner: str) -> None:
    """Write how the run ended into the kept notebook; `banner` goes on top unless empty."""
    notebook = nbformat.read(output, as_version=4)  # type: ignore[no-untyped-call]
    notebook.metadata[ABOUT] = dict(about)
    if banner:
        cell = new_markdown_cell(banner, metadata={"tags": [ERROR_MARKER_TAG]})  # type: ignore[no-untyped-call]
        notebook.cells.insert(0, cell)
    nbformat.write(notebook, output)  # type: ignore[no-untyped-call]


# It warns of names its reader of parameters cells does not find; `parameters` has checked them.
logging.getLogger("papermill").setLevel(logging.ERROR)
papermill_engines.register(_Engine.name, _Engine)
