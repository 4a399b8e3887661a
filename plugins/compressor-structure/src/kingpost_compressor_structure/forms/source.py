"""What Python statements are called: signatures, first lines of docstrings, outlines of what holds definitions.

Called by ``python``. Every answer is text that parses where the statement stood.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Function = ast.FunctionDef | ast.AsyncFunctionDef
Compound = ast.If | ast.Try | ast.With | ast.For | ast.While

_BRIEF = 5
"""Characters of a default that takes no more tokens than three dots: ``None``, ``False``, a small number."""


def lines_of(text: str) -> list[str]:
    """Lines as the parser counts them, with their ends: no other sign than this one ends a line."""
    *lines, last = text.split("\n")
    found = [f"{line}\n" for line in lines]
    return [*found, last] if last else found


class Source:
    """The lines that a tree was read from. ``finish`` takes comments away."""

    def __init__(self, lines: Sequence[str], finish: Callable[[str], str]) -> None:
        self._lines, self._finish = lines, finish

    def text(self, start: int, end: int) -> str:
        """Lines ``start`` up to ``end``, counted from 1 as the parser does."""
        return "".join(self._lines[start - 1 : end - 1])

    def rest(self, start: int) -> str:
        """All lines from ``start`` on."""
        return self.text(start, len(self._lines) + 1)

    def indent(self, statement: ast.stmt) -> str:
        """The white space in front."""
        line = self._lines[statement.lineno - 1]
        return line[: len(line) - len(line.lstrip())]

    def fill(self, statement: ast.stmt) -> str:
        """What stands for a block that begins with this statement."""
        return f"{self.indent(statement)}...\n"

    def has_lines(self, node: Function | ast.ClassDef | Compound) -> bool:
        """Whether the body stands on lines of its own."""
        return begin(node.body[0]) > node.lineno and self._starts_line(node.body[0])

    def _starts_line(self, statement: ast.stmt) -> bool:
        return not self._lines[begin(statement) - 1][: statement.col_offset].strip()

    def head(self, node: Function | ast.ClassDef) -> str:
        """From the name to the colon, without decorators and comments."""
        lines = list(self._lines[node.lineno - 1 : begin(node.body[0]) - 1])
        while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
            lines.pop()
        return self._finish("".join(lines))

    def condition(self, node: ast.If) -> str:
        """The lines of a condition, without comments and blank lines."""
        return _tight(self._finish(self.text(node.lineno, begin(node.body[0]))))

    def line(self, node: Function | ast.ClassDef) -> str:
        """The head on one line, without its indentation and its end."""
        head = self.head(node).strip()
        if "\n" not in head and "#" not in head:
            return head
        if any(mark in head for mark in "\"'#\\"):
            return _written_anew(node)
        return " ".join(head.split()).replace("( ", "(").replace(", )", ")").replace(" )", ")")

    def parameters(self, node: Function) -> str:
        """The names of the parameters, without types; ``...`` for a default that takes more room than that."""
        args = node.args
        plain = [*args.posonlyargs, *args.args]
        first = len(plain) - len(args.defaults)
        names = [
            each.arg + (_default(args.defaults[at - first]) if at >= first else "") for at, each in enumerate(plain)
        ]
        if args.posonlyargs:
            names.insert(len(args.posonlyargs), "/")
        if args.vararg or args.kwonlyargs:
            names.append(f"*{args.vararg.arg}" if args.vararg else "*")
        kwonly = zip(args.kwonlyargs, args.kw_defaults, strict=True)
        names += [each.arg + (_default(default) if default else "") for each, default in kwonly]
        return ", ".join([*names, f"**{args.kwarg.arg}"] if args.kwarg else names)

    def decorators(self, node: Function | ast.ClassDef) -> str:
        """The lines above the name."""
        return self.text(begin(node), node.lineno)

    def signature(self, node: Function) -> str:
        """The signature as a whole function."""
        return f"{self.decorators(node)}{self.indent(node)}{self.line(node)} ...\n"

    def docstring(self, statement: ast.stmt) -> str:
        """The first line of a docstring as a string, if the statement is one."""
        match statement:
            case ast.Expr(value=ast.Constant(value=str(text))) if text.strip():
                line = text.strip().split("\n", 1)[0].strip()[:200]
                plain = '"' not in line and "\\" not in line and line.isprintable()
                return f'"{line}"' if plain else repr(line)
        return ""

    def outline(self, statement: ast.stmt, *, public: bool = False) -> str:
        """The definitions in a statement, without what else it does; empty if there are none.

        ``public``: only those whose names do not begin with an underscore.
        """
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if public and statement.name[0] == "_":
                return ""
            case ast.FunctionDef() | ast.AsyncFunctionDef() if self.has_lines(statement):
                return self.signature(statement)
            case ast.ClassDef() if self.has_lines(statement):
                members = "".join(self.outline(one, public=public) for one in statement.body)
                members = members or self.fill(statement.body[0])
                return f"{self.decorators(statement)}{self.indent(statement)}{self.line(statement)}\n{members}"
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return self.text(begin(statement), (statement.end_lineno or 0) + 1)
            case ast.If() | ast.Try() | ast.With() | ast.For() | ast.While() if any(defined([statement])):
                return self._compound(statement, public=public)
        return ""

    def _compound(self, node: Compound, *, public: bool) -> str:
        parts: list[str] = []
        at = node.lineno
        for block in _blocks(node):
            first = begin(block[0])
            # With no line of its own this is an ``elif``, which brings its head itself.
            head = _tight(self._finish(self.text(at, first))) if first > at else ""
            inner = "".join(self.outline(one, public=public) for one in block)
            parts += [head, inner or (self.fill(block[0]) if head.strip() else "")]
            at = (block[-1].end_lineno or first) + 1
        return "".join(parts)


def _default(value: ast.expr) -> str:
    match value:
        case ast.Constant(value=None | bool()) | ast.Constant(value=int(), kind=None) if (
            len(repr(value.value)) <= _BRIEF
        ):
            return f"={value.value!r}"
        case ast.Constant(value=""):
            return "=''"
        case ast.Tuple(elts=[]):
            return "=()"
    return "=..."


def _tight(text: str) -> str:
    """Without blank lines."""
    return "".join(line for line in lines_of(text) if line.strip())


def _written_anew(node: Function | ast.ClassDef) -> str:
    """The head of a definition as Python would write it."""
    if isinstance(node, ast.ClassDef):
        bare: Function | ast.ClassDef = ast.ClassDef(
            node.name, node.bases, node.keywords, [ast.Pass()], [], **_rest(node)
        )
    else:
        bare = type(node)(node.name, node.args, [ast.Pass()], [], node.returns, **_rest(node), lineno=1)
    return ast.unparse(bare).rsplit("\n", 1)[0]


def _rest(node: Function | ast.ClassDef) -> dict[str, Any]:
    """What definitions have from Python 3.12 on."""
    return {"type_params": node.type_params} if hasattr(node, "type_params") else {}


def begin(node: ast.stmt) -> int:
    """The first line, decorators included."""
    if isinstance(node, Function | ast.ClassDef) and node.decorator_list:
        return min(node.lineno, node.decorator_list[0].lineno)
    return node.lineno


def defined(statements: Sequence[ast.stmt]) -> Iterator[Function | ast.ClassDef]:
    """The functions and classes in statements, not those inside of them."""
    waiting = list(reversed(statements))
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function | ast.ClassDef):
            yield node
        elif isinstance(node, Compound):
            waiting.extend(child for block in reversed(list(_blocks(node))) for child in reversed(block))


def _blocks(node: Compound) -> Iterator[list[ast.stmt]]:
    yield node.body
    if isinstance(node, ast.Try):
        for handler in node.handlers:
            yield handler.body
    if not isinstance(node, ast.With) and node.orelse:
        yield node.orelse
    if isinstance(node, ast.Try) and node.finalbody:
        yield node.finalbody
