"""The TypeScript SDK in a real browser, on a page of another origin than the server's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.drivers import ROOT
from tests.sdk.browser import Site, browser
from tests.sdk.packages import run
from tests.sdk.server import SETTINGS, Server

SCRIPT = """\
import { Client, NotFound } from '@kingpost/sdk'

async function found() {
  const client = new Client({ url: new URLSearchParams(location.search).get('server') })
  const material = [{ source: 'trusses.md', text: 'A king post carries the ridge.' }]
  const task = await client.tasks.submit({ description: 'What carries the ridge?', agent: 'extract', material })
  const kinds = []
  for await (const item of client.tasks.stream(task.id)) kinds.push(item.kind)
  const { outcome } = await client.tasks.wait(task.id)
  const missing = await client.tasks.get('t-none').catch((problem) => problem)
  return {
    kinds, answer: outcome.answer, position: client.position,
    missing: [missing instanceof NotFound, typeof missing.requestId],
  }
}

const told = await found().catch((problem) => ({ problem: String(problem), kinds: [] }))
await fetch('/', { method: 'POST', body: JSON.stringify(told) })
"""


@pytest.mark.usefixtures("_built")
def test_a_page_of_another_origin_submits_follows_and_waits(tmp_path: Path) -> None:
    """Over CORS, with the headers that the SDK needs to send and to read; failures are told by their class."""
    program = browser()
    if program is None:
        pytest.skip("no browser: `make contracts` installs one on Linux (x86_64), KINGPOST_BROWSER names another")
    esbuild = ROOT / "sdk-ts/node_modules/@esbuild/linux-x64/bin/esbuild"
    (tmp_path / "script.mjs").write_text(SCRIPT, "utf-8")
    asked = [f"--alias:@kingpost/sdk={ROOT / 'sdk-ts/dist/esm/index.js'}", "--bundle", "--format=esm"]
    script = run(esbuild, tmp_path / "script.mjs", *asked, "--platform=browser", "--target=es2022")

    with (
        Site(script) as site,
        Server(tmp_path / "server", f'{SETTINGS}\n[http]\norigins = ["{site.origin}"]\n') as server,
    ):
        told = site.visited(program, f"server={server.url}")

    assert "problem" not in told, told
    assert told["kinds"] == ["task.queued", "task.started", "context.packed", "turn.decided", "task.succeeded"]
    assert "A king post carries the ridge." in told["answer"]
    assert told["position"] > 0
    assert told["missing"] == [True, "string"]
