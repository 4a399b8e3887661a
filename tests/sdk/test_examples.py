"""The five programs of each SDK do what they show, against the real server, and the READMEs show nothing else."""

from __future__ import annotations

import time

import pytest
from kingpost_sdk import models

from tests.docs.pages import ROOT, Page
from tests.sdk.examples import FOLDERS, NAMES, said, source, started
from tests.sdk.server import Server

each_language = pytest.mark.parametrize("language", FOLDERS)


@pytest.fixture(scope="session", autouse=True)
def _ready(_built: None) -> None:
    """The SDKs and the programs in Go are built."""


@each_language
def test_submit_and_wait_says_the_answer_and_its_sources(language: str, server: Server) -> None:
    lines = said(language, "submit", server.url)

    assert (lines[0], lines[-1]) == ("succeeded", "sources: trusses.md")
    assert any("A king post carries the ridge." in line for line in lines)


@each_language
def test_stream_tells_every_event_of_a_task_once_and_ends_with_it(language: str, server: Server) -> None:
    """What is said while it decides is in parentheses; a stream that comes late has missed it."""
    lines = said(language, "stream", server.url)

    assert [line for line in lines if not line.startswith("(")] == [
        "task.queued", "task.started", "context.packed", "turn.decided", "task.succeeded",
    ]  # fmt: skip


@each_language
def test_memory_finds_what_it_has_stored_and_leaves_nothing(language: str, server: Server) -> None:
    lines = said(language, "memory", server.url)

    assert lines == ["new: 3", "recalled: Ada drinks green tea.", "forgotten: 3"]
    assert server.client.memory.export(models.Selection(scope="example")).memories == []


@each_language
def test_the_webhook_receiver_gets_each_event_once_and_takes_its_endpoint_away(language: str, server: Server) -> None:
    assert said(language, "receiver", server.url) == ["task.queued", "task.succeeded"]
    assert server.client.endpoints.list().endpoints == []


@each_language
def test_the_worker_serves_its_agent_until_it_is_interrupted(language: str, server: Server) -> None:
    """It leaves the server as it came."""
    with started(language, "worker", server.url) as process:
        until = time.monotonic() + 60
        while "example" not in _workers(server):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < until, "it has not registered"
            time.sleep(0.05)
        asked = [server.client.tasks.submit(article, agent="clerk").id for article in ("tea", "gold")]
        outcomes = [server.client.tasks.wait(id, seconds=60).outcome for id in asked]
        process.terminate()
        output, _ = process.communicate(timeout=60)

    assert process.returncode == 0, output
    answers = [str(one.answer) for one in outcomes if one]
    assert answers[0] == "tea costs 3"
    assert "there is no gold here" in answers[1]
    assert "example" not in _workers(server)


def _workers(server: Server) -> list[str]:
    return [one.name for one in server.client.workers.list().workers]


@each_language
def test_every_example_is_one_of_these(language: str) -> None:
    kept = {path for path in (ROOT / FOLDERS[language]).rglob("*.*") if "__pycache__" not in path.parts}

    assert kept == {source(language, name) for name in NAMES}


@each_language
def test_a_readme_shows_lines_of_the_examples(language: str) -> None:
    """Word for word and one below the other, so that what it shows is what was run; and it leads to each program."""
    page = Page((ROOT / FOLDERS[language]).parent / "README.md")
    programs = [_lines(source(language, name).read_text("utf-8")) for name in NAMES]
    shown = [block for block in page.blocks if block.language == language]

    assert len(shown) >= 2
    for block in shown:
        lines = _lines(block.text)
        assert any(_within(lines, program) for program in programs), f"{block.place}: no example has these lines"
    assert {(page.path.parent / link).resolve() for link in page.links} >= {source(language, name) for name in NAMES}


def _lines(text: str) -> list[str]:
    """Without indentation and blank lines, which depend on what stands around."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _within(lines: list[str], program: list[str]) -> bool:
    return any(program[at : at + len(lines)] == lines for at in range(len(program) - len(lines) + 1))
