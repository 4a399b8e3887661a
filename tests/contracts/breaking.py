"""What the document or an event no longer keeps of what the last release promised.

``python -m tests.contracts.breaking`` is a part of ``make contracts-drift``; ``release`` asks too. oasdiff judges what
OpenAPI knows, by the severities in ``tools/severities.txt``; the marks of our own are compared here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from tests.contracts.drivers import GO, ROOT

CONTRACTS = ROOT / "contracts"
RELEASED = CONTRACTS / "released"
TOOLS = Path(__file__).with_name("tools")
Node: TypeAlias = dict[str, Any]


class Break(NamedTuple):
    """One promise that is not kept: which rule of it, where, and how."""

    rule: str
    place: str
    how: str

    def __str__(self) -> str:
        return f"{self.place}: {self.how} [{self.rule}]"


# What only our own words in the document say, and when another word takes something away from a client.
_MARKS: dict[str, Callable[[Any, Any], bool]] = {
    "x-scope": lambda was, now: bool(was != now),
    "x-plugin": lambda was, now: was is not None and was != now,
    "x-idempotent": lambda was, now: bool(was) and not now,
    "x-files": lambda was, now: not set(now or ()) <= set(was or ()),
    "x-sse": lambda was, now: was is not None and was != now,
}


def breaks(released: Node, now: Node) -> list[Break]:
    """Every promise of a released document that another one does not keep.

    Raises:
        RuntimeError: oasdiff cannot compare them.
    """
    return [*_judged(released, now), *_marked(released, now)]


def whole(folder: Path) -> Node:
    """The document of a folder, with what goes out by itself: each kind of event as the answer of a path of its own."""
    found: Node = json.loads((folder / "openapi.json").read_text("utf-8"))
    for path in sorted((folder / "events").glob("*.json")):
        schema = json.loads(path.read_text("utf-8").replace("#/$defs/", f"#/components/schemas/{path.stem}."))
        for name, each in schema.pop("$defs", {}).items():
            found["components"]["schemas"][f"{path.stem}.{name}"] = each
        schema = {name: each for name, each in schema.items() if not name.startswith("$")}
        answer = {"description": "It goes out.", "content": {"application/json": {"schema": schema}}}
        told = {"operationId": f"event {path.stem}", "tags": ["event"], "responses": {"200": answer}}
        found["paths"][f"/event/{path.stem}"] = {"get": told}
    return found


def release() -> str:
    """The version of the last release."""
    return str(json.loads((RELEASED / "release.json").read_text("utf-8"))["version"])


def next_release() -> str:
    """The version that the SDKs of this tree have."""
    return str(tomllib.loads((ROOT / "sdk-python/pyproject.toml").read_text("utf-8"))["project"]["version"])


def announced(version: str, last: str) -> bool:
    """Whether a version tells whoever reads it that things break: its first number is a higher one."""
    return int(version.partition(".")[0]) > int(last.partition(".")[0])


def _judged(released: Node, now: Node) -> Iterator[Break]:
    with tempfile.TemporaryDirectory() as folder:
        documents = [Path(folder, name) for name in ("released.json", "now.json")]
        for path, document in zip(documents, (released, now), strict=True):
            path.write_text(json.dumps(document), "utf-8")
        command: list[str | Path] = [GO, "tool", "oasdiff", "breaking", *documents, "--format", "json"]
        command += ["--severity-levels", TOOLS / "severities.txt", "--allow-external-refs=false"]
        environment = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly"}
        done = subprocess.run(command, cwd=TOOLS, env=environment, capture_output=True, text=True, check=False)
    if done.returncode or not done.stdout.startswith("["):
        raise RuntimeError(f"oasdiff compares nothing ({done.returncode}): {done.stderr or done.stdout}")
    for one in json.loads(done.stdout):
        place = f"{one.get('operation', '')} {one.get('path', '')}".strip() or one.get("section", "")
        yield Break(one["id"], place, one["text"])


def _marked(released: Node, now: Node) -> Iterator[Break]:
    after = dict(_operations(now))
    for place, operation in _operations(released):
        for mark, broken in _MARKS.items():
            was, became = _mark(operation, mark), _mark(after.get(place, operation), mark)
            if broken(was, became):
                yield Break(mark, place, f"`{mark}` was {was!r} and is {became!r}")


def _operations(document: Node) -> Iterator[tuple[str, Node]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def _mark(operation: Node, mark: str) -> Any:
    """A mark of the operation, or of what it answers."""
    contents = (each.get("content", {}).values() for each in operation["responses"].values())
    return operation.get(mark, next((one[mark] for each in contents for one in each if mark in one), None))


def main() -> None:
    """Compare what is here with the last release; a higher first number in the version of the SDKs allows it."""
    found = breaks(whole(RELEASED), whole(CONTRACTS))
    told = "\n".join(map(str, found))
    if found and not announced(next_release(), release()):
        sys.exit(f"{told}\nbreaks clients of release {release()}; see docs/decisions/0014-what-a-release-promises.md")
    if found:
        sys.stdout.write(f"{told}\nbreaks clients of release {release()}, as version {next_release()} tells\n")


if __name__ == "__main__":
    main()
