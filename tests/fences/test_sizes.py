from __future__ import annotations

import ast
from pathlib import Path

from tests.fences.house import CORE, at, plugins, refuse, source, syntax


def test_a_kernel_file_has_at_most_300_lines() -> None:
    broken = [f"{at(path)}: {lines} lines" for path in sorted(CORE.rglob("*.py")) if (lines := _lines(path)) > 300]

    refuse(broken, "a second noun is hiding in it; give it a file of its own")


def test_a_plugins_door_has_fewer_than_50_lines() -> None:
    broken = [f"{at(plugin.door)}: {lines} lines" for plugin in plugins() if (lines := _lines(plugin.door)) >= 50]

    refuse(broken, "the door registers, the room works: move the work to <noun>.py")


def test_a_function_body_has_at_most_40_lines() -> None:
    """The docstring is not counted; what is nested counts with what holds it."""
    broken = [
        f"{at(path, node.lineno)}: {node.name} has {lines} lines"
        for path in source()
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (lines := _body(node)) > 40
    ]

    refuse(broken, "name a step of it and make that a function")


def _lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def _body(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
