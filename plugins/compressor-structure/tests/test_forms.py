"""Each kind of text keeps what matters in it."""

from __future__ import annotations

import ast
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kingpost_compressor_structure import forms
from kingpost_compressor_structure.forms import code, jsons, log, markdown, prose, python
from kingpost_compressor_structure.question import Question

Shorten = Callable[..., str]

LIBRARY = Path(ast.__file__).parent
MODULES = [
    "argparse.py",
    "configparser.py",
    "dataclasses.py",
    "json/decoder.py",
    "os.py",
    "selectors.py",
    "statistics.py",
]
NOBODY = Question("")


def names(source: str) -> set[tuple[str, str]]:
    """The public functions and classes of a module, functions with their parameters."""
    found: set[tuple[str, str]] = set()

    def walk(node: ast.AST, above: str) -> None:
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.FunctionDef(name=name, args=args) if not name.startswith("_") or name.endswith("__"):
                    found.add((above + name, ast.unparse(args)))
                case ast.ClassDef(name=name) if not name.startswith("_"):
                    found.add((above + name, ""))
                    walk(child, f"{above}{name}.")
                case ast.If() | ast.Try() | ast.With() | ast.ExceptHandler():
                    walk(child, above)

    walk(ast.parse(source), "")
    return found


@pytest.mark.parametrize("module", MODULES)
def test_python_keeps_every_public_signature(module: str, shorten: Shorten) -> None:
    """In a fifth of its words a module still parses and still says what it offers."""
    source = (LIBRARY / module).read_text("utf-8")
    left = shorten(source, 0.2, kind="python")

    assert names(left) >= names(source)


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("share", [0.6, 0.1, 0.03])
def test_python_parses_in_any_budget(module: str, share: float, shorten: Shorten) -> None:
    source = (LIBRARY / module).read_text("utf-8")

    ast.parse(shorten(source, share, "parse the arguments", kind="python"))


def test_python_keeps_the_body_that_the_question_is_about(shorten: Shorten) -> None:
    source = (LIBRARY / "configparser.py").read_text("utf-8")
    left = shorten(source, 0.25, "How does remove_option find the section?", kind="python")

    assert "existed = option in sectdict" in left
    assert 'class ConfigParser(RawConfigParser):\n "ConfigParser implementing interpolation."' in left
    assert '\n    def remove_option(self, section, option):\n        """Remove an option."""\n' in left


def test_names_come_before_parameters(shorten: Shorten) -> None:
    """Where there is no room for both, every public name is there, and says that its parameters are not."""
    source = "class Crane:\n" + "".join(
        f"    def lift_{n}(self, load: int, rope: str = 'steel', *, slowly: bool = True) -> float:\n"
        + "        load = load + rope\n" * 12
        for n in range(20)
    )
    left = shorten(source, 0.12, kind="python")

    ast.parse(left)
    assert [n for n in range(20) if f" def lift_{n}(" not in left] == []
    assert "(_): ..." in left


def test_first_lines_come_before_types_and_short_defaults_stand(shorten: Shorten) -> None:
    """What a function is for tells more than of what type it takes things; a default of one token costs no room."""
    source = "".join(
        f"def lift_{n}(load: Mapping[str, Sequence[float]] | None = None, rope: str = DEFAULT_ROPE, times: int = 1) -> "
        f"Mapping[str, float]:\n    'Lifts it {n} times.'\n" + "    load = load + rope\n" * 25
        for n in range(12)
    )
    names, types = shorten(source, 0.16, kind="python"), shorten(source, 0.4, kind="python")

    assert [line for line in names.splitlines() if line] == [
        f'def lift_{n}(load=None, rope=..., times=1): "Lifts it {n} times."' for n in range(12)
    ]
    assert types.count("rope: str = DEFAULT_ROPE, times: int = 1) -> Mapping[str, float]:") == 12


