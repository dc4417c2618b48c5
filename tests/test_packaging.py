"""What people install and read: the wheel, the lock, the pages and the commands they name."""

import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PACKAGES = ("workspace", "widgets")
LOCK = (ROOT / "requirements.lock").read_text()
PAGES = ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{p.name}" for p in ROOT.glob("docs/*.md"))]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of the files in a freshly built wheel."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    with ZipFile(path) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("package", PACKAGES)
def test_the_wheel_holds_every_file_of_the_package(wheel: set[str], package: str) -> None:
    files = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / package).rglob("*")
        if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)
    }
    assert files - wheel == set()


@pytest.mark.parametrize("suffix", [".py", ".sql", ".js", ".css"])
def test_the_wheel_holds_files_of_each_kind(wheel: set[str], suffix: str) -> None:
    assert [name for name in wheel if name.endswith(suffix)]


def test_the_wheel_holds_nothing_else(wheel: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    assert tops == {*PACKAGES, f"conversation_workspace-{PROJECT['version']}.dist-info"}


def test_the_command_starts() -> None:
    command = [shutil.which("convo", path=Path(sys.executable).parent), "--help"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert shown.startswith("Usage: convo")


def test_the_lock_names_no_index_host_and_no_path() -> None:
    lines = [line.split("#")[0].strip() for line in LOCK.splitlines()]
    options = [line for line in lines if line.startswith("-") and not line.startswith("--hash=")]
    assert options == []
    assert [line for line in lines if "://" in line or " @ " in line or "/" in line] == []


def test_the_lock_pins_and_hashes_everything() -> None:
    entries = re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", LOCK, flags=re.MULTILINE).strip())
    loose = [e for e in entries if "==" not in e.splitlines()[0] or "--hash=sha256:" not in e]
    assert loose == []


@pytest.mark.parametrize("line", PROJECT["dependencies"])
def test_the_lock_satisfies_the_project(line: str) -> None:
    wanted = Requirement(line)
    pins = re.findall(rf"^{re.escape(canonicalize_name(wanted.name))}==(\S+)", LOCK, re.MULTILINE)
    assert pins
    assert [version for version in pins if version not in wanted.specifier] == []


def test_what_runs_is_free_of_the_gpl() -> None:
    """LGPL and MPL are fine for libraries that are only imported; so is a choice, "MIT OR GPL"."""
    licences = {name: _licence(name) for name in _runtime_packages(PROJECT["name"])}
    gpl = re.compile(r"(?<!L)\bA?GPL|(?<!Lesser )General Public License", re.IGNORECASE)
    assert [name for name, text in licences.items() if not text] == []
    assert [n for n, text in licences.items() if gpl.search(text) and " OR " not in text] == []


def _runtime_packages(root: str) -> set[str]:
    """The installed packages that `root` needs here, itself left out."""
    seen: set[str] = set()
    todo = [root]
    while todo:
        for line in metadata.requires(todo.pop()) or []:
            requirement = Requirement(line)
            name = canonicalize_name(requirement.name)
            if name in seen or (requirement.marker and not requirement.marker.evaluate()):
                continue
            seen.add(name)
            todo.append(name)
    return seen


def _licence(name: str) -> str:
    """What the package says of itself: an expression, a field, classifiers, or a whole text."""
    about = metadata.metadata(name)
    classifiers = [line for line in about.get_all("Classifier", []) if line.startswith("License")]
    stated = about.get("License-Expression") or about.get("License") or " ".join(classifiers)
    files = [path for path in metadata.files(name) or [] if re.match("LICEN|COPYING", path.name)]
    return stated or " ".join(path.read_text() for path in files)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_links_to_is_there(page: str) -> None:
    """Pictures too; not what lies on other hosts, nor places within a page."""
    text = (ROOT / page).read_text("utf-8")
    named = re.findall(r"""(?:\]\(\s*|\b(?:src|href)=["'])([^\s)"']+)""", text)
    local = [link.partition("#")[0] for link in named if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
@pytest.mark.parametrize(
    "target",
    [
        *("lab", "app", "test", "test-all", "conformance", "prism", "check", "format"),
        *("bench", "bench-ui", "screenshots", "lock", "clean"),
    ],
)
def test_make_knows_the_target_and_lists_it(target: str) -> None:
    def make(*arguments: str) -> str:
        command = ["make", *arguments]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    assert make("--dry-run", target)
    assert f"make {target} " in make("help")
