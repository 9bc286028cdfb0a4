"""Run the notebook of docs/: `python -m tests.docs.notebook` writes its outputs again."""

from __future__ import annotations

import ast
import base64
import io
import json
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.paths import PROJECT

NOTEBOOK = PROJECT / "docs" / "python.ipynb"
Output = dict[str, Any]


def cells(kind: str) -> list[dict[str, Any]]:
    """Its cells of one kind, in order."""
    return [cell for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"] if cell["cell_type"] == kind]


def run(folder: Path) -> list[list[Output]]:
    """The outputs of every code cell, run in order in this folder."""
    namespace: dict[str, Any] = {}
    before = Path.cwd()
    os.chdir(folder)
    try:
        return [_outputs("".join(cell["source"]), namespace) for cell in cells("code")]
    finally:
        os.chdir(before)


def _outputs(source: str, namespace: dict[str, Any]) -> list[Output]:
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    value = None
    with redirect_stdout(printed):
        exec(compile(tree, "cell", "exec"), namespace)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), namespace)
    found: list[Output] = []
    if text := printed.getvalue():
        found.append({"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)})
    if value is not None:
        data: dict[str, Any] = {"text/plain": repr(value).splitlines(keepends=True)}
        if hasattr(value, "savefig"):
            drawn = io.BytesIO()
            value.savefig(drawn, format="png", dpi=72, metadata={"Software": None})
            data = {"image/png": base64.b64encode(drawn.getvalue()).decode(), "text/plain": ["a chart"]}
        found.append({"output_type": "display_data", "metadata": {}, "data": data})
    return found


def main() -> None:
    content = json.loads(NOTEBOOK.read_text("utf-8"))
    with TemporaryDirectory() as folder:
        made = iter(run(Path(folder)))
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = next(made)
    NOTEBOOK.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