def test_definitions_below_a_condition_are_shown_one_by_one(shorten: Shorten) -> None:
    """Public names with their first lines, as anywhere; what is private gives way."""
    body = "            load = load + 1\n" * 20
    source = "if HAS_ROPE:\n\n    class Rope:\n" + "".join(
        f"        def {name}(self, load):\n            'Moves the load.'\n{body}" for name in ("pull", "_wind", "slack")
    )
    left = shorten(source, 0.125, kind="python")

    lines = [f'  def {name}(self, load): "Moves the load."' for name in ("pull", "slack")]
    assert [line for line in left.splitlines() if line and "_wind" not in line] == [
        "if HAS_ROPE:",
        " class Rope:",
        *lines,
    ]
    assert "_wind(self" not in left


def test_branches_show_their_public_names_first(shorten: Shorten) -> None:
    body = "        load = load + 1\n" * 20
    source = "try:\n" + "".join(
        f"    def {name}(load, rope):\n{body}" for name in ("pull", "_wind_up", "_wind_down", "slack")
    )
    source += "except RopeError:\n\n    pass\n"

    public, private = shorten(source, 0.09, kind="python"), shorten(source, 0.2, kind="python")

    assert "def slack(load, rope): ..." in public
    assert "_wind_up" not in public
    assert "def _wind_up(load, rope): ..." in private


def test_the_shortest_first_lines_come_first(shorten: Shorten) -> None:
    """Without a question one is worth as much as another, so as many as find room."""
    body = "    load = load + 1\n" * 20
    lengths = (9, 2, 30, 4, 25, 3)
    source = "".join(f"def part_{n}(load):\n    'Says{' so' * times}.'\n{body}" for n, times in enumerate(lengths))
    left = shorten(source, 0.15, kind="python")

    shown = [times for times in lengths if f"'Says{' so' * times}.'".replace("'", '"') in left]
    assert sorted(shown) == sorted(lengths)[: len(shown)]
    assert 0 < len(shown) < len(lengths)


def test_what_is_said_of_a_field_is_not_said_of_its_class(shorten: Shorten) -> None:
    """A string below a field stands or goes with the field."""
    methods = "".join(f"    def lift_{n}(self, load):\n        return load + {n}\n\n" for n in range(9))
    fields = '    name: str\n    """How people call it."""\n\n    load: int\n    """In tonnes."""\n\n'
    text = f"class Crane:\n{fields}{methods}"

    for share in (0.2, 0.4, 0.6, 0.8):
        left = ast.parse(shorten(text, share)).body[0]
        assert isinstance(left, ast.ClassDef)
        assert ast.get_docstring(left) is None


def test_first_lines_furthest_out_come_before_those_of_methods(shorten: Shorten) -> None:
    """Where they are about as long."""
    methods = "".join(
        f'    def m{n}(self):\n        """It is m{n}."""\n        x = 1\n        y = 2\n\n' for n in range(30)
    )
    text = f'class Crane:\n{methods}\n\ndef lift():\n    """It lifts a load of 40."""\n    x = 1\n    y = 2\n'
    left = shorten(text, 0.55)

    assert "It lifts a load of 40." in left
    assert left.count("It is m") < 30


def test_a_body_stands_as_in_its_file(shorten: Shorten) -> None:
    """Whoever edits the file finds the body again, character by character."""
    source = "class Crane:\n" + "".join(
        f"    def part_{n}(self, load):\n" + f"        load = load + {n}\n" * 12 for n in range(20)
    )
    left = shorten(source, 0.3, "What does part_7 add?", kind="python")

    assert "    def part_7(self, load):\n" + "        load = load + 7\n" * 12 in left


@pytest.mark.parametrize("module", MODULES)
def test_all_units_of_python_together_are_the_text(module: str) -> None:
    source = (LIBRARY / module).read_text("utf-8")
    form = python.form(source, NOBODY)

    assert form is not None
    assert "".join(unit.whole for unit in form.units) == source


