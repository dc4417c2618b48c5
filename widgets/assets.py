"""The panels' scripts and styles, from plain files.

The browser imports a panel's script from a blob, where relative imports can't work. So the modules
a panel imports are put before it, each in a function of its own: `import { a } from "./b.js"`
becomes `const { a } = $b`. Only these two forms are used: named imports from a file of the same
folder or another one (`../shared/b.js`), and named exports (`export default` in the panel's own
module). No two files of a kind have the same name, whatever their folders.
"""

import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"

_IMPORT = re.compile(r'^import \{([^}]*)\} from "((?:\./|\.\./\w+/)(\w+)\.js)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_LEFT = re.compile(r"^(?:import\b|export (?!default ))", re.MULTILINE)

_SHARED_STYLES = ("tokens", "parts", "fields", "overlay")


@cache
def script(name: str) -> str:
    """One ES module with everything `name`.js imports, in the order it is needed."""
    order: list[str] = []
    _visit(name, order, ())
    modules = [_function(module) for module in order[:-1]]
    return "\n".join([*modules, _linked(_read(name))])


@cache
def style(*names: str) -> str:
    """The shared styles, then those of `names`."""
    return "\n".join(find(f"{name}.css").read_text("utf-8") for name in _SHARED_STYLES + names)


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
    exported = ", ".join(found[1] for found in _EXPORT.finditer(source))
    body = _EXPORT.sub("", _linked(source))
    return f"const ${name} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();"


def _linked(source: str) -> str:
    def bind(found: re.Match[str]) -> str:
        names = found[1].replace(" as ", ": ")
        return f"const {{{names}}} = ${found[3]};"

    linked = _IMPORT.sub(bind, source)
    for left in _LEFT.finditer(_EXPORT.sub("", linked)):
        raise ImportError(f"An import or export of a form that is not supported: {left[0]!r}.")
    return linked
