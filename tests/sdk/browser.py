"""A headless browser, and a page of another origin that tells what it found. Called by the test beside it.

The browser comes with the development dependencies of the TypeScript SDK (``@sparticuz/chromium``, packed with Brotli);
``KINGPOST_BROWSER`` names another one.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
import subprocess
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from types import TracebackType
from typing import Any

from tests.contracts import drivers
from tests.contracts.drivers import ROOT
from tests.sdk.packages import run

PACKED = ROOT / "sdk-ts/node_modules/@sparticuz/chromium/bin"
PLACE = ROOT / ".venv/browser"
# Without a display, a graphics card, and processes of another user.
OPTIONS = (
    "--headless=shell", "--no-sandbox", "--no-zygote", "--disable-dev-shm-usage", "--in-process-gpu", "--use-gl=angle",
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist", "--remote-debugging-port=0",
    "--no-first-run", "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
UNPACK = """\
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'
const [from, to] = process.argv.slice(2)
await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to))
"""


def browser() -> Path | None:
    """The browser's program, unpacked once for this tree; ``None`` where there is none for this machine."""
    if named := os.environ.get("KINGPOST_BROWSER"):
        return Path(named)
    if not PACKED.exists() or (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return None
    PLACE.mkdir(exist_ok=True)
    with (PLACE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (PLACE / "done").exists():
            (PLACE / "unpack.mjs").write_text(UNPACK, "utf-8")
            for packed in PACKED.glob("*.br"):
                run(drivers.NODE, PLACE / "unpack.mjs", packed, PLACE / packed.stem)
            for archive in PLACE.glob("*.tar"):
                run("tar", "xf", archive, "-C", PLACE)
                archive.unlink()
            (PLACE / "chromium").chmod(0o755)
            (PLACE / "done").touch()
    return PLACE / "chromium"


class Site:
    """Serves one page with its script on a free port of loopback, and takes what the script has found."""

    def __init__(self, script: str) -> None:
        told: Queue[Any] = Queue()
        self._told = told

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = self.path.startswith("/?")
                text = '<!doctype html><script type="module" src="/script.js"></script>' if page else script
                self._answer(text, "text/html" if page else "text/javascript")

            def do_POST(self) -> None:
                told.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self._answer("", "text/plain")

            def _answer(self, text: str, kind: str) -> None:
                self.send_response(200)
                self.send_header("content-type", f"{kind}; charset=utf-8")
                self.send_header("content-length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever)

    def __enter__(self) -> Site:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def visited(self, program: Path, query: str) -> Any:
        """What the script tells when this browser opens the page."""
        libraries = f"{program.parent / 'lib'}:{program.parent}"
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, tempfile.TemporaryFile() as log:
            process = subprocess.Popen(
                [program, *OPTIONS, f"--user-data-dir={profile}", f"{self.origin}/?{query}"],
                env=os.environ | {"LD_LIBRARY_PATH": libraries, "FONTCONFIG_PATH": str(program.parent)},
                stdout=subprocess.DEVNULL, stderr=log,
            )  # fmt: skip
            try:
                return self._told.get(timeout=60)
            except Empty:
                log.seek(0)
                raise AssertionError(f"the page says nothing: {log.read()[-2000:]!r}") from None
            finally:
                process.kill()
                process.wait(30)
