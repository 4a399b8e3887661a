from __future__ import annotations

import ast

import kingpost

from tests.fences.house import CORE, at, refuse, syntax

FACE = CORE / "__init__.py"
DECLARED = list(getattr(kingpost, "__all__", ()))


def test_every_name_of_the_face_resolves() -> None:
    broken = [f"{at(FACE)}: __all__ has {name}, which is not there" for name in DECLARED if not hasattr(kingpost, name)]

    refuse(broken, "import it there, or take it out of __all__")


def test_the_face_names_nothing_twice() -> None:
    """Their order is the linter's business (RUF022)."""
    twice = sorted({name for name in DECLARED if DECLARED.count(name) > 1})

    refuse([f"{at(FACE)}: __all__ has {name} twice" for name in twice], "leave one of them")


def test_the_face_is_the_same_for_a_type_checker() -> None:
    """Names are loaded on first use; a type checker sees the imports that are spelled out."""
    spelled = _spelled()
    broken = [f"{at(FACE)}: {name} is spelled out, but not in __all__" for name in sorted(spelled - set(DECLARED))]
    broken += [f"{at(FACE)}: {name} is in __all__, but not spelled out" for name in sorted(set(DECLARED) - spelled)]

    refuse(broken, "import the name under TYPE_CHECKING and list it in __all__")


def _spelled() -> set[str]:
    tree = syntax(FACE)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    defined = [
        node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    names = {alias.asname or alias.name for node in imports for alias in node.names}
    return {name for name in names.union(defined) if not name.startswith("_")}
