"""What the plugin asks of Ollama and what it makes of the answers is a pact, which any server can be held against.

Written by the real client against Pact's mock server. The server that the other tests talk to keeps it, and so has a
real one where ``KINGPOST_TEST_OLLAMA`` names it: it needs the models ``llama3.2`` and ``nomic-embed-text``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import pytest
from kingpost import Answer, Calls, Context, Tool, UnknownName
from kingpost.testing import SeededClock
from kingpost_agent_ollama.agent import Ollama
from kingpost_agent_ollama.embedder import OllamaEmbedder
from kingpost_agent_ollama.settings import Settings, address
from pact import Pact, Verifier

os.environ["PACT_DO_NOT_TRACK"] = "true"
FILE = "kingpost-agent-ollama-ollama.json"
KEPT = Path(__file__).parents[3] / "contracts/pacts" / FILE
REAL = os.environ.get("KINGPOST_TEST_OLLAMA")

MODEL, EMBEDS, NOBODY = "llama3.2:latest", "nomic-embed-text", "nobody:latest"
JSON, LINES = "application/json", "application/x-ndjson"
TIMBER = {"type": "object", "properties": {"of": {"type": "string"}}, "required": ["of"]}
PRICE = Tool(name="price", description="What a piece of timber costs.", parameters=TIMBER)
TEXTS = ["a king post", "a tie beam"]
PIECE = r'(\{[^\n]*"done": ?false[^\n]*\}\n)'
CALL = r'\{[^\n]*"tool_calls": ?\[\{[^\n]*"function": ?\{[^\n]*"arguments": ?\{[^\n]*\}\n'
LAST = r'\{[^\n]*"done": ?true[^\n]*"eval_count": ?[0-9]+[^\n]*\}\n'
Arrange: TypeAlias = Callable[[Pact, Context], None]
"""What is agreed on, for a context."""
Deed: TypeAlias = Callable[[str, Context], Awaitable[None]]
"""Asks a server and looks at what came of it."""


def like(value: Any, **more: int) -> dict[str, Any]:
    return {"pact:matcher:type": "type", "value": value, **more}


ABSENT = like({"error": "model 'nobody:latest' not found"})


def asked(pact: Pact, title: str, path: str, body: Any = None) -> Any:
    made = pact.upon_receiving(title).with_request("GET" if body is None else "POST", path)
    return made if body is None else made.with_body(json.dumps(body), JSON)


def answers(made: Any, status: int, body: Any) -> None:
    """Ollama names a charset, which a pact may not insist on."""
    kind = {"pact:matcher:type": "regex", "value": JSON, "regex": "^application/json(;.*)?$"}
    made.will_respond_with(status).with_header("Content-Type", json.dumps(kind)).with_body(json.dumps(body), JSON)


def streams(made: Any, *lines: str, like: str) -> None:
    """What lines there are, and how many, is up to the model: the whole of them fits a pattern."""
    rule = {"combine": "AND", "matchers": [{"match": "regex", "regex": like}]}
    made.will_respond_with(200).with_body("".join(lines), LINES).with_matching_rules({"body": {"$": rule}})


def line(content: str = "", **more: Any) -> str:
    message = {"role": "assistant", "content": content, **more}
    at = "2025-07-07T20:22:19.184789Z"
    return json.dumps({"model": MODEL, "created_at": at, "message": message, "done": False}) + "\n"


def last() -> str:
    ended = {"done": True, "done_reason": "stop", "prompt_eval_count": 26, "eval_count": 5}
    return json.dumps(json.loads(line()) | ended) + "\n"


def chat(context: Context, **more: Any) -> dict[str, Any]:
    """A chat as the plugin asks for it; the wording of the system's message is its own affair."""
    messages = [{"role": "system", "content": like("Name each passage that you use.")}]
    return {
        "model": MODEL, "messages": [*messages, {"role": "user", "content": context.prompt}], "stream": True,
        "truncate": False, "shift": False, "keep_alive": "5m", "options": {"num_ctx": 4096, "num_predict": 64}, **more,
    }  # fmt: skip


def embeds(model: str) -> dict[str, Any]:
    return {"model": model, "input": TEXTS, "truncate": False, "keep_alive": "5m"}


def listed(pact: Pact, context: Context) -> None:
    found = like([{"name": MODEL, "modified_at": "2025-05-04T17:37:44.706015396-07:00"}], min=1)
    answers(asked(pact, "the models that there are", "/api/tags"), 200, like({"models": found}))


def shown(pact: Pact, context: Context) -> None:
    about = {
        "details": {"family": "llama"},
        "model_info": {"general.architecture": "llama", "llama.context_length": 131072},
        "capabilities": like(["completion", "tools"], min=1),
    }
    answers(asked(pact, "what a model can do", "/api/show", {"model": MODEL}), 200, like(about))


def absent(pact: Pact, context: Context) -> None:
    answers(asked(pact, "a model that is not there", "/api/show", {"model": NOBODY}), 404, ABSENT)


def spoken(pact: Pact, context: Context) -> None:
    made = asked(pact, "an answer, as it is said", "/api/chat", chat(context))
    streams(made, line("Forty "), line("tonnes [1]."), last(), like=f"{PIECE}+{LAST}")


