"""Executed notebooks, read the way a person would look at them."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONVO = [str(Path(sys.executable).with_name("convo"))]


@dataclass(frozen=True)
class Kept:
    """An executed notebook as it lies in the workspace."""

    path: Path
    text: str

    @property
    def notebook(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.text)
        return loaded

    @property
    def about(self) -> dict[str, str]:
        about: dict[str, str] = self.notebook["metadata"]["convo"]
        return about

    @property
    def states(self) -> list[str]:
        """Papermill's word for each code cell."""
        return [cell["metadata"]["papermill"]["status"] for cell in self._code()]

    @property
    def printed(self) -> str:
        outputs = [output for cell in self._code() for output in cell["outputs"]]
        return "".join("".join(output.get("text", "")) for output in outputs)

    def _code(self) -> list[dict[str, Any]]:
        return [cell for cell in self.notebook["cells"] if cell["cell_type"] == "code"]
