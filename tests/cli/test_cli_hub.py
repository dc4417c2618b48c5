"""convo hub, doctor, init, demo, channel, lab, run."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from ast import literal_eval
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil
import pytest
from convo import Convo

from tests.conftest import ROOT
from workspace import lock, process
from workspace.cli import exit_code
from workspace.errors import HubUnavailable, NotFound, QueryLimit, StoreLocked
from workspace.settings import Paths, Settings

COMMAND = [sys.executable, "-m", "workspace.cli"]


def test_start_status_stop(convo: Convo, tmp_path: Path) -> None:
    process.make_demo(tmp_path / "ws")
    here = ("--folder", tmp_path / "ws")
    assert "No hub runs" in convo("hub", "status", *here, code=1).stdout
    started = convo("hub", "start", *here).stdout
    url = re.search(r"http://\S+\d", started)
    assert url
    assert url[0] in convo("hub", "status", *here).stdout
    assert convo("hub", "start", *here).stdout == started
    assert convo("hub", "stop", *here).stdout == "Stopped.\n"
    assert "No hub runs" in convo("hub", "stop", *here).stdout


def test_a_hub_in_a_new_project_makes_the_demo_folder(
    convo: Convo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("data", "notebooks"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CONVO_DATA")
    assert "No hub runs" in convo("hub", "stop").stdout
    paths = Paths(tmp_path / "data" / "demo")
    convo("hub", "start")
    assert Settings.load(paths).demo
    convo("hub", "stop")


def test_demo_data_goes_into_a_folder(
    convo: Convo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "is a hub" in convo("demo", "--folder", "http://127.0.0.1:1", code=2).stderr
    assert not list(tmp_path.iterdir())


def test_run_stays_in_the_foreground(tmp_path: Path) -> None:
    paths = process.make_demo(tmp_path / "ws")
    command = [*COMMAND, "hub", "run", "--folder", str(paths.folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr
        assert any("answering at" in line for line in running.stderr)
        held = lock.holder(paths)
        assert held
        assert held.pid == running.pid
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=60) == 0


def test_run_listens_to_providers_where_it_is_told(tmp_path: Path) -> None:
    paths = process.make_demo(tmp_path / "ws")
    command = [*COMMAND, "hub", "run", "--folder", str(paths.folder), "--webhooks", "127.0.0.1:0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr
        said = (re.search(r"webhooks are taken at (http://\S+)", line) for line in running.stderr)
        address = next(found[1] for found in said if found)
        with pytest.raises(HTTPError) as refused:  # no channel of the demo takes any
            urlopen(f"{address}1", timeout=30)
        assert (refused.value.code, refused.value.read()) == (404, b"")
        assert any("answering at" in line for line in running.stderr)
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=60) == 0


def test_doctor_speaks_in_words(convo: Convo) -> None:
    told = convo("doctor").stdout.splitlines()
    assert told[0].startswith("Workspace ")
    assert all(line.startswith("ok") for line in told[1:])


def test_doctor_says_why_a_hub_does_not_start(convo: Convo, tmp_path: Path) -> None:
    paths = process.make(tmp_path / "ws", "demo = 3\n")
    told = convo("doctor", "--folder", paths.folder, code=1).stdout
    assert "FAIL  hub" in told
    assert "demo must be" in told


def test_init_makes_a_workspace_once(
    convo: Convo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path)
    convo("init")
    paths = Paths(tmp_path / "data" / "main")
    assert Settings.load(paths) == Settings()
    assert "already" in convo("init", code=2).stderr
    convo("init", tmp_path / "elsewhere")
    assert Paths(tmp_path / "elsewhere").settings.exists()


def test_every_setting_is_shown_with_its_default() -> None:
    from workspace.cli.hub import SETTINGS

    lines = [line.removeprefix("# ") for line in SETTINGS.splitlines()[1:]]
    shown = dict(line.split("#")[0].split(" = ") for line in lines)
    defaults = Settings()
    assert {name: literal_eval(value.strip()) for name, value in shown.items()} == {
        name: getattr(defaults, name) for name in shown
    }
    assert set(shown) == set(Settings.__slots__) - {"demo"}


def test_demo_fills_a_demo_folder_only(convo: Convo, tmp_path: Path) -> None:
    demo, main = tmp_path / "demo", tmp_path / "main"
    try:
        assert "12 conversations" in convo("demo", "--size", 12, "--folder", demo).stdout
        counted = convo("sql", "SELECT count(*) FROM v1.conversations", "--folder", demo, "--csv")
        assert counted.stdout.splitlines()[1] == "12"
        convo("init", main)
        assert "demo folder" in convo("demo", "--folder", main, code=1).stderr
    finally:
        process.stop(Paths(demo))
        process.stop(Paths(main))


# --- channels ---------------------------------------------------------------------------------


def test_add_test_list_remove(convo: Convo) -> None:
    added = convo("channel", "add", "simulator", "--name", "Second").stdout
    assert "Second" in added
    assert "Second" in convo("channel", "list").stdout
    assert convo("channel", "test", "Second").stdout.startswith("ok")
    assert "Second" in convo("channel", "remove", "Second").stdout
    assert "Second" not in [
        c["name"] for c in json.loads(convo("channel", "list", "--json").stdout)
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "simulator", "--set", "wings=2"], "wings"),
        (["add", "simulator", "--set", "wings"], "key=value"),
        (["test", "nobody"], "nobody"),
        (["remove", "nobody"], "nobody"),
    ],
)
def test_wrong_channels(convo: Convo, words: list[str], said: str) -> None:
    assert said in convo("channel", *words, code=2).stderr


# --- lab and run ------------------------------------------------------------------------------


def test_lab_opens_the_inbox_and_prints_the_address(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "notebooks").mkdir()
    empty = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "notebooks" / "inbox.ipynb").write_text(json.dumps(empty))
    home = {"JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "HOME": str(tmp_path)}
    environment = {**os.environ, **home, "CONVO_DATA": str(folder)}
    environment.pop("DISPLAY", None)
    with subprocess.Popen(
        [*COMMAND, "lab"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            assert running.stderr
            address = next(
                found[0]
                for line in running.stderr
                if (found := re.search(r"http://127\.0\.0\.1:\S+token=\w+", line))
            )
            assert "/lab/tree/notebooks/inbox.ipynb?" in address
            assert '"news": {"disabled": true}' in fetched(address)
        finally:
            running.terminate()
            running.wait(timeout=30)


def fetched(address: str) -> str:
    """Jupyter prints its address a moment before it answers there."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with urlopen(address, timeout=30) as page:
                return str(page.read(), "utf-8")
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def test_lab_without_a_project_says_so(
    convo: Convo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "inbox.ipynb" in convo("lab", code=2).stderr


def test_app_says_that_its_port_is_taken(convo: Convo) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = convo(
            "app",
            str(ROOT / "notebooks" / "inbox.ipynb"),
            "--port",
            str(port),
            "--no-browser",
            code=2,
        ).stderr
    assert f"Port {port} is taken" in said


def test_app_says_that_it_ended_by_itself(folder: Path) -> None:
    notebook = str(ROOT / "notebooks" / "inbox.ipynb")
    command = [*COMMAND, "app", notebook, "--no-browser", "--folder", str(folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout
        assert "The app is at" in run.stdout.readline()
        [voila] = psutil.Process(run.pid).children()
        voila.kill()
        _, said = run.communicate(timeout=30)
    assert (run.returncode, "ended by itself" in said) == (1, True)


def test_run_refuses_an_unknown_job(convo: Convo) -> None:
    assert "no_such_job" in convo("run", "no_such_job", code=2).stderr


@pytest.mark.parametrize(
    "words",
    [["run", "archive_inactive"], ["channel", "add", "simulator"], ["channel", "test", "x"]],
)
def test_a_value_given_twice_is_refused(convo: Convo, words: list[str]) -> None:
    told = convo(*words, "--set", "a=1", "--set", " a=2", code=2).stderr
    assert "--set names a twice; give it one value." in told


def test_exit_codes() -> None:
    assert [exit_code(e("x")) for e in (NotFound, HubUnavailable, StoreLocked, QueryLimit)] == [
        1,
        75,
        75,
        75,
    ]
