"""The panels' scripts: one module each, with everything in it."""

import re
from pathlib import Path

import pytest

import widgets
from widgets import Composer, ConversationList, assets
from widgets.panel import Panel
from workspace.client import Workspace

PANELS = [panel for panel in vars(widgets).values() if isinstance(panel, type)]
PANELS = [panel for panel in PANELS if issubclass(panel, Panel)]
FILES = sorted(assets.STATIC.glob("*/*.*"))


def test_the_script_needs_no_other_file() -> None:
    script = assets.script()
    assert not re.search(r"^import\b", script, re.MULTILINE)
    assert len(re.findall(r"^export ", script, re.MULTILINE)) == 1
    modules = re.findall(r"^const \$(\w+) = \(\(\) => \{$", script, re.MULTILINE)
    files = {path.stem for path in FILES if path.suffix == ".js"}
    assert sorted(modules) == sorted(files - {"library"})
    for used in re.finditer(r"^const \{[^}]*\} = \$(\w+);$", script, re.MULTILINE):
        assert script.index(f"const ${used[1]} = (") < used.start()


def test_no_style_is_worked_out_anew_for_all_of_an_inbox() -> None:
    """What is not inside of something that has something costs 20 ms at each opening."""
    styles = "".join(path.read_text("utf-8") for path in FILES if path.suffix == ".css")
    assert re.findall(r":not\([^{},)]*:has\([^(){}]*\)[\s>]+[^(){}]+\)", styles) == []


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.__name__)
def test_a_panel_is_small_and_names_its_module(panel: type[Panel]) -> None:
    esm = str(panel._esm)
    assert len(esm) < 2_000
    [name] = re.findall(r'^export default shownBy\("(\w+)"\);$', esm, re.MULTILINE)
    assert "\nexport default panel(" in assets.find(f"{name}.js").read_text("utf-8")


def test_every_style_is_sent_once() -> None:
    assert sorted(assets.STYLES) == sorted(path.stem for path in FILES if path.suffix == ".css")


def test_all_panels_of_a_kernel_share_one_library(ws: Workspace) -> None:
    one, other = ConversationList(ws), Composer(ws)
    assert one.library is other.library
    assert one.get_state("library")["library"] == f"anywidget:{one.library.model_id}"
    one.library.close()
    assert ConversationList(ws).library is Composer(ws).library is not one.library


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_are_plain_small_and_ours_alone(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 400
    addresses = [url for url in re.findall(r"https?://[^\s\"'`)]+", text) if "w3.org" not in url]
    assert not [url for url in addresses if "." in url], "panels load nothing from elsewhere"
    assert "innerHTML" not in text
    assert "insertAdjacentHTML" not in text


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "one" / "a.js", 'import { b } from "./b.js";\nexport default b;\n')
    write(tmp_path / "two" / "b.js", "export const b = 1;\n")
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    with pytest.raises(ImportError, match=r"a\.js imports \./b\.js"):
        assets.script.__wrapped__()


def test_a_circle_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "one" / "a.js", 'import { b } from "../two/b.js";\nexport const a = 1;\n')
    write(tmp_path / "two" / "b.js", 'import { a } from "../one/a.js";\nexport const b = 1;\n')
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    with pytest.raises(ImportError, match=r"a\.js imports itself through a, b"):
        assets.script.__wrapped__()


@pytest.mark.parametrize("line", ['import x from "./b.js";', "export { a };", 'import "./b.js";'])
def test_other_forms_of_import_are_refused(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "one" / "a.js", f"{line}\nexport default 1;\n")
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    with pytest.raises(ImportError, match="not supported"):
        assets.script.__wrapped__()


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.__name__)
def test_no_name_of_ours_hides_one_of_the_libraries(panel: type[Panel]) -> None:
    """ipywidgets calls its own methods by these names; an override would break it far away."""
    allowed = {"__init__", "__init_subclass__", "__repr__", "close", "open"}
    base = Panel.__mro__[1]
    for layer in panel.__mro__[: panel.__mro__.index(base)]:
        ours = {name for name in vars(layer) if callable(vars(layer)[name])}
        assert not {name for name in ours - allowed if hasattr(base, name)}