def called(pact: Pact, context: Context) -> None:
    function = {"name": PRICE.name, "description": PRICE.description, "parameters": TIMBER}
    made = asked(
        pact, "a call of a tool", "/api/chat", chat(context, tools=[{"type": "function", "function": function}])
    )
    call = {"function": {"name": "price", "arguments": {"of": "oak"}}}
    streams(made, line(tool_calls=[call]), last(), like=f"{PIECE}*{CALL}{PIECE}*{LAST}")


def embedded(pact: Pact, context: Context) -> None:
    vectors = like([like([0.25, 0.5], min=1), like([0.125, 1.0], min=1)], min=2, max=2)
    answers(asked(pact, "texts as vectors", "/api/embed", embeds(EMBEDS)), 200, like({"embeddings": vectors}))


def not_embedded(pact: Pact, context: Context) -> None:
    answers(asked(pact, "vectors of a model that is not there", "/api/embed", embeds(NOBODY)), 404, ABSENT)


@asynccontextmanager
async def agent(url: str) -> AsyncIterator[Ollama]:
    one = Ollama(Settings(base_url=url, room=64), SeededClock())
    try:
        yield one
    finally:
        await one.stop()


@asynccontextmanager
async def embedder(url: str, model: str) -> AsyncIterator[OllamaEmbedder]:
    one = OllamaEmbedder(Settings(base_url=url, embed_model=model))
    try:
        yield one
    finally:
        await one.stop()


async def choose(url: str, context: Context) -> None:
    async with agent(url) as one:
        found = await one.describe(None)

    assert (found.model, found.window, found.room, found.tools) == (MODEL, 131072, 64, True)


async def miss(url: str, context: Context) -> None:
    async with agent(url) as one:
        with pytest.raises(UnknownName, match="ollama pull nobody"):
            await one.describe(NOBODY)


async def answer(url: str, context: Context) -> None:
    async with agent(url) as one:
        action = await one.decide(context, lambda piece: None)

    assert isinstance(action, Answer)
    assert action.text == "Forty tonnes [1]."
    assert [source.passage for source in action.sources] == ["1"]
    assert (action.usage.input_tokens, action.usage.output_tokens) == (26, 5)


async def call(url: str, context: Context) -> None:
    async with agent(url) as one:
        action = await one.decide(context, lambda piece: None)

    assert isinstance(action, Calls)
    assert [(each.tool, each.arguments) for each in action.calls] == [("price", {"of": "oak"})]


async def embed(url: str, context: Context) -> None:
    async with embedder(url, EMBEDS) as one:
        assert await one.embed(TEXTS) == [[0.25, 0.5], [0.125, 1.0]]


async def embed_nothing(url: str, context: Context) -> None:
    async with embedder(url, NOBODY) as one:
        with pytest.raises(UnknownName, match="ollama pull nobody"):
            await one.embed(TEXTS)


CASES: list[tuple[Sequence[Arrange], Deed]] = [
    ((listed, shown), choose), ((absent, listed), miss), ((shown, spoken), answer), ((shown, called), call),
    ((embedded,), embed), ((not_embedded,), embed_nothing),
]  # fmt: skip


@pytest.fixture
async def written(tmp_path: Path, context: Context) -> str:
    """The pact, as the plugin's client makes it."""
    plain = replace(context, model=MODEL, room=64)
    with_tool = replace(plain, tools=(PRICE,), prompt="What does a piece of oak cost? Ask the tool.")
    for arranged, deed in CASES:
        pact = Pact("kingpost-agent-ollama", "ollama").with_specification("V4")
        given = with_tool if deed is call else plain
        for arrange in arranged:
            arrange(pact, given)
        with pact.serve(addr="127.0.0.1", raises=True) as server:
            await deed(str(server.url).rstrip("/"), given)
        pact.write_file(tmp_path)
    whole = json.loads((tmp_path / FILE).read_text("utf-8"))
    whole["interactions"].sort(key=lambda one: str(one["description"]))
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


async def test_the_committed_pact_is_what_the_plugin_asks_for(written: str) -> None:
    """To mend: make pacts."""
    if os.environ.get("KINGPOST_WRITE_PACTS"):
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(written, "utf-8")

    assert KEPT.read_text("utf-8") == written


@contextmanager
def stand_in() -> Iterator[str]:
    """The server that the other tests talk to, as a process."""
    program = Path(__file__).with_name("ollama_server.py")
    command: list[str | Path] = [
        sys.executable,
        program,
        "--port",
        "0",
        "--model",
        MODEL,
        "--call",
        "price",
        '{"of": "oak"}',
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


@contextmanager
def real() -> Iterator[str]:
    yield address(REAL or "")


@pytest.mark.parametrize("server", [stand_in, *([real] if REAL else [])])
def test_a_server_keeps_the_pact(server: Callable[[], AbstractContextManager[str]]) -> None:
    """The one of the tests always, so that they are not told what no server would say; a real one where it is named."""
    with server() as url:
        verifier = Verifier("ollama", host=str(urlsplit(url).hostname)).add_source(KEPT).add_transport(url=url)
        verifier.set_request_timeout(300_000)
        # It raises what says no more than that something is broken; what, is among the results.
        with suppress(RuntimeError):
            verifier.verify()
    results = verifier.results["interactionResults"]

    assert [one for one in results if one["result"] != "OK" or one["pending"]] == []
    wanted = {one["description"] for one in json.loads(KEPT.read_text("utf-8"))["interactions"]}
    assert {one["description"] for one in results} == wanted
