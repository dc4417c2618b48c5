"""The panels' scripts and styles, from plain files.

The browser imports a script from a blob, where relative imports can't work. So all modules are put
into one, each in a function of its own, in the order they are needed: `import { a } from "./b.js"`
becomes `const { a } = $b`. Only these forms are used: named imports from a file of the same folder
or another one (`../shared/b.js`), named exports, and `export default` in a panel's own module. No
two files of a kind have the same name, whatever their folders.
"""

import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"

STYLES = (
    *("tokens", "parts", "fields", "overlay", "tiles", "quoted"),
    *("notice", "sidebar"),
    *("template_picker", "template_form", "template_bubble", "new_conversation"),
    *("filters", "conversation_list", "list_head"),
    *("conversation_view", "messages", "media", "acts"),
    *("composer", "tray", "quote", "recorder", "emoji_picker", "canned", "template_pane"),
    *("contact_card", "merge_contacts"),
    *("template_detail", "template_board"),
)
"""The shared ones first: what a panel says of its own comes after them, and wins."""

_LOADER = "library"
_IMPORT = re.compile(r'^import \{([^}]*)\} from "((?:\./|\.\./\w+/)(\w+)\.js)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_DEFAULT = re.compile(r"^export default ", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b", re.MULTILINE)


@cache
def script() -> str:
    """One ES module of all the panels and what they import; it exports each by its file's name."""
    order: list[str] = []
    for path in sorted(STATIC.glob("*/*.js")):
        if path.stem not in (*order, _LOADER):
            _visit(path.stem, order, ())
    exported = ", ".join(f"${name} as {name}" for name in order)
    return "\n".join([*map(_function, order), f"export {{ {exported} }};"])


@cache
def style() -> str:
    """The styles of all panels."""
    return "\n".join(find(f"{name}.css").read_text("utf-8") for name in STYLES)


def loader(name: str) -> str:
    """The script a panel is known by: it has the module `name`.js of `script()` show it."""
    return f'{_EXPORT.sub("", _read(_LOADER))}\nexport default shownBy("{name}");\n'


def find(file: str) -> Path:
    """Where a file of this name lies, in whichever folder."""
    [path] = STATIC.glob(f"*/{file}")
    return path


def _visit(name: str, order: list[str], above: tuple[str, ...]) -> None:
    if name in above:
        raise ImportError(f"{name}.js imports itself through {', '.join(above)}.")
    for found in _IMPORT.finditer(_read(name)):
        if not (find(f"{name}.js").parent / found[2]).is_file():
            raise ImportError(f"{name}.js imports {found[2]}, which does not exist.")
        if found[3] not in order:
            _visit(found[3], order, (*above, name))
    order.append(name)


def _read(name: str) -> str:
    return find(f"{name}.js").read_text("utf-8")


def _function(name: str) -> str:
    source = _read(name)
    exported = [found[1] for found in _EXPORT.finditer(source)]
    exported += ["default: $default"] if _DEFAULT.search(source) else []
    return (
        f"const ${name} = (() => {{\n{_linked(source)}\nreturn {{ {', '.join(exported)} }};\n}})();"
    )


def _linked(source: str) -> str:
    def bind(found: re.Match[str]) -> str:
        names = found[1].replace(" as ", ": ")
        return f"const {{{names}}} = ${found[3]};"

    linked = _DEFAULT.sub("const $default = ", _EXPORT.sub("", _IMPORT.sub(bind, source)))
    for left in _LEFT.finditer(linked):
        raise ImportError(f"An import or export of a form that is not supported: {left[0]!r}.")
    return linked
