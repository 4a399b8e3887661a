"""The agreements as pacts (specification 4), made by driving an SDK against Pact's mock server.

Called by the consumer tests. Where a value is only known to a provider in its state, the pact holds an expression.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from pact import Pact, generate, match

from tests.contracts.agreements import EXAMPLES, NOBODY, filled, routes
from tests.contracts.drivers import ROOT, Driver

PACTS = ROOT / "contracts/pacts"
CONSUMERS = {
    "python": "kingpost-sdk-python", "typescript": "kingpost-sdk-ts", "go": "kingpost-sdk-go",
}  # fmt: skip
KNOWN = {"task": "a-task", "job": "a-job", "token": "a-token", "folder": "/example"}
STREAM = r"retry: 1000\n\n(id: \d+\.\d+\nevent: [a-z.]+\ndata: \{.*\}\n\n)+event: end\ndata: \{\}\n\n"


def rows() -> list[dict[str, Any]]:
    """Every agreement with its answer."""
    found: list[dict[str, Any]] = json.loads(EXAMPLES.read_text("utf-8"))
    return found


def title(row: dict[str, Any]) -> str:
    """What an interaction is called: the operation, and how it ends."""
    return f"{row['operation']} answered with {row['status']}"


def agreed(driver: Driver, row: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Drive one operation against the mock server, keep the pact, and give what the SDK made of the answer."""
    method, path = routes()[row["operation"]]
    pact = Pact(CONSUMERS[driver.sdk], "kingpost").with_specification("V4")
    for each in row["path"]:
        begin, _, rest = path.partition("{")
        path = begin + each.replace(" ", "%20") + rest.partition("}")[2]
    asked = pact.upon_receiving(title(row)).given(row["state"]).with_request(method, _known(path))
    token = "kp_example" if row["token"] else NOBODY
    bearer = match.like(f"Bearer {token}", generator=generate.provider_state("Bearer ${credential}"))
    asked.with_header("authorization", bearer if row["token"] else f"Bearer {token}")
    if method == "POST":
        asked.with_header("idempotency-key", match.like("key-1", generator=generate.provider_state("${key}")))
    request = row["request"]
    if method in {"POST", "PUT"} and request is not None:
        asked.with_body(_known(request), "application/json")
    elif request:
        asked.with_query_parameters({name: _asked(value) for name, value in request.items()})
    _answered(asked.will_respond_with(row["status"]), row)
    given = {"url": "", "token": token, "retries": 0}
    with pact.serve(addr="127.0.0.1", raises=True) as server:
        given["url"] = str(server.url).rstrip("/")
        said = driver.do(
            "call", client=given, operation=row["operation"], path=filled(row["path"], KNOWN),
            request=filled(request, KNOWN),
        )  # fmt: skip
    pact.write_file(folder)
    return said


def _answered(answer: Any, row: dict[str, Any]) -> None:
    if row["type"] == "text/event-stream":
        rule = {"combine": "AND", "matchers": [{"match": "regex", "regex": STREAM}]}
        answer.with_body(row["example"], "text/event-stream").with_matching_rules({"body": {"$": rule}})
        return
    example = match.like(row["example"])
    if row["status"] >= 400:
        told = row["example"]
        example = match.like({name: told[name] for name in ("title", "detail", "type", "request_id")} | {
            "status": row["status"], "code": match.regex(told["code"], regex=f"^{re.escape(told['code'])}$"),
        })  # fmt: skip
    answer.with_body(example, row["type"])


def _known(value: Any) -> Any:
    """A value with an expression for what only the provider knows, and the example that the mock server takes."""
    if isinstance(value, str) and "${" in value:
        return match.like(filled(value, KNOWN), generator=generate.provider_state(value))
    if isinstance(value, dict):
        return {name: _known(each) for name, each in value.items()}
    return [_known(each) for each in value] if isinstance(value, list) else value


def _asked(value: Any) -> Any:
    if isinstance(value, float | int):
        return match.regex(str(value), regex=r"^[0-9.]+$")
    return _known(value)
