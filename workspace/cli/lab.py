"""convo lab and convo demo."""

import os
import sys
import webbrowser
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

import click

from workspace import process
from workspace.cli.common import folder_option
from workspace.client import connect
from workspace.errors import ConfigError

SIZE = 400
INBOX = Path("notebooks") / "inbox.ipynb"


@click.command()
@click.argument("notebook", required=False, type=click.Path(exists=True, path_type=Path))
@folder_option
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def lab(notebook: Path | None, folder: str | None, no_browser: bool) -> None:
    """Open the inbox in JupyterLab; the first time on demo data."""
    chosen = the_notebook(notebook)
    environment = dict(os.environ, CONVO_DATA=opened_folder(folder))
    _open(chosen, process.project_folder(), environment, no_browser or not has_browser())


def the_notebook(named: Path | None) -> Path:
    """`named`, or the inbox of this project. Raises ConfigError."""
    chosen = named or process.project_folder() / INBOX
    if not chosen.exists():
        raise ConfigError(f"There is no {INBOX} here; go to the project, or name a notebook.")
    return chosen.resolve()


def opened_folder(folder: str | None) -> str:
    """Where the workspace is. Its hub runs; a demo has its data."""
    with connect(folder) as ws:
        if ws.info().demo and not ws.channels():
            click.echo("Loading demo data ...")
            ws.load_demo(SIZE)
    return str(process.resolve(folder))


def _open(notebook: Path, project: Path, environment: dict[str, str], headless: bool) -> NoReturn:
    root = project if notebook.is_relative_to(project) else notebook.parent
    # As default address and not as a file to open, so that the printed address leads to it as well.
    address = f"/lab/tree/{quote(notebook.relative_to(root).as_posix())}"
    command = [sys.executable, "-m", "jupyterlab", f"--LabApp.default_url={address}"]
    command += [f"--ServerApp.root_dir={root}", "--ServerApp.ip=127.0.0.1", "--log-level=WARN"]
    # The news pop-up would cover the inbox, and asks the internet.
    command += ["--LabApp.news_url=None", f"--LabApp.check_for_updates_class={NO_UPDATES}"]
    command += ["--allow-root"] if os.geteuid() == 0 else []
    command += ["--no-browser"] if headless else []
    sys.stdout.flush()
    os.execve(sys.executable, command, environment)


NO_UPDATES = "jupyterlab.handlers.announcements.NeverCheckForUpdate"


def has_browser() -> bool:
    """A graphical one: a text browser in this terminal could not show the inbox."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


@click.command()
@click.option("--size", type=click.IntRange(1), default=SIZE, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same people.")
@folder_option
def demo(size: int, seed: int, folder: str | None) -> None:
    """Load SIZE invented conversations into a demo folder: data/demo, or --folder."""
    if folder and folder.startswith(("http://", "https://")):
        raise ConfigError(f"{folder} is a hub; demo data is loaded into a folder of this machine.")
    chosen = Path(folder) if folder else process.project_folder() / "data" / "demo"
    paths = process.make_demo(chosen)
    with connect(paths.folder) as ws:
        ws.load_demo(size, seed)
    click.echo(f"{size:,} conversations in {paths.folder}.")


COMMANDS: list[click.Command] = [lab, demo]
