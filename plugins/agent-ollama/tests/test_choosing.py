"""Which server, which model, how long a context, and by what tokens are counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kingpost import Context, Description
from kingpost.testing import SeededClock
from kingpost_agent_ollama.agent import Ollama
from kingpost_agent_ollama.counter import Utf8Bytes
from kingpost_agent_ollama.models import Model
from kingpost_agent_ollama.request import STEPS, body_of, step_for
from kingpost_agent_ollama.settings import Settings, address
from ollama_server import OllamaServer, Reply, installed, model
from pydantic import ValidationError

Make = Callable[..., Ollama]

A_MODEL = Model(
    name="m", window=131_072, chats=True, tools=True, thinks=False, family="llama", remote=False
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("", "http://127.0.0.1:11434"),
        ("  ", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        (":8080", "http://127.0.0.1:8080"),
        ("::1", "http://[::1]:11434"),
        ("[::]:8080", "http://[::1]:8080"),
        ("gpu.lan", "http://gpu.lan:11434"),
        ("gpu.lan:80/", "http://gpu.lan:80"),
        ("http://gpu.lan", "http://gpu.lan:80"),
        ("https://gpu.lan/ollama/", "https://gpu.lan:443/ollama"),
        ('"HTTP://Gpu.lan:1"', "http://gpu.lan:1"),
    ],
)
def test_an_address_is_read_as_ollama_reads_it(monkeypatch: pytest.MonkeyPatch, said: str, meant: str) -> None:
    monkeypatch.setenv("OLLAMA_HOST", said)

    assert address(said) == meant
    assert Settings().base_url == meant


@pytest.mark.parametrize("said", ["ftp://gpu.lan", "gpu.lan:port", "gpu.lan:99999", "http://me:key@gpu.lan", "[::1"])
def test_what_is_no_address_is_refused(said: str) -> None:
    with pytest.raises(ValidationError):
        Settings(base_url=said)


def test_a_setting_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"modle": "llama3.2"})


async def test_a_model_is_described_by_what_the_server_says(server: OllamaServer, agent: Ollama) -> None:
    server.models["llama3.2:latest"] = model("llama3.2:latest", context=8192)

    assert await agent.describe("llama3.2") == Description(
        model="llama3.2",
        window=8192,
        room=1024,
        counter="utf8-bytes",
        prices=(0, 0),
        prices_source="a model on a server of your own",
        tools=True,
    )


async def test_without_a_name_the_newest_model_that_chats_is_taken(server: OllamaServer, agent: Ollama) -> None:
    """Newest by time, not by how the time is written; a model that only embeds does not chat."""
    server.models = installed() | {
        name: model(name, modified=modified)
        for name, modified in {
            "old:1": "2025-05-04T23:30:00Z",
            "new:1": "2025-05-04T20:00:00.123456789-07:00",
            "undated:1": "yesterday",
        }.items()
    }

    assert (await agent.describe(None)).model == "new:1"


async def test_the_settings_choose_before_the_server(server: OllamaServer, make: Make) -> None:
    server.models = installed("one", "two")
    agent = make(model="one", room=600, window=2000, counter="o200k_base")

    described = await agent.describe(None)
    await agent.stop()

    assert described.model == "one"
    assert (described.window, described.room, described.counter) == (2000, 600, "o200k_base")


async def test_a_server_is_not_asked_twice_in_a_short_while(server: OllamaServer) -> None:
    clock = SeededClock()
    agent = Ollama(Settings(base_url=server.url), clock)

    for _ in range(5):
        await agent.describe(None)
    before = len(server.seen)
    await clock.advance(60)
    await agent.describe(None)
    await agent.stop()

    assert before == 3  # the list, and the two newest models
    assert len(server.seen) == 6


async def test_a_hosted_model_has_no_known_price(server: OllamaServer, agent: Ollama) -> None:
    shown = model("gpt-oss:120b-cloud")
    server.faults = {"/api/show": Reply(body={**shown, "remote_host": "https://ollama.com:443"})}

    described = await agent.describe("gpt-oss:120b-cloud")

    assert described.prices is None


async def test_an_old_server_does_not_say_what_a_model_can_do(server: OllamaServer, agent: Ollama) -> None:
    shown = model("old:1")
    server.faults = {
        "/api/show": Reply(body={k: v for k, v in shown.items() if k not in ("capabilities", "model_info")})
    }

    described = await agent.describe("old:1")

    assert described.tools
    assert described.window == 4096


@given(need=st.integers(1, 2_000_000), window=st.integers(512, 1_000_000))
def test_a_context_has_one_of_a_few_lengths_and_holds_what_is_needed(need: int, window: int) -> None:
    """Few, so that the server does not load the model anew for each task."""
    size = step_for(need, window)

    assert size <= window
    assert size >= min(need, window)
    assert size == window or (size & (size - 1) == 0 and size >= STEPS[0])
    assert size == STEPS[0] or size == window or size < 2 * need


@pytest.mark.parametrize(
    ("chars", "size"), [(100, 4096), (2000, 4096), (4000, 8192), (60_000, 65_536), (10**6, 131_072)]
)
def test_the_context_grows_with_the_prompt(context: Context, chars: int, size: int) -> None:
    context = replace(context, prompt="x" * chars)

    assert body_of(context, A_MODEL, Settings())["options"]["num_ctx"] == size


def test_a_ledger_of_another_tokenizer_gets_a_quarter_on_top(context: Context) -> None:
    """It would not be a bound otherwise, and a byte for each token would ask for four times the memory."""
    pack = replace(context.pack, counter="o200k_base", used=11_000)

    body = body_of(replace(context, pack=pack, prompt="x" * 44_000), A_MODEL, Settings())

    assert body["options"]["num_ctx"] == 16_384


@given(text=st.text(max_size=50), limit=st.integers(0, 80))
def test_a_cut_is_the_longest_that_fits(text: str, limit: int) -> None:
    counter = Utf8Bytes()

    cut = counter.cut(text, limit)

    longer = text[: len(cut) + 1]
    assert text.startswith(cut)
    assert counter.count(cut) <= limit or not cut
    assert longer == cut or counter.count(longer) > limit


@pytest.mark.parametrize(
    "text", ["", "a", "words and more words", "漢字", "\ud800", "\U0001f3d7" * 3, "\0\t\n", "a" * 10_000]
)
def test_the_bound_holds_for_tokens_of_a_byte(text: str) -> None:
    """The worst that a tokenizer can do: a token for each byte, and one before them."""
    worst: Any = [] if not text else [0, *text.encode("utf-8", "surrogatepass")]

    assert Utf8Bytes().count(text) >= len(worst)
