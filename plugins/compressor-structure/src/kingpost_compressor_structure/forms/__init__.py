"""How a passage of each kind falls into units.

Called by ``selection``. A form that a text does not really have is ``None``; then the next simpler one is tried.
"""

from __future__ import annotations

from collections.abc import Callable

from .. import kinds
from ..question import Question
from ..units import Form
from . import code, dialogue, diff, grammar, jsons, log, markdown, mixed, prose, python, table, verdicts

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


_SOFT = ("log", "markdown", "prose")


def form(text: str, kind: str, question: Question, name: str = "") -> Form:
    """The units of one passage; ``name`` is that of its file, if it is one."""
    if kind == "code" and (found := _tried(grammar.form, text, name, question)) is not None:
        return found
    if kind in _SOFT and "```" not in text:
        sections = _sections(text, kind)
        if len(sections) > 1:
            return mixed.joined([_plain(part, of, question) for of, part in sections])
    return _plain(text, kind, question)


def _tried(form_of: Callable[..., Form | None], *given: object) -> Form | None:
    try:
        return form_of(*given)
    except RecursionError:
        # Nested deeper than anybody reads: a simpler form will do.
        return None


def _plain(text: str, kind: str, question: Question) -> Form:
    while kind in _FORMS:
        if (found := _tried(_FORMS[kind], text, question)) is not None:
            return found
        kind = _SIMPLER.get(kind, "prose")
    return prose.form(text)


def _sections(text: str, kind: str) -> list[tuple[str, str]]:
    """Neighbouring paragraphs of one kind, with that kind; together they are the text."""
    found: list[tuple[str, list[str]]] = []
    paragraphs = list(mixed.paragraphs(text))
    if kind == "log" and len(paragraphs) == 1:
        return [(kind, text)]
    for paragraph in paragraphs:
        of = kinds.tell(paragraph) if mixed.is_long(paragraph) else kind
        of = of if of in mixed.HARD else kind
        if not found or found[-1][0] != of:
            found.append((of, []))
        found[-1][1].append(paragraph)
    return [(of, "".join(parts)) for of, parts in found]
