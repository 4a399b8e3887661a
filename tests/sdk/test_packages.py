"""The packages are whole, need what they say, and serve from a place where nothing else is."""

from __future__ import annotations

import json
import shutil
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from kingpost_sdk import Client, models

from tests.contracts import drivers
from tests.contracts.drivers import ROOT
from tests.sdk import examples, packages
from tests.sdk.packages import GO_MODULE, GO_VERSION, run
from tests.sdk.server import Server

MEMBERS = [path.parent for path in [*ROOT.glob("*/pyproject.toml"), *ROOT.glob("plugins/*/pyproject.toml")]]
LICENCE = (ROOT / "LICENSE").read_bytes()


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every Python package."""
    folder = tmp_path_factory.mktemp("wheels")
    packages.python_packages(folder)
    return folder


def contents(package: Path) -> dict[str, bytes]:
    """The files of a package, by their path in it."""
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as archive:
            return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    found = {}
    with tarfile.open(package) as tar:
        for member in tar:
            if (file := tar.extractfile(member)) is not None:
                found[member.name.partition("/")[2]] = file.read()
    return found


def blame(files: Mapping[str, bytes]) -> list[str]:
    """What is in a package and belongs into none: tests, caches, and where it was built."""
    place = str(ROOT).encode()
    odd = {"tests", "test", "__pycache__", "node_modules", ".venv"}
    return [name for name, text in files.items() if odd & set(Path(name).parts) or place in text]


def test_every_python_package_is_whole(wheels: Path) -> None:
    """Its licence, its README, the mark that it is typed; no tests, no cache, and nothing of this machine."""
    names = {json.dumps(path.name) for path in wheels.glob("*.whl")}

    assert len(names) == len(MEMBERS) + 1
    for wheel in wheels.glob("*.whl"):
        files = contents(wheel)
        information = next(name.partition("/")[0] for name in files if name.endswith("/METADATA"))
        metadata = files[f"{information}/METADATA"].decode()
        assert blame(files) == [], wheel.name
        assert files[f"{information}/licenses/LICENSE"] == LICENCE, wheel.name
        assert f"{information}/licenses/NOTICE" in files, wheel.name
        assert "License-Expression: Apache-2.0" in metadata, wheel.name
        assert "\n# " in metadata, f"{wheel.name}: no README"
        assert wheel.name.startswith("kingpost-") or any(name.endswith("/py.typed") for name in files), wheel.name
    for package in wheels.glob("*.tar.gz"):
        files = contents(package)
        assert blame(files) == [], package.name
        assert {"LICENSE", "NOTICE", "README.md", "pyproject.toml"} <= files.keys(), package.name


def test_the_python_sdk_serves_with_nothing_but_what_it_names(wheels: Path, tmp_path: Path, server: Server) -> None:
    """An example runs, and so does its command; the rest of the project is not there."""
    python = packages.python_place(tmp_path / "place", wheels.glob("kingpost_sdk-*.whl"))
    there = run(python, "-I", "-c", "import kingpost_sdk, importlib.util as u; print(u.find_spec('kingpost'))")
    output = run(python, "-I", examples.source("python", "submit"), folder=tmp_path, KINGPOST_URL=server.url)

    synced = run(python.parent / "kingpost-sdk", "sync", "--url", server.url, "--out", tmp_path / "plugins.py")

    assert there == "None\n"
    assert "webhooks: " in synced
    assert output.startswith("succeeded\n")
    assert "sources: trusses.md\n" in output


def test_importing_the_python_sdk_loads_nothing_heavy() -> None:
    """The HTTP library and the event loop come with the first client, and each model when it is first used."""
    asked = (
        "import sys; from kingpost_sdk import AsyncClient, Client, Worker, models, verify_webhook; print(*sys.modules)"
    )
    loaded = run(drivers.COMMANDS["python"][0], "-c", asked).split()

    assert {"kingpost_sdk._sync.client", "kingpost_sdk._async.client"} <= set(loaded)
    assert not {"httpx", "attr", "dateutil", "kingpost_sdk._generated", "asyncio", "socket"} & set(loaded)


def test_every_record_of_the_python_sdk_is_there() -> None:
    """Each is found by its name, the same one each time, and nothing else is."""
    for name in models.__all__:
        assert getattr(models, name) is getattr(models, name)
    assert not hasattr(models, "Nothing")


@pytest.mark.parametrize("given", [{"description": "x"}, "x", None])
def test_what_is_no_record_is_told_before_anything_is_sent(given: Any) -> None:
    """Who hands a dict over is told what is taken instead, not which attribute a dict lacks."""
    with (
        Client("http://127.0.0.1:9") as client,
        pytest.raises(TypeError, match=r"tasks\.submit_all .*models.* given a"),
    ):
        client.tasks.submit_all([given])


def test_the_kernel_and_its_plugins_run_with_nothing_but_what_they_name(wheels: Path, tmp_path: Path) -> None:
    """Installed from the packages, it answers a question about a file."""
    kernel = (path for path in wheels.glob("*.whl") if not path.name.startswith(("kingpost_sdk", "kingpost_memory_v")))
    python = packages.python_place(tmp_path / "place", kernel)
    (tmp_path / "trusses.md").write_text("A king post carries the ridge.\n", "utf-8")
    asked = ["run", "What carries the ridge?", "--agent", "extract", "--input", "trusses.md"]
    output = run(python, "-I", "-m", "kingpost", *asked, folder=tmp_path, KINGPOST_HOME=str(tmp_path / "home"))

    assert "A king post carries the ridge." in output


def test_the_npm_package_is_whole_and_needs_nothing(tarball: Path) -> None:
    """Modules for import and require with their types, licence and README; no dependency of any kind."""
    files = contents(tarball)
    described = json.loads(files["package.json"])

    assert blame(files) == []
    assert files["LICENSE"] == LICENCE
    assert {"README.md", "NOTICE", "examples/worker.ts"} <= files.keys()
    assert {Path(name).parts[0] for name in files} == {
        "LICENSE", "NOTICE", "README.md", "package.json", "bin", "dist", "examples",
    }  # fmt: skip
    for kind in ("esm", "cjs"):
        assert {f"dist/{kind}/index.js", f"dist/{kind}/index.d.ts", f"dist/{kind}/package.json"} <= files.keys()
    assert not {"dependencies", "peerDependencies", "optionalDependencies", "bundleDependencies"} & described.keys()
    assert not {"install", "preinstall", "postinstall"} & described["scripts"].keys()


@pytest.mark.parametrize("node", [drivers.NODE_20, drivers.NODE], ids=["node20", "node24"])
def test_the_npm_package_is_imported_and_required(project: Path, node: Path, server: Server) -> None:
    """From a folder that holds nothing else; both kinds of module do real work."""
    work = "const client = new Client(); client.tools.list().then((one) => console.log(kind, one.tools.length))"
    (project / "one.mjs").write_text(f"import {{ Client }} from '@kingpost/sdk'\nconst kind = 'esm'\n{work}", "utf-8")
    (project / "two.cjs").write_text(
        f"const {{ Client }} = require('@kingpost/sdk')\nconst kind = 'cjs'\n{work}", "utf-8"
    )

    assert [one.name for one in project.glob("node_modules/[!.]*/*")] == ["sdk"]
    offered = len(server.client.tools.list().tools)
    assert run(node, "one.mjs", folder=project, KINGPOST_URL=server.url) == f"esm {offered}\n"
    assert run(node, "two.cjs", folder=project, KINGPOST_URL=server.url) == f"cjs {offered}\n"


@pytest.mark.parametrize(
    ("module", "resolution"), [("node16", "node16"), ("esnext", "bundler")], ids=["node16", "bundler"]
)
def test_the_types_of_the_npm_package_are_found(project: Path, module: str, resolution: str) -> None:
    """The examples are type-checked strictly against the installed package, and so is what is required."""
    shutil.copytree(ROOT / "sdk-ts/examples", project / resolution)
    required = (
        "import sdk = require('@kingpost/sdk')\nexport const late: sdk.KingpostError = new sdk.TimedOut('late')\n"
    )
    if resolution == "node16":
        (project / resolution / "required.cts").write_text(required, "utf-8")
    options = {
        "module": module, "moduleResolution": resolution, "target": "es2022", "lib": ["es2023", "dom", "dom.iterable"],
        "strict": True, "noEmit": True, "noUncheckedIndexedAccess": True, "types": ["node"], "skipLibCheck": True,
        "typeRoots": [str(ROOT / "sdk-ts/node_modules/@types")],
    }  # fmt: skip
    config = project / f"tsconfig.{resolution}.json"
    config.write_text(json.dumps({"compilerOptions": options, "include": [resolution]}), "utf-8")

    run(drivers.NODE, ROOT / "sdk-ts/node_modules/typescript/bin/tsc", "-p", config, folder=project)


BUNDLES = {
    "client": "import { Client } from '@kingpost/sdk'; console.log(await new Client().tasks.get('t'))",
    "noun": "import { Tasks, Transport } from '@kingpost/sdk/resources'; const tasks = new Tasks(new Transport({}));"
    "console.log(await tasks.get('t'))",
    "webhook": "import { verifyWebhook } from '@kingpost/sdk'; console.log(verifyWebhook)",
}  # fmt: skip


def test_a_bundle_holds_only_what_is_used(project: Path) -> None:
    """One noun leaves the paths of all others out, and whoever only verifies webhooks has no client."""
    found = {}
    for name, text in BUNDLES.items():
        (project / f"{name}.mjs").write_text(text, "utf-8")
        asked = [
            f"{name}.mjs",
            "--bundle",
            "--minify",
            "--format=esm",
            "--platform=browser",
            f"--outfile={name}.out.js",
        ]
        run(ROOT / "sdk-ts/node_modules/@esbuild/linux-x64/bin/esbuild", *asked, folder=project)
        found[name] = (project / f"{name}.out.js").read_text("utf-8")

    assert "/v1/webhooks/endpoints" in found["client"]
    assert "/v1/tasks" in found["noun"]
    assert not [path for path in ("/v1/webhooks", "/v1/memories", "/v1/workers") if path in found["noun"]]
    assert "/v1/" not in found["webhook"]
    assert len(found["webhook"]) < len(found["noun"]) / 4 < len(found["client"]) / 4


def test_the_go_module_needs_the_standard_library_only() -> None:
    listed = run(drivers.GO, "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./...",
                 folder=ROOT / "sdk-go", GOTOOLCHAIN="local", GOFLAGS="-mod=readonly", CGO_ENABLED="0")  # fmt: skip

    assert {name for name in listed.split() if not name.startswith(GO_MODULE)} == set()
    assert "require" not in (ROOT / "sdk-go/go.mod").read_text("utf-8")
    assert not (ROOT / "sdk-go/go.sum").exists()


@pytest.mark.usefixtures("_built")
def test_the_go_module_is_got_from_a_proxy_and_does_real_work(tmp_path: Path, server: Server) -> None:
    """As ``go get`` would: an example, put into a module of its own, is vetted, built and run."""
    proxy = packages.go_proxy(tmp_path / "proxy")
    consumer = tmp_path / "consumer"
    consumer.mkdir()
    shutil.copy(examples.source("go", "submit"), consumer)
    (consumer / "go.mod").write_text(f"module example.org/consumer\n\ngo 1.24\n\nrequire {GO_MODULE} {GO_VERSION}\n")
    more = {
        "GOPROXY": proxy.as_uri(), "GONOSUMDB": "*", "GOFLAGS": "-mod=mod -modcacherw",
        "GOMODCACHE": str(tmp_path / "cache"),
    }  # fmt: skip
    drivers.go("vet", ".", folder=consumer, **more)
    drivers.go("build", "-o", "program", ".", folder=consumer, **more)

    assert "sources: trusses.md" in run(consumer / "program", KINGPOST_URL=server.url)
