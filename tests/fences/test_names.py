from __future__ import annotations

import ast
import re

from tests.fences.house import at, refuse, syntax, tracked

EMPTY = re.compile(r"(Manager|Helper|Base|Handler)$|^Base[A-Z]")


def test_no_file_is_a_drawer_for_odds_and_ends() -> None:
    broken = [at(path) for path in tracked() if path.stem.lower() in {"util", "utils", "helper", "helpers"}]

    refuse(broken, "a function lives where it is used, or earns a module named by its deed")


def test_no_class_has_a_name_that_says_nothing() -> None:
    broken = [
        f"{at(path, node.lineno)}: class {node.name}"
        for path in tracked()
        if path.suffix == ".py"
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.ClassDef) and EMPTY.search(node.name)
    ]

    refuse(broken, "name it by what it is or does, not by Manager, Helper, Base or Handler")