SHAPES = '''
@decorated(
    1,
)
def spread(
    a: int,  # the first
    b: str = "#",
) -> None:  # why
    # before the body
    return None

def one_line(): return 1
class Empty: pass
class Bare:
    # only a comment above

    def method(self): ...
if sys.platform == "win32":
    def there(): 
        return 1
elif sys.platform == "linux":
    x = 1
else:
    class Here:
        """Says \\"so\\" and 'so'."""
        def inside(self):
            """Doc with \\\\ in it
            and more."""
            return 2
try:
    import fast
except ImportError:
    def fast(x):
        return x * 2
finally:
    done = True
if (  # why
    HAS_ROPE

    and not _SLACK
):

    # above the class
    class Rope:
        if sys.version_info > (3, 0):
            def pull(self, load): return load

            def slack(self):
                """Gives way."""
                return 0
x = 1; y = 2
table = {
    1: 2,
    3: 4,
    5: 6,
}
async def last(*, key):
    async with key:
        return await key
'''  # noqa: W291 - a space where somebody left one


@pytest.mark.parametrize("budget", range(0, 200, 7))
def test_odd_shapes_of_python_parse(budget: int, shorten: Shorten) -> None:
    """Decorators, comments in signatures, bodies on one line, definitions in branches."""
    left = shorten(SHAPES, budget / 200, kind="python")

    ast.parse(left)
    if budget > 190:
        assert names(left) >= names(SHAPES)


@pytest.mark.parametrize(("end", "ends"), [("\n", "\r\n"), ("\n\n", "\n\f\n"), ("\n\n", "\n# \u2028 \x85 \x0b\n")])
def test_whatever_ends_its_lines_python_is_python(end: str, ends: str, shorten: Shorten) -> None:
    """Files of other systems, with pages, with signs that end lines elsewhere: all signatures, and it parses."""
    body = "    load = load + 1\n" * 20
    source = "".join(f"def lift_{n}(load, rope='a\u2028\x1cb'):\n{body}\n" for n in range(12))
    left = shorten(source.replace(end, ends), 0.2, kind="python")

    names = [node.name for node in ast.parse(left).body if isinstance(node, ast.FunctionDef)]
    assert names == [f"lift_{n}" for n in range(12)]


def test_a_part_that_begins_inside_a_class_keeps_its_signatures(shorten: Shorten) -> None:
    source = (
        "    def lift(self, load):\n" + "        load = load + 1\n" * 30 + "    def turn(self):\n        return 1\n"
    )
    left = shorten(source, 0.3, kind="python")

    assert "def lift(self, load): ..." in left
    assert "def turn(self)" in left


def test_what_does_not_parse_keeps_its_first_lines(shorten: Shorten) -> None:
    """A part that was cut off in the middle of a function."""
    source = "        return x\n\n" + "".join(f"def f{n}(a):\n" + "    a = a + 1\n" * 8 for n in range(9)) + "def g(\n"

    left = shorten(source, 0.5, kind="python")

    assert all(f"def f{n}(a):" in left for n in range(9))


@pytest.mark.parametrize("indent", [None, 2])
def test_the_odd_row_of_json_survives(indent: int | None, shorten: Shorten) -> None:
    chance = random.Random(3)
    rows = [
        {"id": n, "status": "ok", "region": chance.choice(["eu", "us"]), "ms": chance.randrange(10, 40), "price": 1.50}
        for n in range(300)
    ]
    rows[211]["status"] = "failed"
    rows[111]["ms"] = 90_000
    rows[57]["error"] = "quota"
    left = shorten(json.dumps({"page": 1, "items": rows}, indent=indent), 0.1, kind="json")

    assert "300 rows" in left
    assert "price=1.5" in left
    assert [n for n in (211, 111, 57) if f"\n{n} | " not in left] == []


def test_rows_are_known_without_their_long_texts(shorten: Shorten) -> None:
    """Many titles tell more than the whole of a few; what is asked for is whole."""
    body = "It began when the rope was wound up for the first time in the yard, and it has not ended since then. " * 3
    rows = [
        {"id": n, "title": f"Crane {n} is late", "open": n % 3 == 0, "days": n, "body": f"{body}{n}"} for n in range(90)
    ]
    rows[40] |= {"title": "The hatch leaks", "body": f"{body} By night."}
    overview, asked = shorten(json.dumps(rows), 0.25), shorten(json.dumps(rows), 0.25, "Which hatch leaks?")

    assert overview.count("is late") > 60
    assert "The hatch leaks | false | 40 | " in asked
    assert "By night." in asked


