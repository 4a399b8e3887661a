"""Makes a release of the contracts: what ``contracts/released`` holds, and later versions are held against.

``make release-contracts`` runs it, under the version that the SDKs carry. It refuses what breaks clients of the last
release, unless the first number of the version is a higher one.
"""

from __future__ import annotations

import json
import shutil
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.contracts.breaking import CONTRACTS, announced, breaks, whole
from tests.contracts.drivers import ROOT
from tests.contracts.pacts import SERVER
from tests.contracts.verification import Node, distinct, expects, interactions

MESSAGES = "pacts/kingpost-sdk-python-kingpost-events.json"
"""Of the message pacts, which all say the same, the one that a release keeps."""


class Refused(Exception):
    """Why a release is not made."""


def versions(root: Path = ROOT) -> dict[str, str]:
    """The version of every part of a tree that is released together."""
    projects = [*root.glob("sdk-python/pyproject.toml"), *root.glob("core/pyproject.toml")]
    found = {path.parent.name: tomllib.loads(path.read_text("utf-8"))["project"]["version"] for path in projects}
    return found | {"sdk-ts": json.loads((root / "sdk-ts/package.json").read_text("utf-8"))["version"]}


def released(contracts: Path = CONTRACTS) -> dict[str, list[Node]]:
    """What the pacts of every release that still holds expect, by version, the newest first."""
    found = interactions(contracts / "released/pacts")
    return {version: found[version] for version in sorted(found, key=_numbers, reverse=True)}


def current(contracts: Path = CONTRACTS) -> dict[str, list[Node]]:
    """What the pacts of this tree expect, by file."""
    return interactions(contracts / "pacts")


def make(contracts: Path, version: str) -> None:
    """Write a release.

    Raises:
        Refused: the version was released before or is lower than that, or things break and it does not announce it.
    """
    target = contracts / "released"
    older: dict[str, list[Node]] = {}
    told: dict[str, str] = {}
    if (target / "release.json").exists():
        last = json.loads((target / "release.json").read_text("utf-8"))["version"]
        if _numbers(version) <= _numbers(last):
            raise Refused(f"{version} is not above {last}, which was released: raise the version of the SDKs")
        if not announced(version, last):
            _refuse_breaks(contracts, version, last)
            older = released(contracts)
            told = {path.name: path.read_text("utf-8") for path in target.glob("messages/*.json")}
        shutil.rmtree(target)
    (target / "pacts").mkdir(parents=True)
    shutil.copytree(contracts / "events", target / "events")
    shutil.copy(contracts / "openapi.json", target)
    (target / "release.json").write_text(json.dumps({"version": version}) + "\n", "utf-8")
    _keep_messages(target, told | {f"{version}.json": (contracts / MESSAGES).read_text("utf-8")})
    expected = {expects(one): one for one in distinct(current(contracts))}
    _keep(target, version, expected.values())
    for version_before, said in older.items():
        others = [one for one in said if expects(one) not in expected]
        expected |= {expects(one): one for one in others}
        _keep(target, version_before, others)


def _refuse_breaks(contracts: Path, version: str, last: str) -> None:
    if found := breaks(whole(contracts / "released"), whole(contracts)):
        told = "\n".join(map(str, found))
        raise Refused(f"{told}\nbreaks clients of {last}: mend it, or raise the first number of {version}")


def _keep(target: Path, version: str, said: Iterable[Node]) -> None:
    """A release says what newer ones do not say: nothing of it is kept where that is nothing."""
    if found := sorted(said, key=lambda one: str(one["description"])):
        pact: dict[str, Any] = {
            "consumer": {"name": f"kingpost-sdk@{version}"}, "interactions": found,
            "metadata": {"pactSpecification": {"version": "4.0"}}, "provider": {"name": SERVER},
        }  # fmt: skip
        text = json.dumps(pact, indent=1, ensure_ascii=False)
        (target / f"pacts/{version}.json").write_text(text + "\n", "utf-8")


def _keep_messages(target: Path, told: dict[str, str]) -> None:
    """What a release was told without having asked: kept as long as it is, once where it stayed the same."""
    (target / "messages").mkdir()
    before: Any = None
    for name, text in sorted(told.items(), key=lambda one: _numbers(one[0].removesuffix(".json")), reverse=True):
        if (said := json.loads(text)["interactions"]) != before:
            (target / "messages" / name).write_text(text, "utf-8")
        before = said


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def main() -> None:
    """Release what is here."""
    found = versions()
    if len(set(found.values())) > 1:
        sys.exit(f"one release has one version, and these have several: {found}")
    version = found["sdk-python"]
    try:
        make(CONTRACTS, version)
    except Refused as problem:
        sys.exit(str(problem))
    sys.stdout.write(f"contracts/released is {version}\n")


if __name__ == "__main__":
    main()
