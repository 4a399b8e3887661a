"""What the SDKs cost before they do anything: imports in Python, bundles in TypeScript, a program in Go.

Baselines in the same run: the interpreter alone, the HTTP library that the Python SDK is built on, the whole client.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench._measure import close, cpu_ms, tell
from tests.contracts import drivers
from tests.contracts.drivers import ROOT

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))
IMPORTS = {
    "python_cpu_ms": "pass",
    "httpx_cpu_ms": "import httpx",
    "import_cpu_ms": "import kingpost_sdk",
    "client_cpu_ms": "from kingpost_sdk import Client",
    "client_async_cpu_ms": "from kingpost_sdk import AsyncClient",
}
BUNDLES = {
    "client": "import { Client } from '@kingpost/sdk'; console.log(await new Client().tasks.get('t'))",
    "noun": "import { Tasks, Transport } from '@kingpost/sdk/resources';"
    "console.log(await new Tasks(new Transport({})).get('t'))",
    "webhook": "import { verifyWebhook } from '@kingpost/sdk'; console.log(verifyWebhook)",
}


def bundled(text: str) -> bytes:
    """A bundle for browsers, minified."""
    esbuild = ROOT / "sdk-ts/node_modules/@esbuild/linux-x64/bin/esbuild"
    asked = [str(esbuild), "--bundle", "--minify", "--format=esm", "--platform=browser", "--log-level=error"]
    return subprocess.run(asked, input=text.encode(), cwd=ROOT / "sdk-ts", capture_output=True, check=True).stdout


def sized() -> dict[str, float]:
    """Bytes of bundles, and of programs in Go without their symbols."""
    drivers.built()
    found: dict[str, float] = {}
    for name, text in BUNDLES.items():
        found[f"bundle_{name}_gz_bytes"] = len(gzip.compress(bundled(text)))
    found["go_program_bytes"] = (drivers.GO_EXAMPLES / "submit").stat().st_size
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder, "main.go")
        empty.write_text('package main\n\nimport "net/http"\n\nfunc main() { _, _ = http.Get("") }\n', "utf-8")
        drivers.go("build", "-ldflags=-s -w", "-o", f"{folder}/http", empty)
        found["go_http_bytes"] = Path(folder, "http").stat().st_size
    return found


def main() -> None:
    """Measure and print."""
    figures: dict[str, float] = {}
    for name, text in IMPORTS.items():
        figures[name] = cpu_ms([sys.executable, "-c", text], ROUNDS)
        tell(f"{name}: {figures[name]:.1f}")
    ratios = {
        "import_over_python": figures["import_cpu_ms"] / figures["python_cpu_ms"],
        "client_over_httpx": figures["client_cpu_ms"] / figures["httpx_cpu_ms"],
    }
    if drivers.NODE.exists():
        sizes = sized()
        figures |= sizes
        ratios |= {
            "noun_over_client": sizes["bundle_noun_gz_bytes"] / sizes["bundle_client_gz_bytes"],
            "webhook_over_client": sizes["bundle_webhook_gz_bytes"] / sizes["bundle_client_gz_bytes"],
            "go_over_http": sizes["go_program_bytes"] / sizes["go_http_bytes"],
        }
    else:
        tell("no bundles and no program in Go: `make contracts` installs Node and Go")
    close("sdk", figures, ratios)


main()
