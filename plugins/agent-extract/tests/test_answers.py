"""What the answer says, and that every word of it can be trusted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kingpost import Answer, Context, InvalidRequest, Pack, Passage, Source, Speech, Text, Trust
from kingpost_agent_extract.agent import Extract

if TYPE_CHECKING:  # a folder of tests is no package when it runs
    from conftest import Asked

HARBOUR = """# Harbour

The harbour was built in 1902. It has three quays.

## Crane

The crane lifts forty tonnes. It is greased every Monday, because salt eats its chains.

- **Accidents.** A crane fell in 1931. Nobody was hurt.
- Ships wait outside.

| ship | length |
|---|---|
| Anna | 90 m |
| Berta | 120 m |

```sh
crane --lift 40
```
"""


def quotes(answer: Answer) -> list[str]:
    """The quoted texts, without what the answer puts around them."""
    blocks = re.findall(r"^\d+\. .*\n\n((?: +> ?.*\n?)+)", answer.text, re.MULTILINE)
    return ["\n".join(re.sub(r"^ +> ?", "", line) for line in block.rstrip("\n").split("\n")) for block in blocks]


async def test_it_says_first_that_no_model_was_used(ask: Asked) -> None:
    for text in (HARBOUR, "", "Nothing of that kind."):
        answer = await ask("How much does the crane lift?", *([text] if text else []))
        assert answer.text.startswith("No model was used")


async def test_it_quotes_the_sentence_that_answers(ask: Asked) -> None:
    answer = await ask("How much does the crane lift?", HARBOUR)

    assert quotes(answer)[0] == "The crane lifts forty tonnes."


async def test_both_halves_of_a_question_are_answered(ask: Asked) -> None:
    answer = await ask("How is the crane greased, and how long is the ship Berta?", HARBOUR)

    assert "greased every Monday" in "".join(quotes(answer))
    assert "| Berta | 120 m |" in quotes(answer)


async def test_words_are_found_in_their_other_forms(ask: Asked) -> None:
    """The question that the README asks, over two sentences that use none of its forms."""
    text = (
        "The post stands in the middle. A killed process loses nothing (`kill -9` included). "
        "The verification names each changed event. Ships wait outside."
    )

    found = quotes(await ask("How does it survive kill -9, and what is verified afterwards?", text, HARBOUR))

    assert found[0] == text[text.index("A killed") : text.index(" Ships")]


async def test_two_words_find_the_one_that_they_make(ask: Asked) -> None:
    text = "Ships go up.\n\nA backup is made every night.\n\nThe data lies in a folder."

    assert quotes(await ask("How do I back up?", text))[0] == "A backup is made every night."


async def test_sentences_that_follow_each_other_are_one_quote(ask: Asked) -> None:
    text = "Ships wait. The crane lifts forty tonnes. The chains are greased. Ships leave.\n\nThe chains are long."

    found = quotes(await ask("Which crane lifts, and which chains are greased?", text))

    assert found[0] == "The crane lifts forty tonnes. The chains are greased."


async def test_a_sentence_that_leans_on_the_one_before_takes_it_along(ask: Asked) -> None:
    answer = await ask("Why are the chains greased on Mondays, is it salt?", HARBOUR)

    assert quotes(answer)[0].startswith("The crane lifts forty tonnes. It is greased")


async def test_a_heading_speaks_for_what_stands_below_it(ask: Asked) -> None:
    text = "# Storms\n\nAll ships leave at once.\n\n# Fog\n\nAll ships stay where they are.\n"

    assert quotes(await ask("What about fog?", text)) == ["All ships stay where they are."]


async def test_a_code_block_is_quoted_without_its_fence(ask: Asked) -> None:
    assert quotes(await ask("Which command lifts with --lift 40?", HARBOUR))[0] == "crane --lift 40"


async def test_sources_name_passage_source_and_the_lines_of_the_quote(ask: Asked) -> None:
    passage = Passage(id="7", text=HARBOUR.rstrip(), source="docs/harbour.md", place="101-119", kind="markdown")

    answer = await ask("How much does the crane lift?", passage)

    assert answer.sources[0] == Source("7", "docs/harbour.md", "107")
    assert "1. docs/harbour.md:107\n" in answer.text


@pytest.mark.parametrize("place", ["", "p. 3", "1-500"])
async def test_a_place_that_tells_no_lines_is_given_as_it_is(ask: Asked, place: str) -> None:
    """A page, or the lines of a passage that was shortened since."""
    passage = Passage(id="7", text=HARBOUR, source="harbour.pdf", place=place)

    answer = await ask("How much does the crane lift?", passage)

    assert answer.sources[0].place == place


async def test_without_passages_it_says_what_to_do(ask: Asked) -> None:
    answer = await ask("How much does the crane lift?")

    assert "--input" in answer.text
    assert "--agent ollama" in answer.text
    assert answer.sources == ()


async def test_without_anything_relevant_it_says_so_and_what_was_missed(ask: Asked) -> None:
    answer = await ask("Explain quantum chromodynamics!", HARBOUR, "Another text about nothing at all.")

    assert "none of the 2 passages speaks of what was asked (quantum, chromodynamics)" in answer.text
    assert answer.sources == ()


async def test_words_that_no_passage_holds_are_named(ask: Asked) -> None:
    answer = await ask("Does the crane lift 40 zeppelins?", HARBOUR)

    assert answer.text.endswith("Not found in the one passage: zeppelins.")


async def test_a_weak_match_is_called_one(ask: Asked) -> None:
    answer = await ask("Which crane museum sells tickets?", HARBOUR)

    assert "no passage fits the question well" in answer.text.splitlines()[0]


@pytest.mark.parametrize("question", ["Summarise this.", "What is this about?", "?", ""])
async def test_a_task_that_asks_for_nothing_in_particular_gets_the_beginnings(ask: Asked, question: str) -> None:
    answer = await ask(question, HARBOUR, "Ships come from everywhere and go everywhere.")

    assert quotes(answer) == ["The harbour was built in 1902.", "Ships come from everywhere and go everywhere."]


async def test_the_task_itself_is_never_quoted(ask: Asked) -> None:
    handed = Passage(id="handed", text="The crane lifts fifty tonnes.", source="handed along", trust=Trust.TASK)

    answer = await ask("How much does the crane lift?", handed, HARBOUR)

    assert "fifty" not in answer.text


async def test_the_same_thing_is_not_quoted_twice(ask: Asked) -> None:
    answer = await ask("How much does the crane lift?", HARBOUR, HARBOUR, HARBOUR)

    assert quotes(answer).count("The crane lifts forty tonnes.") == 1


async def test_there_are_five_quotes_at_most(ask: Asked) -> None:
    text = "\n\n".join(f"The crane number {n} lifts tonnes of {w}." for n, w in enumerate("abcdefghij"))

    assert len(quotes(await ask("Which crane lifts tonnes?", text))) <= 5


async def test_what_it_says_live_is_what_it_answers(ask: Asked) -> None:
    context = await _context(ask)
    said: list[Speech] = []

    answer = await Extract().decide(context, said.append)

    assert isinstance(answer, Answer)
    assert "".join(each.text for each in said if isinstance(each, Text)) == answer.text


async def test_an_answer_that_has_to_follow_a_schema_is_refused(ask: Asked) -> None:
    with pytest.raises(InvalidRequest, match="--agent ollama"):
        await ask("How much?", HARBOUR, response_schema={"type": "object"})


def test_another_process_gives_the_same_answer() -> None:
    """Nothing hangs on the order in which a process happens to keep a set of words."""
    code = "import asyncio, test_answers as t; print(asyncio.run(t.Extract().decide(t.long_context(), print)).text)"
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent), "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(said) == 1


def long_context() -> Context:
    """Many units that are equally good."""
    text = "\n\n".join(f"The {a} crane lifts {b} tonnes on {c} days." for a in "abcd" for b in "efgh" for c in "ijkl")
    passage = Passage(id="1", text=text, source="a.md", kind="markdown")
    pack = Pack(budget=8000, used=0, framing=0, counter="words", exact=True, kept=(passage,))
    return Context(task="t", description="Which crane lifts how many tonnes on which days?", prompt="", pack=pack)


async def test_it_is_nobodys_model() -> None:
    description = await Extract().describe(None)

    assert description.model is None
    assert description.window is None
    assert not description.tools


async def _context(ask: Asked) -> Context:
    passage = Passage(id="1", text=HARBOUR, source="docs/harbour.md", place="1-19", kind="markdown")
    pack = Pack(budget=8000, used=0, framing=0, counter="words", exact=True, kept=(passage,))
    return Context(task="task-1", description="How much does the crane lift?", prompt="", pack=pack)


LINES = st.sampled_from(
    [
        "", "# A heading", "Words, and more words. And a *second* sentence!", "- an item (with a. dot)", "1. numbered",
        "  that goes on e.g. here", "| a | b |", "|---|---|", "```", "```python", "crane = 40  # tonnes", "> quoted",
        "漢字がある。次の文。", "**Label.** Said of the crane.", "---", "\ttabbed", "crane " * 400, "x" * 2000,
        "\u2028sep\x85",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    lines=st.lists(LINES, max_size=25),
    kind=st.sampled_from(["markdown", "", "python", "prose"]),
    question=st.sampled_from(["What does the crane lift?", "second sentence", "summary", "漢字", "words tonnes label"]),
)
async def test_every_quote_stands_in_its_passage_whole(lines: list[str], kind: str, question: str) -> None:
    """Literally there, at the place that is named, and never cut inside a word where there is a word's end near."""
    text = "\n".join(lines)
    passage = Passage(id="1", text=text, source="a.md", place=f"1-{text.count(chr(10)) + 1}", kind=kind)
    pack = Pack(budget=8000, used=0, framing=0, counter="words", exact=True, kept=(passage,))
    context = Context(task="task-1", description=question, prompt="", pack=pack)

    answer = await Extract().decide(context, lambda speech: None)
    again = await Extract().decide(replace(context, task="task-2"), lambda speech: None)

    assert isinstance(answer, Answer)
    assert answer == again
    found = quotes(answer)
    assert len(answer.sources) <= len(found) <= 5
    for quote in found:
        assert quote
        assert quote in text
        # What has no word's end for so long is cut somewhere.
        assert "x" * 100 in quote or re.search(rf"(?<!\w){re.escape(quote)}(?!\w)", text)
    for source in answer.sources:
        assert source.passage == "1"
        first = text.split("\n")[int(source.place.partition("-")[0]) - 1]
        assert any(quote.split("\n")[0] in first for quote in found)
