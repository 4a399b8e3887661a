"""How passages become the text of a prompt.

Called by the walk, which counts the result for the ledger, so that what an agent sends is what was accounted for.
Pure: the same passages give the same bytes, and passages that come later never change those before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from .records.context import Passage, Trust

_CLOSING = re.compile(r"<(?=\s*/\s*passage)", re.IGNORECASE)
"""What a model may take for the end of a passage: it reads more forms of a tag than one."""


def render(passages: Sequence[Passage]) -> str:
    """The prompt: the task's own words as they are, everything else in a labelled element.

    A closing tag inside a passage is broken up, so that a text from outside cannot end its own label.
    """
    return "\n\n".join([_element(passage) for passage in passages])


def _element(passage: Passage) -> str:
    if passage.trust is Trust.TASK:
        return passage.text
    place = f' place="{escape(passage.place)}"' if passage.place else ""
    # Only a closing tag could be mistaken for ours; everything else stays byte for byte, code above all.
    text = _CLOSING.sub(r"<\\", passage.text)
    head = f'<passage id="{passage.id}" source="{escape(passage.source)}"{place} trust="{passage.trust}">'
    return f"{head}\n{text}\n</passage>"
