"""``sync`` writes types for the plugins of a real server, which a program can use and its compiler can check."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.contracts import drivers
from tests.contracts.drivers import ROOT
from tests.sdk.packages import run
from tests.sdk.server import Server

Language: TypeAlias = "Python | TypeScript | Go"


class Python:
    """The module as a program imports it, and mypy."""

    file = "plugins.py"
    program = """\
from kingpost_sdk import Client
from plugins import WebhooksPlugin

with Client() as client:
    webhooks = WebhooksPlugin(client)
    endpoint = webhooks.endpoints_set(id="typed", url="http://127.0.0.1:9/", events=["task.*"])
    print(len(endpoint["keys"]), *endpoint["events"])
    print(*(one["id"] for one in webhooks.endpoints_list()["endpoints"]))
    print(len(webhooks.endpoints_remove(id="typed")["endpoints"]), webhooks.deliveries_list(limit=3)["deliveries"])
"""
    wrong = ('url="http://127.0.0.1:9/"', "url=9")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sync: list[str | Path] = [sys.executable, "-m", "kingpost_sdk", "sync"]

    def write(self, program: str) -> None:
        (self.folder / "program.py").write_text(program, "utf-8")

    def check(self) -> None:
        cache = ROOT / ".venv/mypy-sync"
        run(sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache, "program.py", folder=self.folder)

    def run(self, url: str) -> str:
        return run(sys.executable, "program.py", folder=self.folder, KINGPOST_URL=url)


class TypeScript:
    """The module beside a program that needs it for its types only, and the compiler."""

    file = "plugins.ts"
    program = """\
import { Client } from '@kingpost/sdk'
import './plugins.ts'

const webhooks = new Client().plugin('webhooks')
const endpoint = await webhooks.call('endpoints.set', { id: 'typed', url: 'http://127.0.0.1:9/', events: ['task.*'] })
console.log(endpoint.keys.length, ...endpoint.events)
console.log(...(await webhooks.call('endpoints.list')).endpoints.map((one) => one.id))
const left = (await webhooks.call('endpoints.remove', { id: 'typed' })).endpoints.length
const { deliveries } = await webhooks.call('deliveries.list', { limit: 3 })
console.log(left, deliveries)
"""
    wrong = ("url: 'http://127.0.0.1:9/'", "url: 9")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sync: list[str | Path] = [drivers.NODE, folder / "node_modules/.bin/kingpost-sdk", "sync"]

    def write(self, program: str) -> None:
        (self.folder / "program.ts").write_text(program, "utf-8")

    def check(self) -> None:
        options = "--noEmit --strict --skipLibCheck --target es2022 --lib es2023,dom,dom.iterable --module node20"
        compiler = ROOT / "sdk-ts/node_modules/typescript/bin/tsc"
        allowed: list[str | Path] = ["--allowImportingTsExtensions", "--typeRoots", self.folder / "none"]
        run(drivers.NODE, compiler, *options.split(), *allowed, "program.ts", folder=self.folder)

    def run(self, url: str) -> str:
        return run(drivers.NODE, "program.ts", folder=self.folder, KINGPOST_URL=url)


class Go:
    """The file as a package of the program's module, and the compiler."""

    file = "plugins/plugins.go"
    program = """\
package main

import (
	"context"
	"fmt"
	"log"

	"example.org/program/plugins"
	"github.com/kingpost/kingpost/sdk-go"
)

func must[T any](value *T, err error) *T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	ctx, webhooks := context.Background(), plugins.NewWebhooksPlugin(kingpost.New())
	given := plugins.EndpointsSetArguments{ID: "typed", URL: "http://127.0.0.1:9/", Events: []string{"task.*"}}
	endpoint := must(webhooks.EndpointsSet(ctx, given))
	fmt.Println(len(endpoint.Keys), endpoint.Events[0])
	fmt.Println(must(webhooks.EndpointsList(ctx)).Endpoints[0].ID)
	left := must(webhooks.EndpointsRemove(ctx, plugins.EndpointsRemoveArguments{ID: "typed"}))
	deliveries := must(webhooks.DeliveriesList(ctx, plugins.DeliveriesListArguments{Limit: kingpost.Ptr(int64(3))}))
	fmt.Println(len(left.Endpoints), deliveries.Deliveries)
}
"""
    wrong = ('URL: "http://127.0.0.1:9/"', "URL: 9")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sync: list[str | Path] = [drivers.GO_EXAMPLES / "sync"]
        (folder / "plugins").mkdir()
        module = "github.com/kingpost/kingpost/sdk-go"
        needs = f"require {module} v0.1.0\n\nreplace {module} => {ROOT / 'sdk-go'}\n"
        (folder / "go.mod").write_text(f"module example.org/program\n\ngo 1.24\n\n{needs}", "utf-8")

    def write(self, program: str) -> None:
        (self.folder / "main.go").write_text(program, "utf-8")

    def check(self) -> None:
        drivers.go("vet", "./...", folder=self.folder)

    def run(self, url: str) -> str:
        drivers.go("build", "-o", "program", ".", folder=self.folder)
        return run(self.folder / "program", KINGPOST_URL=url)


@pytest.fixture(params=[Python, TypeScript, Go], ids=["python", "typescript", "go"])
def language(request: pytest.FixtureRequest, tmp_path: Path, _built: None) -> Language:
    """One language with a folder in which a program can be written."""
    chosen: Callable[[Path], Language] = request.param
    if chosen is TypeScript:
        return TypeScript(request.getfixturevalue("project"))
    return chosen(tmp_path)


def said(language: Language, *arguments: str, url: str) -> tuple[int, str]:
    """What ``sync`` leaves with, and what it prints."""
    # Go takes one dash as well as two.
    command = [*language.sync, "--url", url, "--out", language.file, *arguments]
    done = subprocess.run(
        [str(word) for word in command], cwd=language.folder, capture_output=True, text=True, check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("KINGPOST_")},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_a_program_uses_the_types_that_were_written(language: Language, server: Server) -> None:
    """The compiler accepts it, refuses a wrong argument, and it does real work."""
    code, output = said(language, url=server.url)
    assert code == 0, output
    assert "webhooks: 11 operations" in output

    language.write(language.program)
    language.check()
    printed = language.run(server.url).split("\n")
    language.write(language.program.replace(*language.wrong))

    assert printed[:2] == ["1 task.*", "typed"]
    assert printed[2].startswith("0 [")
    with pytest.raises(AssertionError):
        language.check()


def test_sync_tells_whether_a_file_is_still_what_the_server_has(language: Language, server: Server) -> None:
    """With ``--check`` it writes nothing; for what is not there it says what is."""
    assert said(language, "--plugin", "webhooks", url=server.url)[0] == 0
    assert said(language, "--plugin", "webhooks", "--check", url=server.url)[0] == 0

    written = language.folder / language.file
    written.write_text(written.read_text("utf-8") + "\n", "utf-8")
    code, output = said(language, "--plugin", "webhooks", "--check", url=server.url)
    unknown, offers = said(language, "--plugin", "loom", url=server.url)

    assert (code, "is not what the server has" in output) == (1, True)
    assert (unknown, "no operations of loom; plugins with operations: " in offers) == (1, True)
    assert "webhooks" in offers


def test_sync_says_that_nobody_answers(language: Language) -> None:
    """In one line, without a trace."""
    code, output = said(language, url="http://127.0.0.1:9")

    assert code == 1
    assert len(output.strip().splitlines()) == 1, output
