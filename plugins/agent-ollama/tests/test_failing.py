"""What goes wrong between agent and server, each with its class and its mend."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from kingpost import (
    AgentFailed,
    Answer,
    Context,
    InvalidRequest,
    KingpostError,
    SettingsInvalid,
    Speech,
    Text,
    Unavailable,
    UnknownName,
)
from kingpost.testing import SeededClock
from kingpost_agent_ollama.agent import Ollama
from kingpost_agent_ollama.embedder import OllamaEmbedder
from kingpost_agent_ollama.settings import Settings
from ollama_server import OllamaServer, Reply, installed, last, model, piece

Make = Callable[..., Ollama]


def mute(speech: Speech) -> None:
    """Nobody listens."""


async def test_without_a_server_the_mend_is_told() -> None:
    agent = Ollama(Settings(base_url="http://127.0.0.1:9"), SeededClock())

    with pytest.raises(Unavailable) as caught:
        await agent.describe(None)

    assert str(caught.value) == (
        "no Ollama server at http://127.0.0.1:9; start it with `ollama serve` or set [agent-ollama] base_url"
    )


async def test_a_model_that_is_not_there_is_told_with_the_nearest_and_the_mend(
    server: OllamaServer, agent: Ollama, context: Context
) -> None:
    for asking in (agent.describe("llama3.3"), agent.decide(replace(context, model="llama3.3"), mute)):
        with pytest.raises(UnknownName) as caught:
            await asking
        assert caught.value.nearest == ("llama3.2:latest",)
        assert "`ollama pull llama3.3`" in str(caught.value)


async def test_a_model_that_is_removed_while_we_run_is_unknown(
    server: OllamaServer, agent: Ollama, context: Context
) -> None:
    await agent.describe("llama3.2")
    del server.models["llama3.2:latest"]

    with pytest.raises(UnknownName):
        await agent.decide(context, mute)


async def test_a_server_without_models_says_how_to_get_one(server: OllamaServer, agent: Ollama) -> None:
    server.models = installed()

    with pytest.raises(UnknownName, match="ollama pull"):
        await agent.describe(None)


@pytest.mark.parametrize(
    ("reply", "failure", "words"),
    [
        (Reply(status=500, body={"error": "llama runner has stopped"}), Unavailable, "llama runner has stopped"),
        (Reply(status=503, body={"error": "server busy"}), Unavailable, "server busy"),
        (Reply(status=429, body={"error": "slow down"}), Unavailable, "slow down"),
        (
            Reply(
                status=500, body={"error": "model requires more system memory (5.6 GiB) than is available (2.1 GiB)"}
            ),
            Unavailable,
            "smaller",
        ),
        (Reply(status=401, body={"error": "unauthorized"}), SettingsInvalid, "api_key"),
        (Reply(status=400, body={"error": '"m" does not support chat'}), AgentFailed, "does not support chat"),
        (
            Reply(status=400, body={"error": "the prompt is longer than the context length"}),
            AgentFailed,
            "lower --budget",
        ),
        (
            Reply([piece("For"), {"error": "an error was encountered while running the model"}]),
            Unavailable,
            "while running",
        ),
        (Reply([piece("For"), {"error": "input exceeds the context length", "status": 400}]), AgentFailed, "--budget"),
        (Reply([piece("Forty")]), Unavailable, "broke off"),
        (Reply([piece("Forty")], end="broken"), Unavailable, "broke off"),
        (Reply([]), Unavailable, "broke off"),
        (Reply([piece("For"), b"<html>\n"]), Unavailable, "no JSON object"),
        (Reply([b"[1]\n"]), Unavailable, "no JSON object"),
        (Reply([b"\xff\xfe\n"]), Unavailable, "no JSON object"),
        (Reply([b"[" * 100_000 + b"\n"]), Unavailable, "no JSON object"),
        (Reply(status=502, body=b"<html>Bad Gateway</html>"), Unavailable, "HTTP 502"),
        (Reply(status=404, body=b"404 page not found"), Unavailable, "base_url"),
        (Reply(status=302, body={"error": "moved"}), Unavailable, "HTTP 302"),
    ],
)
async def test_what_goes_wrong_has_a_class_and_the_servers_words(
    server: OllamaServer, agent: Ollama, context: Context, reply: Reply, failure: type[KingpostError], words: str
) -> None:
    server.script = [reply]

    with pytest.raises(failure, match=words) as caught:
        await agent.decide(context, mute)

    assert type(caught.value) is failure
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", ["/api/show", "/api/tags"])
async def test_something_else_at_the_address_is_named(server: OllamaServer, agent: Ollama, path: str) -> None:
    server.faults = {path: Reply(body=b"<html>hello</html>")}

    with pytest.raises(Unavailable, match=server.url):
        await agent.describe(None)


async def test_a_prompt_that_was_cut_is_no_answer(server: OllamaServer, agent: Ollama, context: Context) -> None:
    """A server from before ``truncate`` could be refused reads as much as its context holds, and says nothing."""
    server.script = [Reply([piece("Forty."), last(read=4096)])]

    with pytest.raises(AgentFailed, match=r"cut the prompt.*--budget"):
        await agent.decide(context, mute)


async def test_a_prompt_that_is_too_long_is_refused_by_the_server(
    server: OllamaServer, agent: Ollama, context: Context
) -> None:
    server.models = {"short:1": model("short:1", context=2048)}

    with pytest.raises(AgentFailed, match=r"exceeds the available context size.*--budget"):
        await agent.decide(replace(context, model="short:1", prompt="word " * 4000), mute)


@pytest.mark.parametrize("setting", ["load_seconds", "idle_seconds"])
async def test_a_server_that_says_nothing_is_given_up(
    server: OllamaServer, make: Make, context: Context, setting: str
) -> None:
    """Before its first word, while it loads a model, and between two words."""
    server.script = [Reply([piece("For")], delay=60.0 if setting == "load_seconds" else 0.0, end="hangs")]
    agent = make(**{setting: 0.2})

    with pytest.raises(Unavailable, match=r"said nothing for 0\.2 s"):
        await agent.decide(context, mute)
    await agent.stop()


async def test_slow_words_are_waited_for(server: OllamaServer, make: Make, context: Context) -> None:
    """Each within its time, though all of them together take longer."""
    server.script = [Reply([*(piece("word ") for _ in range(12)), last()], cut=170, delay=0.2)]
    agent = make(idle_seconds=2)

    action = await agent.decide(context, mute)
    await agent.stop()

    assert isinstance(action, Answer)


async def test_cancelling_closes_the_connection(server: OllamaServer, agent: Ollama, context: Context) -> None:
    """The server stops too, instead of writing an answer that nobody reads."""
    server.script = [Reply([piece("Forty ")], end="hangs")]
    begun = asyncio.Event()
    deciding = asyncio.ensure_future(agent.decide(context, lambda speech: begun.set()))
    await begun.wait()

    deciding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await deciding
    await server.aborted.wait()

    assert isinstance(await agent.decide(context, mute), Answer)


async def test_an_agent_that_was_stopped_can_be_used_again(agent: Ollama, context: Context) -> None:
    await agent.decide(context, mute)
    await agent.stop()

    assert isinstance(await agent.decide(context, mute), Answer)


async def test_a_key_is_sent_and_never_shown(server: OllamaServer, make: Make, context: Context) -> None:
    agent = make(api_key="s3cret")

    await agent.decide(context, mute)
    await agent.stop()

    assert set(server.keys) == {"Bearer s3cret"}
    assert "s3cret" not in repr(Settings.model_validate({"api_key": "s3cret"}))


async def test_vectors_come_in_the_order_of_the_texts(server: OllamaServer) -> None:
    embedder = OllamaEmbedder(Settings(base_url=server.url))
    texts = [f"text {'x' * number}" for number in range(150)]

    vectors = await embedder.embed(texts)
    await embedder.stop()

    assert [vector[0] for vector in vectors] == [len(text) / 100 for text in texts]
    assert [len(body["input"]) for body in server.asked("/api/embed")] == [64, 64, 22]
    assert all(body["truncate"] is False for body in server.asked("/api/embed"))


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (Reply(status=404, body={"error": "model 'nomic-embed-text' not found"}), UnknownName),
        (Reply(status=400, body={"error": "the input length exceeds the context length"}), InvalidRequest),
        (Reply(status=500, body={"error": "boom"}), Unavailable),
        (Reply(body={"embeddings": []}), Unavailable),
        (Reply(body={"embeddings": [["x"]]}), Unavailable),
        (Reply(body={"embeddings": [None]}), Unavailable),
        (Reply(body={}), Unavailable),
    ],
)
async def test_what_goes_wrong_with_vectors_has_a_class(
    server: OllamaServer, reply: Reply, failure: type[KingpostError]
) -> None:
    server.faults = {"/api/embed": reply}
    embedder = OllamaEmbedder(Settings(base_url=server.url))

    with pytest.raises(failure):
        await embedder.embed(["harbour"])
    await embedder.stop()


async def test_the_server_of_the_tests_is_a_program_too(context: Context) -> None:
    """For tests of the command line."""
    program = Path(__file__).with_name("ollama_server.py")
    options = ("--port", "0", "--model", "qwen3", "--answer", "Forty [1].")
    process = await asyncio.create_subprocess_exec(sys.executable, program, *options, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    agent = Ollama(Settings(base_url=f"http://127.0.0.1:{port}"), SeededClock())
    said: list[Speech] = []

    answer = await agent.decide(replace(context, model=None), said.append)
    await agent.stop()
    process.terminate()
    await process.wait()

    assert isinstance(answer, Answer)
    assert answer.opaque["model"] == "qwen3:latest"
    assert "".join(each.text for each in said if isinstance(each, Text)) == "Forty [1]."
