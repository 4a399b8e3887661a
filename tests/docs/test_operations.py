"""The pages of ``docs/api``: they are what the table makes, and what they show is so."""

from __future__ import annotations

import inspect
import json
import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from kingpost import KingpostError
from kingpost_sdk import models
from kingpost_sdk._sync import resources

from tests.docs.operations.__main__ import differing
from tests.docs.operations.page import API, DOCUMENT, pages
from tests.docs.pages import ROOT, Page, anchor

DOCUMENT_OF_ALL: dict[str, Any] = json.loads(DOCUMENT.read_bytes())
OPERATIONS = {
    f"{one['tags'][0]}.{one['operationId'].removeprefix(one['tags'][0] + '_')}": one
    for methods in DOCUMENT_OF_ALL["paths"].values()
    for one in methods.values()
}
each_operation = pytest.mark.parametrize("id", OPERATIONS)


def test_the_pages_are_what_the_table_makes(tmp_path: Path) -> None:
    """One for each operation, and an index that leads to every one of them."""
    listed = set(re.findall(r"\]\(([a-z_.]+)\.md\)", (API / "README.md").read_text("utf-8")))

    assert differing(pages(tmp_path)) == [], "run `make contracts`"
    assert listed == OPERATIONS.keys() == {path.stem for path in API.glob("*.*.md")}


def _fits(value: Any, schema: dict[str, Any]) -> None:
    whole = {**schema, "components": DOCUMENT_OF_ALL["components"]}
    jsonschema_rs.validator_for(whole).validate(value)


@each_operation
def test_every_example_fits_its_schema(id: str) -> None:
    """The body that is asked with, the answer, and the same body in the command."""
    one, page = OPERATIONS[id], Page(API / f"{id}.md")
    shown = {block.section: json.loads(block.text) for block in page.blocks if block.language == "json"}
    answer = [answer for status, answer in one["responses"].items() if status < "300"][-1]
    ((media, content),) = answer["content"].items()
    command = shlex.split(next(block.text for block in page.blocks if block.language == "sh").replace("\\\n", " "))

    assert ("Body" in shown) is ("requestBody" in one)
    if "requestBody" in one:
        _fits(shown["Body"], one["requestBody"]["content"]["application/json"]["schema"])
        assert json.loads(command[command.index("-d") + 1]) == shown["Body"]
    if media != "application/octet-stream":
        _fits(shown["Answer"], content["schema"])


class Recorder:
    """A client whose methods only look whether they are called as they may be."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getattr__(self, noun: str) -> Any:
        resource, asked = getattr(resources, noun.capitalize()), self.asked

        class Bound:
            def __getattr__(self, verb: str) -> Any:
                signature = inspect.signature(getattr(resource, verb))
                asked.append(f"{noun}.{verb}")
                return lambda *given, **named: signature.bind(self, *given, **named)

        return Bound()


@each_operation
def test_every_sdk_has_the_call_that_is_shown(id: str) -> None:
    """Python's is made, models and all; the other two are looked up."""
    calls = {block.language: block.text for block in Page(API / f"{id}.md").blocks if block.section == "Calls"}
    client = Recorder()
    eval(calls["python"], {"client": client, "models": models})
    typescript = re.search(r"client\.(\w+)\.(\w+)\(", calls["typescript"])
    go = re.search(r"client\.(\w+)\.(\w+)\(ctx", calls["go"])

    assert client.asked == [id]
    assert typescript is not None
    assert go is not None
    facade = (ROOT / "sdk-ts/src/resources.ts").read_text("utf-8").partition(f"class {typescript[1].capitalize()} ")[2]
    assert re.search(rf"^  (async )?{typescript[2]}\(", facade.partition("\nexport class")[0], re.MULTILINE)
    exported = (ROOT / "sdk-go/types.go").read_text("utf-8")
    for shape in set(re.findall(r"kingpost\.(\w+)", calls["go"])) - {"Ptr"}:
        assert re.search(rf"^\t{shape} ", exported, re.MULTILINE), shape


@each_operation
def test_every_error_of_a_page_stands_in_the_table_of_errors(id: str) -> None:
    page = Page(API / f"{id}.md")
    rows = [row for row in page.rows if len(row) == 4 and row[0].isdigit()]
    codes = {each.code for each in _all(KingpostError)}

    assert rows
    assert {row[1].strip("`") for row in rows} <= codes
    assert all(row[2] and row[3] for row in rows)
    assert {row[0] for row in rows} <= OPERATIONS[id]["responses"].keys()
    for link in page.links:
        target, _, heading = link.partition("#")
        assert not heading or heading in map(anchor, Page((API / target).resolve()).headings)


def _all(top: type[KingpostError]) -> set[type[KingpostError]]:
    return {top}.union(*map(_all, top.__subclasses__()))


def test_everything_that_the_edge_refuses_stands_in_the_table() -> None:
    """With its status; what the kernel reports is in the table above it."""
    source = "".join(path.read_text("utf-8") for path in (ROOT / "plugins/http/src/kingpost_http").glob("*.py"))
    refused = {("500", "internal"), *re.findall(r"(?:Refusal|refuse)\(\s*(\d{3}), \"([a-z._]+)\"", source)}
    rows = [row for row in Page(ROOT / "docs/errors.md").rows if len(row) == 4 and row[0][:1].isdigit()]
    told = {(status, row[1].strip("`")) for row in rows for status in row[0].split(", ")}
    kernel = {each.code for each in _all(KingpostError)}

    assert {(status, code) for status, code in refused if code not in kernel} == told
