"""What form a text has: as its source says, else told from its first lines.

Called by ``fitting`` for each passage. A wrong guess costs quality, never correctness: each form falls back to prose.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from .forms import grammar, log, verdicts
from .forms.speakers import speaks
from .question import STOP
from .syntax import parse

KINDS = ("code", "dialogue", "diff", "json", "jsonl", "log", "markdown", "prose", "python", "table", "tests")

_ALIASES = {
    "chat": "dialogue", "csv": "table", "md": "markdown", "ndjson": "jsonl", "patch": "diff", "py": "python",
    "text": "prose", "tsv": "table", "txt": "prose",
}  # fmt: skip
_NAMED = ("csv", "diff", "jsonl", "log", "md", "ndjson", "patch", "py", "tsv")
"""Ends of names that tell more than the text."""
_SAMPLE = 60

# Each looks at the beginning of one line; none can look at any part of it twice.
_LOG = re.compile(
    r"[\[(]?(?:\d{4}[-/]\d\d[-/]\d\d[T ,]|\d\d:\d\d:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d"
    r"|(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)\b)"
    r"|\d{1,3}(?:\.\d{1,3}){3} |\[ {0,7}\d{1,8}\.\d{3,9}\] "
)
# A container, a pod or a priority may stand in front, and words behind: a row of a table has a mark there.
_TIMED = re.compile(
    r"(?<![\d:])\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[ ]?[+-]\d\d:?\d\d)?[\])>:]{0,2}[ ]{1,3}(?!UTC|GMT|[AaPp]M)[^\s,;|-]"
)
_PYTHON = re.compile(
    r"(?:async )?def \w{1,80}\(|class \w{1,80}[:(]|from [\w.]{1,80} import |import [\w.]{1,80}(?:$| as |,)|@\w"
    r"|if __name__ =="
)
_CODE = re.compile(
    r"\s{0,80}(?:(?:public|private|protected|static|export|const|let|var|func|fn|function|struct|enum|interface|impl"
    r"|trait|package|namespace|using|type|return|if|for|while|switch|case|end|else)\b|#include|//|/\*|\*/|[}\])])"
)
_MARKDOWN = re.compile(r"#{1,6} \S|```|~~~|[-*+] \S|\d{1,3}\. \S|> |\|.{0,200}\|\s*$|\[[^\]]{1,80}\]\(")
_DIFF = re.compile(r"diff --git |@@ -\d|--- \S|\+\+\+ \S|Index: ")
# All that begins a definition or brings in a module, wherever it stands: a licence or a long docstring may come first.
_PYTHON_LINES = re.compile(
    r"\n(?:[ \t]{0,16}(?:async[ ]def|def|class)[ ]\w{1,80}[(:]|from[ ][\w.]{1,80}[ ]import[ ]|import[ ]\w|@\w)"
)
_PROMISING = 0.02
"""Among so many lines of documentation one that defines something is enough."""
_SEARCHED = 200_000
_RUN = re.compile(r"\d+|[A-Za-z]+")
_SAYS = re.compile(r"[A-Za-z]{2,}")
_FIRST = re.compile(r"[A-Za-z][A-Za-z-]{2,20}(?=[ :] ?\S{1,200}[ .:\n]|$)")
_SENTENCE = re.compile(r"[^\W\d_][)\"'”’]?[.!?:]\s*$")  # noqa: RUF001 - an apostrophe on purpose
_BEGINNING, _FEW, _TIME_WITHIN = 14, 8, 120
_MANY, _FEW_WORDS = 30, 5
_JSON_ENDS = {"{": "}", "[": "]"}


def tell(text: str, said: str = "", name: str = "") -> str:
    """The kind that is said, if it is one of ours, or that the name of its file tells, else the one the text shows."""
    said = _ALIASES.get(said, said)
    return said if said in KINDS else _of_name(name) or _of_text(text)


def _of_name(name: str) -> str:
    suffix = name.rpartition(".")[2].lower()
    if suffix in grammar.SUFFIXES:
        return "code"
    return _ALIASES.get(suffix, suffix) if suffix in _NAMED else ""


def _of_text(text: str) -> str:
    if text.startswith("#!/"):
        return "python" if "python" in text[: _BEGINNING * 4].split("\n", 1)[0] else "code"
    if _looks_like_json(text):
        return "json"
    lines = _first_lines(text)
    if not lines:
        return "prose"
    # Expressions that begin with the end of a line are looked for many times as fast as those that begin at a line.
    said = "\n" + text[:_SEARCHED]
    if len(verdicts.MARKS.findall(said)) >= 2:
        return "tests"
    return _of_lines(lines) or ("python" if _defines_python(said, text) else _of_layout(lines))


def _defines_python(said: str, text: str) -> bool:
    """Whether definitions of Python stand all over it, and not in the examples of a document."""
    marks = len(_PYTHON_LINES.findall(said))
    # A docstring may have examples in fences too.
    return marks >= 2 and marks > _PROMISING * said.count("\n") and ("```" not in said or parse(text) is not None)


def _of_lines(lines: Sequence[str]) -> str:
    """What single lines tell for certain."""
    if _share(lines, _looks_like_object) > 0.8:
        return "jsonl"
    marks = sum(1 for line in lines if _DIFF.match(line))
    if marks >= 2 and any(line.startswith(("@@ -", "diff --git ")) for line in lines):
        return "diff"
    if speaks(lines):
        return "dialogue"
    timed = _share(lines, _LOG.match) > 0.4 or _share([line[:_TIME_WITHIN] for line in lines], _TIMED.search) > 0.6
    return "log" if timed or _begin_alike(lines) or _say_alike(lines) else ""


def _begin_alike(lines: Sequence[str]) -> bool:
    """Whether lines begin in one form with a time or a number in it, and then say something."""
    if len(lines) < _FEW or _is_table(lines):
        return False
    # Numbers may be padded.
    begins = [" ".join(line[: 2 * _BEGINNING].split())[:_BEGINNING] for line in lines if _says(line)]
    shapes = Counter(_RUN.sub(_shape, begin) for begin in begins)
    most = max(shapes.values(), default=0)
    return most > 0.6 * len(lines)


def _say_alike(lines: Sequence[str]) -> bool:
    """Whether most lines begin with one of very few words, as what a tool says about each thing in turn."""
    if len(lines) < _MANY or _is_table(lines):
        return False
    if _share(lines, _SENTENCE.search) > 0.5 or _share(lines, _ends_code) > 0.3:
        return False
    words = Counter(found[0] for line in lines if (found := _FIRST.match(line)) and found[0].lower() not in STOP)
    often = [count for _, count in words.most_common(_FEW_WORDS) if count > 2]
    return sum(often) > 0.75 * len(lines)


def _says(line: str) -> bool:
    return line[:1] not in "#/*" and sum(map(str.isdigit, line[:24])) >= 4 and len(_SAYS.findall(line)) >= 2


def _shape(run: re.Match[str]) -> str:
    return "0" if run[0][0].isdigit() else "a"


def _of_layout(lines: Sequence[str]) -> str:
    """What no single line tells for certain."""
    # What stands in a fence is an example.
    heads = 0 if any(line.startswith("```") for line in lines) else sum(1 for line in lines if _PYTHON.match(line))
    if heads >= 2 or (heads and _share(lines, _is_indented) > 0.4):
        return "python"
    markdown = sum(1 for line in lines if _MARKDOWN.match(line))
    if any(line.startswith(("# ", "## ", "### ", "```")) for line in lines) and markdown >= 2:
        return "markdown"
    if _is_table(lines):
        return "table"
    if _share(lines, _ends_code) > 0.25 or _share(lines, _CODE.match) > 0.35:
        return "code"
    return "markdown" if markdown > len(lines) * 0.3 else "prose"


def _first_lines(text: str) -> list[str]:
    """Some lines that say something, each no longer than a screen is wide twice."""
    sample = log.COLOUR.sub("", text[:20_000]).split("\n", _SAMPLE * 2)[: _SAMPLE * 2]
    return [line[:240] for line in sample if line.strip()][:_SAMPLE]


def _share(lines: Sequence[str], has: Callable[[str], object]) -> float:
    return sum(1 for line in lines if has(line)) / len(lines)


def _ends_code(line: str) -> bool:
    return line.rstrip().endswith((";", "{", "}", "},"))


def _is_indented(line: str) -> bool:
    return line.startswith(("    ", "\t"))


def _looks_like_json(text: str) -> bool:
    head = text[:200].lstrip()[:1]
    if head not in _JSON_ENDS or text[-200:].rstrip()[-1:] != _JSON_ENDS[head]:
        return False
    first, _, rest = text.strip().partition("\n")
    # One object in each line is JSON lines, and no JSON.
    return not (rest and _looks_like_object(first) and rest.lstrip().startswith("{"))


def _looks_like_object(line: str) -> bool:
    line = line.strip()
    return line.startswith("{") and (line.endswith("}") or len(line) >= 230)


def _is_table(lines: Sequence[str]) -> bool:
    if len(lines) < 4:
        return False
    for mark in ("\t", "|", ";", ","):
        counts = {line.count(mark) for line in lines}
        if len(counts) == 1 and counts.pop() >= 2:
            return True
    return False
