"""Code that is not Python keeps its signatures and still parses, where its grammar is installed."""

from __future__ import annotations

import asyncio

import pytest
from kingpost import Passage
from kingpost.testing import WordCounter
from kingpost_compressor_structure.fitting import StructureCompressor
from kingpost_compressor_structure.forms import grammar
from kingpost_compressor_structure.question import Question

NOBODY = Question("")

BODIES = "".join(f"    const step{n} = reach + load * {n};\n    await this.turn(step{n});\n" for n in range(12))
SCRIPT = (
    "import fs from 'fs';\n\n// A crane.\nexport class Crane extends Machine {\n  reach = 3;\n\n"
    + "".join(
        f"  /** Part {n}. */\n  async part{n}(load, {{ slowly = true }} = {{}}) {{\n{BODIES}    return {n};\n  }}\n\n"
        for n in range(9)
    )
    + "  #oil() {\n    return 1;\n  }\n}\n\nexport function swing(degrees) {\n  return degrees;\n}\n"
)
GO = (
    'package crane\n\nimport "fmt"\n\ntype Crane struct {\n\tReach int\n}\n\n'
    + "".join(
        f"// Part{n} lifts.\nfunc (c *Crane) Part{n}(load int) (int, error) {{\n"
        + '\tfmt.Println("a", load)\n' * 12
        + "\treturn load, nil\n}\n\n"
        for n in range(9)
    )
)  # fmt: skip


def shortened(text: str, name: str, share: float, query: str = "") -> str:
    """What is left of a file in a share of its words."""
    passage = Passage(id="1", text=text, source=f"src/{name}")
    budget = int(WordCounter().count(text) * share)
    fitted = asyncio.run(StructureCompressor().fit([passage], budget, query, WordCounter()))
    return "".join(each.text for each in fitted.kept)


@pytest.mark.parametrize(("text", "name"), [(SCRIPT, "crane.js"), (GO, "crane.go")])
def test_all_signatures_survive_and_the_rest_still_parses(text: str, name: str) -> None:
    left = shortened(text, name, 0.2)

    assert [n for n in range(9) if f"art{n}(load" not in left] == []
    assert left.count("{") == left.count("}")
    assert grammar.form(left, name, NOBODY) is not None


def test_the_body_that_is_asked_for_is_shown_whole() -> None:
    left = shortened(SCRIPT.replace("return 7;", "return ballast;"), "crane.js", 0.3, "Which part returns the ballast?")

    assert f"  async part7(load, {{ slowly = true }} = {{}}) {{\n{BODIES}    return ballast;\n  }}\n" in left


@pytest.mark.parametrize(("text", "name"), [(SCRIPT, "crane.js"), (GO, "crane.go"), ("let a = '漢';\nf(a);\n", "a.js")])
def test_units_and_what_closes_them_together_are_the_text(text: str, name: str) -> None:
    form = grammar.form(text, name, NOBODY)

    assert form is not None
    form.chosen = [len(unit.shapes) - 1 for unit in form.units]
    assert form.render() == text


SMALL = {
    "a.rs": "impl Crane {\n    pub fn lift(&self) -> i32 {\n        let y = 2;\n        y + 1\n    }\n}\n",
    "a.ts": "export class C<T> {\n  b = 'x';\n  go(x: number): T {\n    const y = x;\n    return f(y, x);\n  }\n}\n",
    "a.cpp": "class C {\n public:\n  int go(int x) {\n    int y = x;\n    return y + 1;\n  }\n  int z;\n};\n",
    "a.c": "#include <x.h>\nstatic int go(int x)\n{\n    int y = x;\n    return y + 1;\n}\n",
    "a.cs": "namespace N {\n  class C {\n    int Go(int x) {\n      var y = x;\n      return y + 1;\n    }\n  }\n}\n",
    "a.java": "class C {\n  @Override\n  int go(int x) {\n    int y = x;\n    return y + 1;\n  }\n}\n",
    "a.sh": "set -e\ngo() {\n  echo one\n  echo two\n}\ngo\n",
}


@pytest.mark.parametrize("name", SMALL)
def test_every_language_is_whole_at_its_longest_and_parses_at_its_shortest(name: str) -> None:
    form = grammar.form(SMALL[name], name, NOBODY)

    assert form is not None
    form.chosen = [len(unit.shapes) - 1 for unit in form.units]
    assert form.render() == SMALL[name]
    form.chosen = [0] * len(form.units)
    assert grammar.form(form.render(), name, NOBODY) is not None


@pytest.mark.parametrize(
    ("text", "name"), [("class {{{ ] nothing", "a.js"), (SCRIPT, "a.unheard"), ("\ud800;\n", "a.js")]
)
def test_what_no_grammar_reads_is_left_to_indentation(text: str, name: str) -> None:
    assert grammar.form(text, name, NOBODY) is None


def test_a_broken_file_does_not_spoil_the_others() -> None:
    """A parser that fails costs that file its skeleton, nothing else."""
    broken = Passage(id="1", text="class {{{ ]\n" * 50, source="a.js")
    sound = Passage(id="2", text=SCRIPT, source="b.js")
    budget = WordCounter().count(SCRIPT) // 4

    fitted = asyncio.run(StructureCompressor().fit([broken, sound], budget, "part3", WordCounter()))

    kept = {passage.id: passage.text for passage in fitted.kept}
    assert grammar.form(kept["2"], "b.js", NOBODY) is not None


def test_names_come_before_what_is_told_above_a_class() -> None:
    """Its comment is shown with it only where all that it holds is."""
    said = " * A crane that lifts what nobody else can lift, at any time of any day.\n" * 9
    methods = "".join(f"  part{n}(load: number): number {{\n    return load + {n};\n  }}\n" for n in range(9))
    text = f"/**\n{said} */\nexport class Crane {{\n{methods}}}\n"

    left = shortened(text, "crane.ts", 0.4)

    assert left.startswith("export class Crane {\n")
    assert all(f"part{n}(load: number): number" in left for n in range(9))