def test_json_numbers_are_written_as_they_stood(shorten: Shorten) -> None:
    text = json.dumps([{"n": n, "text": f"something long about {n}"} for n in range(40)])
    text = text.replace('"n": 7,', '"n": 1.50e3,').replace('"n": 9,', f'"n": {"9" * 100},')
    left = shorten(text, 0.9, kind="json")

    assert "1.50e3" in left
    assert "9" * 100 in left


def test_a_key_that_stands_twice_loses_nothing() -> None:
    assert jsons.form('{"a": 1, "a": 2, "b": [1, 2, 3]}', NOBODY) is None


def test_errors_of_a_log_survive_and_the_rest_is_counted(shorten: Shorten) -> None:
    chance = random.Random(5)
    lines = [
        f"2026-01-01 10:{n // 60 % 60:02}:{n % 60:02} INFO http: GET /items/{n} in {n % 30 + 5} ms" for n in range(2000)
    ]
    errors = ["disk quota exceeded on sda", "disk quota exceeded on sdb", "connection refused by db-3", "rope torn"]
    for error in errors:
        lines[chance.randrange(2000)] = f"2026-01-01 11:00:00 ERROR core: {error}"
    lines[1234] = "2026-01-01 10:20:34 INFO http: GET /items/1234 in 30211 ms"
    lines[777] = "2026-01-01 10:12:57 INFO operator: maintenance window opened"
    left = shorten("\n".join(lines), 0.02)

    assert all(error in left for error in errors)
    assert "30211 ms" in left
    assert "maintenance window" in left
    assert "like this]" in left


def test_a_traceback_is_one_with_the_line_before_it() -> None:
    text = 'INFO a\nTraceback (most recent call last):\n  File "x", line 1\nValueError: no\nINFO b\n'

    assert list(log._records(text)) == [  # noqa: SLF001 - where records are told apart
        'INFO a\nTraceback (most recent call last):\n  File "x", line 1\nValueError: no\n',
        "INFO b\n",
    ]


def test_markdown_keeps_the_headings_above_what_it_keeps(shorten: Shorten) -> None:
    text = "# Cranes\n\n" + "".join(
        f"## Yard {n}\n\nThere is nothing of note in this yard at all.\n\n- crane {n} lifts {n * 7} tonnes\n\n"
        for n in range(40)
    )
    left = shorten(text, 0.1, "How much does crane 23 lift?", kind="markdown")

    assert left.index("# Cranes") < left.index("## Yard 23") < left.index("- crane 23 lifts 161 tonnes")


def test_a_code_block_of_markdown_is_whole_or_gone() -> None:
    block = "```python\n# no heading\n\nx = 1\n```\n"
    form = markdown.form(f"# A\ntext\n{block}more\n", NOBODY)

    assert form is not None
    assert block in [unit.whole for unit in form.units]


def test_a_row_of_a_table_comes_with_its_head(shorten: Shorten) -> None:
    text = "name,tonnes,built\n" + "".join(f"crane{n},{n % 9 + 40},{1900 + n}\n" for n in range(100))
    left = shorten(text, 0.1, "When was crane77 built?")

    assert left.startswith("name,tonnes,built\n")
    assert "crane77,45,1977" in left


def test_a_diff_keeps_files_and_changed_lines(shorten: Shorten) -> None:
    hunk = "@@ -1,9 +1,9 @@\n" + " same words here again\n" * 8 + "-old\n+new\n"
    text = "".join(f"diff --git a/f{n} b/f{n}\n--- a/f{n}\n+++ b/f{n}\n{hunk}" for n in range(6))
    left = shorten(text, 0.6)

    assert all(f"diff --git a/f{n} b/f{n}" in left for n in range(6))
    assert left.count("+new") == 6


