"""The interactive documentation: served whole by the package, and opened by ``kingpost serve --open``."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import time
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

_ASKED = re.compile(
    r"""(?:fetch|import|open|Worker|EventSource)\(\s*['"`]([^'"`$]+)|"""
    r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)"""
)
"""What a script or a style sheet asks for by name."""


class _Names(HTMLParser):
    """What a page asks for, by tag."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            (tag, value or "") for name, value in attrs if name in {"src", "href", "action", "data", "poster"}
        ]
        assert not [name for name, _ in attrs if name in {"srcset", "style"} or name.startswith("on")]


async def test_the_documentation_asks_no_other_host_for_anything(client: httpx.AsyncClient) -> None:
    """Whatever the page, its scripts and its styles load is served here, and a browser is told to load nothing else."""
    waiting, met = ["/docs"], set[str]()
    while waiting:
        path = waiting.pop()
        met.add(path)
        answer = await client.get(path)
        kind = answer.headers["content-type"].partition(";")[0]
        assert answer.status_code == 200, path
        asked: list[str] = []
        if kind == "text/html":
            policy = answer.headers["content-security-policy"]
            assert policy.startswith("default-src 'self';")
            assert "unsafe" not in policy
            page = _Names()
            page.feed(answer.text)
            asked = [name for _, name in page.found]
            assert {"script", "link"} <= {tag for tag, _ in page.found}
        if kind in {"text/css", "text/javascript"}:
            asked = ["".join(names) for names in _ASKED.findall(answer.text)]
        if kind != "application/json":
            assert not re.findall(r"(?:https?:)?//[\w-]+\.[\w.-]+", answer.text), path
        for name in asked:
            where = urlsplit(urljoin(f"{client.base_url}{path}", name))
            assert where.netloc == client.base_url.netloc.decode(), (path, name)
            if not name.startswith("#") and where.path not in met:
                waiting.append(where.path)

    assert {"/docs", "/docs/page.js", "/docs/page.css", "/openapi.json"} <= met


async def test_the_start_page_leads_to_the_documentation(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")

    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname == "Darwin", reason="elsewhere it is opened otherwise")
def test_serve_open_opens_the_documentation(
    run: Callable[..., subprocess.Popen[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the desktop's own opener, with the address that it listens on."""
    opener = tmp_path / "xdg-open"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > "{tmp_path}/part" && mv "{tmp_path}/part" "{tmp_path}/opened"\n')
    opener.chmod(opener.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    process = run("-m", "kingpost", "serve", "--port", "0", "--open")
    assert process.stderr is not None
    found = re.search(r"documentation at (\S+/docs)", process.stderr.readline())
    assert found is not None
    while not (tmp_path / "opened").exists():
        assert process.poll() is None
        time.sleep(0.05)

    assert (tmp_path / "opened").read_text() == found[1]
    assert httpx.get(found[1]).headers["content-type"].startswith("text/html")
