"""How a passage of each kind falls into units.

Called by ``selection``. A form that a text does not really have is ``None``; then the next simpler one is tried.
"""

from __future__ import annotations

from collections.abc import Callable

from ..question import Question
from ..units import Form
from . import code, dialogue, diff, jsons, log, markdown, prose, python, table, verdicts

_FORMS: dict[str, Callable[[str, Question], Form | None]] = {
    "code": code.form,
    "dialogue": dialogue.form,
    "diff": diff.form,
    "json": jsons.form,
    "jsonl": jsons.lines_form,
    "log": log.form,
    "markdown": markdown.form,
    "python": python.form,
    "table": table.form,
    "tests": verdicts.form,
}
_SIMPLER = {"python": "code"}


def form(text: str, kind: str, question: Question) -> Form:
    """The units of one passage."""
    while kind in _FORMS:
        if (found := _FORMS[kind](text, question)) is not None:
            return found
        kind = _SIMPLER.get(kind, "prose")
    return prose.form(text)