def test_commits_of_a_history_are_told_by_their_subjects(shorten: Shorten) -> None:
    """What a commit says of itself is no part of the hunk before it, and a long hunk is shown in parts."""
    hunk = "@@ -0,0 +1,90 @@\n" + "".join(f"+def lift_{n}():\n+    return {n}\n+\n" for n in range(30))
    text = "".join(
        f"commit {n:040x}\nAuthor: A <a@b.example>\nDate: today\n\n    Lift {n} more cranes\n\n    At length.\n\n"
        f"diff --git a/f{n} b/f{n}\nindex 0000000..1111111\n--- a/f{n}\n+++ b/f{n}\n{hunk}"
        for n in range(6)
    )
    left = shorten(text, 0.2)

    assert all(f"commit {n:040x}\n    Lift {n} more cranes\n" in left for n in range(6))
    assert all(f"diff --git a/f{n} b/f{n}" in left for n in range(6))
    assert "index 0000000" not in left
    assert "+def lift_0():\n" in left


def test_other_code_keeps_what_it_defines(shorten: Shorten) -> None:
    text = "".join(
        f"func Lift{n}(load int) int {{\n" + "\tload = load + 1\n" * 20 + "\treturn load\n}\n\n" for n in range(9)
    )
    left = shorten(text, 0.3)

    assert all(f"func Lift{n}(load int) int" in left for n in range(9))


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(
    text=st.lists(st.sampled_from(["# a\n", "```\n", "word ", "One. Two! ", "\n", "  x\n", "{", "-", "| a |\n"])).map(
        "".join
    )
)
def test_units_together_are_the_text(text: str) -> None:
    """Nothing is lost or doubled before anything is chosen."""
    for form in (markdown.form(text, NOBODY), prose.form(text), code.form(text, NOBODY)):
        assert form is None or "".join(unit.whole for unit in form.units) == text


def test_a_kind_that_is_wrong_costs_no_text(shorten: Shorten) -> None:
    """Each form gives way to a simpler one, for that passage only."""
    text = "The crane lifts forty tonnes. Nobody knows why. " * 3 + "It was built in 1931."

    for kind in ("python", "json", "jsonl", "log", "markdown", "table", "diff", "code"):
        assert "It was built in 1931." in shorten(text, 0.5, "When was it built, in 1931?", kind=kind), kind


FORMATS = [
    "081109 2036{second:02} {pid} {level} dfs.DataNode$PacketResponder: {said}",
    "[Sun Dec 04 04:47:{second:02} 2005] [{level}] {said}",
    "Jun 14 15:16:{second:02} combo app[{pid}]: {said}",
    "03-17 16:13:{second:02}.811  1702 {pid} D WindowManager: {said}",
]


@pytest.mark.parametrize("line", FORMATS)
def test_logs_of_many_systems_are_told_and_keep_what_is_odd(line: str, shorten: Shorten) -> None:
    """Whatever a line begins with, what the lines share is counted and what they do not share stays."""
    chance = random.Random(3)
    said = [f"served block blk_-{chance.randrange(10**9)} to /10.1.{n % 9}.{n % 77}:50010" for n in range(800)]
    said[300], said[500] = "checksum error in segment 7", "the hatch was opened by hand"
    text = "".join(
        line.format(second=n % 60, pid=chance.randrange(999), level="INFO", said=what) + "\n"
        for n, what in enumerate(said)
    )
    left = shorten(text, 0.02)

    assert "checksum error in segment 7" in left
    assert "the hatch was opened by hand" in left
    assert "like this]" in left


def test_a_long_trace_keeps_its_first_line_and_its_cause(shorten: Shorten) -> None:
    frames = "".join(f'  File "a.py", line {n}, in f{n}\n    f{n + 1}()\n' for n in range(20))
    trace = f"2026-01-01 10:00:00 ERROR job 7 failed\nTraceback (most recent call last):\n{frames}KeyError: 'rope'\n"
    lines = [f"2026-01-01 10:00:{n % 60:02} INFO served {n}\n" for n in range(400)]
    left = shorten("".join(lines[:200]) + trace + "".join(lines[200:]), 0.03, kind="log")

    assert "ERROR job 7 failed\nKeyError: 'rope'" in left


