from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from kingpost import Answer, Context, Pack, Passage, Trust
from kingpost_agent_extract.agent import Extract

Asked = Callable[..., Awaitable[Answer]]


@pytest.fixture
def ask() -> Asked:
    """Asks a question over texts: strings, or passages."""

    async def ask(question: str, *texts: str | Passage, **more: Any) -> Answer:
        task = Passage(id="task", text=question, source="task", trust=Trust.TASK, pinned=True)
        kept = [
            text
            if isinstance(text, Passage)
            else Passage(id=str(number), text=text, source=f"docs/{number}.md", kind="markdown", score=1 / number)
            for number, text in enumerate(texts, 1)
        ]
        pack = Pack(budget=8000, used=0, framing=0, counter="words", exact=True, kept=(task, *kept))
        context = Context(task="task-1", description=question, prompt=question, pack=pack, **more)
        action = await Extract().decide(context, lambda speech: None)
        assert isinstance(action, Answer)
        return action

    return ask
