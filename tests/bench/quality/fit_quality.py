"""What survives a fit: evidence of dialogues, names of Python, errors of logs; beside it what head and tail keep.

Called by ``tests.bench.fit``. Every figure is a share between 0 and 1, and the halves are told apart: ``train`` may be
tuned with, ``test`` may not.
"""

from __future__ import annotations

import ast
import asyncio
import random
import statistics
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kingpost import Passage, TokenCounter
from kingpost_compressor_structure.fitting import StructureCompressor

from .fit_logs import logs
from .fit_talk import Dialogue, dialogue

LIBRARY = Path(ast.__file__).parent
SMALLEST, LARGEST, LEAST_NAMES = 8_000, 150_000, 5
Keep = Callable[[str, int, str], str]


def ways(counter: TokenCounter) -> dict[str, Keep]:
    """How a text can be made to fit into so many tokens, given a question: ours, and what anybody would do first."""

    def ours(text: str, budget: int, query: str) -> str:
        passage = Passage(id="1", text=text, source="passage")
        fitted = asyncio.run(StructureCompressor().fit([passage], budget, query, counter))
        kept = "".join(each.text for each in fitted.kept)
        if counter.count(kept) > budget:
            raise AssertionError("over the budget")
        return kept

    def head(text: str, budget: int, query: str) -> str:
        del query
        return counter.cut(text, budget)

    def head_and_tail(text: str, budget: int, query: str) -> str:
        first = head(text, budget // 2, query)
        return f"{first}\n{text[-len(first) :]}"

    return {"ours": ours, "head": head, "head_and_tail": head_and_tail}


def talk(counter: TokenCounter, half: str, seeds: int) -> dict[str, float]:
    """Lines of evidence that survive, with the question and without one, of 20,000 tokens in 4,000 and in 1,000."""
    dialogues = [dialogue(seed, half, turns=690) for seed in range(seeds)]
    found: dict[str, float] = {
        f"{half}_dialogue_tokens": statistics.mean(counter.count(each.text) for each in dialogues)
    }
    for budget in (4_000, 1_000):
        for name, keep in ways(counter).items():
            found[f"{half}_blind_{budget}_{name}"] = statistics.mean(
                share for each in dialogues for share in _evidence(each, keep(each.text, budget, ""))
            )
        ours = ways(counter)["ours"]
        found[f"{half}_asked_{budget}_ours"] = statistics.mean(
            all(line in ours(each.text, budget, asked.question) for line in asked.evidence)
            for each in dialogues
            for asked in each.asked
        )
    return found


def _evidence(said: Dialogue, kept: str) -> Iterator[bool]:
    return (all(line in kept for line in asked.evidence) for asked in said.asked)


def python(counter: TokenCounter, half: str, modules: int) -> dict[str, float]:
    """Public names, names with their parameters, first lines of docstrings; modules of Python's own library."""
    found: dict[str, float] = {}
    sources = list(_modules(half, modules))
    for percent in (15, 8, 4):
        for name, keep in ways(counter).items():
            names, signatures, lines, parsed = Share(), Share(), Share(), Share()
            for source in sources:
                kept = keep(source, counter.count(source) * percent // 100, "")
                tree = _parsed(kept)
                parsed.add([tree is not None])
                here, there = Public(ast.parse(source)), Public(tree)
                names.add(each in there.names for each in here.names)
                signatures.add(each in there.signatures for each in here.signatures)
                lines.add(there.lines.get(each) == line for each, line in here.lines.items())
            found[f"{half}_python_{percent}_names_{name}"] = names.value
            found[f"{half}_python_{percent}_signatures_{name}"] = signatures.value
            found[f"{half}_python_{percent}_docstrings_{name}"] = lines.value
            found[f"{half}_python_{percent}_parses_{name}"] = parsed.value
    return found


class Share:
    """How many of all."""

    def __init__(self) -> None:
        self._kept = self._all = 0

    def add(self, kept: Iterable[bool]) -> None:
        """Some more."""
        flags = list(kept)
        self._kept, self._all = self._kept + sum(flags), self._all + len(flags)

    @property
    def value(self) -> float:
        return self._kept / self._all if self._all else 1.0


class Public:
    """The public names of a module and of its classes, as ``ast`` reads them."""

    def __init__(self, tree: ast.Module | None) -> None:
        self.names: set[str] = set()
        self.signatures: set[str] = set()
        self.lines: dict[str, str] = {}
        if tree is not None:
            self._line("", tree)
            self._read(tree.body, "")

    def _read(self, body: list[ast.stmt], above: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith(
                "_"
            ):
                name = f"{above}{node.name}"
                self.names.add(name)
                self._line(name, node)
                if isinstance(node, ast.ClassDef):
                    self.signatures.add(name)
                    self._read(node.body, f"{name}.")
                else:
                    self.signatures.add(f"{name}({ast.unparse(node.args)})")

    def _line(self, name: str, node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if doc := (ast.get_docstring(node) or "").strip():
            self.lines[name] = doc.split("\n")[0].strip()


def _modules(half: str, most: int) -> Iterator[str]:
    paths = [path for path in sorted(LIBRARY.glob("*.py")) if path.name[0] != "_"]
    random.Random(7).shuffle(paths)
    taken = 0
    for path in paths[half == "test" :: 2]:
        source = path.read_text("utf-8")
        if SMALLEST < len(source) < LARGEST and len(Public(ast.parse(source)).names) >= LEAST_NAMES and taken < most:
            taken += 1
            yield source


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except SyntaxError:
        return None


def strewn(counter: TokenCounter, half: str, seeds: int) -> dict[str, float]:
    """Distinct errors that survive, and the one line like no other."""
    found: dict[str, float] = {}
    material = [log for seed in range(seeds) for log in logs(seed, half)]
    for percent in (5, 2):
        for name, keep in ways(counter).items():
            errors, odd = Share(), Share()
            for log in material:
                kept = keep(log.text, counter.count(log.text) * percent // 100, "")
                errors.add(error in kept for error in log.errors)
                odd.add([log.odd in kept])
            found[f"{half}_log_{percent}_errors_{name}"] = errors.value
            found[f"{half}_log_{percent}_odd_{name}"] = odd.value
    return found
