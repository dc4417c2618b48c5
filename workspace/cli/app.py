"""convo app: a notebook as a page without cells, through Voila."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import webbrowser
from contextlib import suppress
from pathlib import Path
from types import FrameType

import click

from workspace.cli.common import folder_option
from workspace.cli.lab import has_browser, opened_folder, the_notebook
from workspace.errors import ConfigError, ConvoError

LOOPBACK = "127.0.0.1"
SHARE = Path(__file__).parent / "share"
"""Holds our template of Voila: its own ones fetch fonts from another host."""


@click.command()
@click.argument("notebook", required=False, type=click.Path(exists=True, path_type=Path))
@folder_option
@click.option("--port", type=click.IntRange(1, 65535), help="Default: any that is free.")
@click.option("--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def app(
    notebook: Path | None, folder: str | None, port: int | None, theme: str, no_browser: bool
) -> None:
    """Open the inbox, or NOTEBOOK, as an app: a page without cells or code.

    It answers on this machine alone, and only to who has the address with its token. Each page that
    is opened has a kernel of its own.
    """
    chosen = the_notebook(notebook)
    location = opened_folder(folder)
    token = secrets.token_hex(24)
    port = _free_port(port)
    # The token is nobody's to see in a list of processes.
    environment = {**os.environ, "CONVO_DATA": location, "JUPYTER_TOKEN": token}
    environment["JUPYTER_PATH"] = os.pathsep.join(
        filter(None, [str(SHARE), os.environ.get("JUPYTER_PATH")])
    )
    address = f"http://{LOOPBACK}:{port}/?token={token}"
    signal.signal(signal.SIGTERM, _end)
    with (
        tempfile.TemporaryDirectory(prefix="convo-app-") as shown,
        subprocess.Popen(_command(chosen, port, theme), env=environment) as voila,
    ):
        try:
            _wait_for(voila, port)
            click.echo(f"The app is at {address}\nCtrl+C ends it.")
            if not no_browser and has_browser():
                _show(address, Path(shown))
            if voila.wait() != 0:
                raise ConvoError("The app ended by itself; what is above says why.")
        except KeyboardInterrupt:
            pass
        finally:
            voila.terminate()


def _command(notebook: Path, port: int, theme: str) -> list[str]:
    options = {
        "Voila.ip": LOOPBACK,
        "Voila.port": port,
        "Voila.port_retries": 0,
        "Voila.root_dir": notebook.parent,
        "Voila.log_level": "WARN",
        "VoilaConfiguration.template": "inbox",
        "VoilaConfiguration.allow_template_override": "NO",
        "VoilaConfiguration.theme": theme,
        # No file beside the notebook is served, least of all customers' pictures.
        "VoilaConfiguration.file_denylist": ".*",
        # Of no use in a page without notebooks: it only fails to load.
        "VoilaConfiguration.extension_denylist": "@jupyter-notebook/lab-extension",
    }
    given = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "voila", str(notebook), "--token", "--no-browser", *given]


def _free_port(wanted: int | None) -> int:
    """`wanted`, or any. Raises ConfigError."""
    try:
        with socket.create_server((LOOPBACK, wanted or 0)) as found:
            return int(found.getsockname()[1])
    except OSError as error:
        raise ConfigError(f"Port {wanted} is taken or not allowed; name another.") from error


def _wait_for(voila: "subprocess.Popen[bytes]", port: int) -> None:
    while voila.poll() is None:
        with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return
        time.sleep(0.05)
    raise ConfigError("The app did not start; what is above says why.")


def _show(address: str, folder: Path) -> None:
    """Opens a private file that leads there: a browser's command line is for all to see."""
    page = folder / "app.html"
    page.write_text(f'<meta http-equiv="refresh" content="0;url={address}">')
    webbrowser.open(page.as_uri())


def _end(_: int, __: FrameType | None) -> None:
    raise SystemExit(128 + signal.SIGTERM)


COMMANDS: list[click.Command] = [app]
