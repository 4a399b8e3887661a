"""Comments of Python, told at sight or by the tokenizer."""

from __future__ import annotations

import argparse
import ast
import inspect
import logging
import typing
from types import ModuleType

import pytest
from kingpost_compressor_structure.comments import strip

TRICKY = [
    'x = "#"  # one\n',
    "x = 'a' + \"b # c\"  # d's\n",
    '"""A # b\n# c"""\nx = 1  # d\n',
    "x = '''a''' # b\n",
    "x = 'a\\\n# b'\n",
    'x = f"{y:#x}"  # hex\n',
    "x = f'''{y}\n# no comment\n'''\n",
    "x = {'a': 1}  # it's\n",
    "# don't\nx = ''''a'''  # b\n",
    'x = r"\\d#"  # b\n',
    'x = """a"""; y = """b # c\n# d"""\n',
]


def _functions(module: ModuleType) -> list[str]:
    source = inspect.getsource(module)
    found = [ast.get_source_segment(source, node) for node in ast.parse(source).body]
    return [each + "\n" for each in found if each]


@pytest.mark.parametrize("module", [argparse, ast, inspect, logging, typing])
def test_at_sight_and_by_the_tokenizer_are_one(module: ModuleType) -> None:
    """The quick way takes away what the sure one does, and nothing else."""
    for source in [*_functions(module), inspect.getsource(module)]:
        assert strip(source, lambda _: False, parses=True) == strip(source, lambda _: False)


@pytest.mark.parametrize("source", TRICKY)
def test_no_string_is_taken_for_a_comment(source: str) -> None:
    """Wherever a ``#`` stands, the value stays the same."""
    for shorter in (strip(source, lambda _: False, parses=True), strip(source, lambda _: False)):
        assert ast.dump(ast.parse(shorter)) == ast.dump(ast.parse(source))


def test_comments_that_are_wanted_stay() -> None:
    """What the question mentions is kept, told either way."""
    source = "x = 1  # the crane\n# the rope\ny = 'a'  # nothing\n"

    for parses in (True, False):
        assert strip(source, lambda said: "crane" in said, parses=parses) == "x = 1  # the crane\ny = 'a'\n"