VERDICTS = """============================= test session starts ==============================
collected 90 items

{passed}
tests/test_crane.py::test_lift FAILED [ 99%]

=================================== FAILURES ===================================
__________________________________ test_lift ___________________________________

    def test_lift():
{source}>       assert lift(3) == 4
E       assert 3 == 4
E        +  where 3 = lift(3)

tests/test_crane.py:88: AssertionError
=========================== short test summary info ============================
FAILED tests/test_crane.py::test_lift - assert 3 == 4
========================= 1 failed, 89 passed in 0.41s =========================
"""


def test_what_failed_in_a_test_run_survives(shorten: Shorten) -> None:
    """The failure, its reason, its place and the count; not what passed."""
    text = VERDICTS.format(
        passed="\n".join(f"tests/test_crane.py::test_{n} PASSED [ {n}%]" for n in range(89)),
        source="        rope = steel(7)\n" * 20,
    )
    left = shorten(text, 0.15)

    assert "test_lift FAILED" in left
    assert "assert 3 == 4" in left
    assert "tests/test_crane.py:88: AssertionError" in left
    assert "1 failed, 89 passed" in left
    assert "PASSED" not in left


def test_reasons_stand_below_their_failures(shorten: Shorten) -> None:
    """Pytest indents a reason further for a longer test."""
    progress = "".join(f"tests/a.py::test_{n} {'FAILED' if n == 7 else 'PASSED'} [ {n}%]\n" for n in range(200))
    text = (
        f"===== test session starts =====\n{progress}\n===== FAILURES =====\n_____ test_7 _____\n\n    def test_7():\n"
        ">       assert lift(7) == 40\nE       AssertionError: the rope is torn\n\ntests/a.py:9: AssertionError\n"
        "===== short test summary info =====\nFAILED tests/a.py::test_7 - AssertionError: the rope is torn\n"
        "===== 1 failed, 199 passed in 0.1s =====\n"
    )
    left = shorten(text, 0.06)

    assert "_____ test_7 _____" in left
    assert "E       AssertionError: the rope is torn\n" in left
    assert "1 failed, 199 passed" in left


def test_what_a_tool_says_of_each_thing_in_turn_is_counted(shorten: Shorten) -> None:
    """Also without times: it is a log."""
    lines = [
        f"{what} rope-{chr(97 + n % 26)}{n} (1.{n}) ..." for n in range(300) for what in ("Unpacking", "Setting up")
    ]
    lines[301] = "Creating user 'crane' with UID 998."
    left = shorten("\n".join(lines), 0.03)

    assert "Creating user 'crane'" in left
    assert "like this]" in left


def test_a_document_of_several_kinds_is_fitted_kind_by_kind(shorten: Shorten) -> None:
    """A report with a log and JSON in it keeps the error, the odd row, and the sentence that was asked for."""
    chance = random.Random(4)
    log = [f"2026-01-01 10:00:{n % 60:02} INFO served item {n} in {n % 9} ms" for n in range(300)]
    log[222] = "2026-01-01 10:00:07 ERROR rope of crane 7 is torn"
    rows = [{"crane": n, "state": "ok", "tonnes": chance.randrange(30, 40)} for n in range(200)]
    rows[123]["state"] = "broken"
    story = "The yard was closed in winter. Mirko has the key to the gate. Nobody else was there.\n\n"
    text = story + "Here is the log:\n\n" + "\n".join(log) + "\n\nAnd the state:\n\n" + json.dumps(rows) + "\n"
    left = shorten(text, 0.06, "Who has the key to the gate?")

    assert "Mirko has the key" in left
    assert "rope of crane 7 is torn" in left
    assert "123 | broken" in left
    assert "200 rows" in left


@pytest.mark.parametrize("text", ["One.\n\n" + "a,b,c\n" * 9 + "\nTwo.\n", "Only prose.\n\nAnd more.\n", ""])
def test_sections_together_are_the_text(text: str) -> None:
    assert "".join(unit.whole for unit in forms.form(text, "prose", NOBODY).units) == text
