"""``contracts/behaviour.json``, executed by the SDK of every language against a scripted server."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.drivers import ROOT, Driver
from tests.contracts.scripted import Asked, Scripted, answer

TABLE = json.loads((ROOT / "contracts/behaviour.json").read_text("utf-8"))
VECTORS = Path(ROOT.parent / "shared/data/webhooks/vectors.json")


def named(case: dict[str, Any]) -> str:
    return str(case.get("name") or f"{case['status']} {case['code']}")


@pytest.mark.parametrize("case", TABLE["pauses"], ids=named)
def test_every_sdk_waits_as_long(driver: Driver, case: dict[str, Any]) -> None:
    asked = {name: case[name] for name in ("attempt", "chance", "headers")}
    said = driver.do("pause", now=1000.0, retry={"first": 0.5, "longest": 8.0}, **asked)

    assert said["value"] == pytest.approx(case["seconds"], abs=1e-6)


@pytest.mark.parametrize("case", TABLE["errors"], ids=named)
def test_every_sdk_calls_a_failure_by_the_same_name(driver: Driver, case: dict[str, Any]) -> None:
    body = case.get("body", json.dumps({"code": case["code"], "detail": "told", "request_id": "inside"}))
    headers = {"X-Request-Id": "r-1"} | case.get("headers", {})
    said = driver.do("told", status=case["status"], headers=headers, body=body)["value"]

    told = {"kind": case["kind"], "code": case["code"], "request_id": "r-1"}
    assert said == told | {"retry_after": case.get("retry_after")}


@pytest.mark.parametrize("status", [200, 400])
def test_an_answer_that_is_nested_without_end_is_no_crash(driver: Driver, status: int) -> None:
    """Whoever reads it recursively has to give up somewhere."""
    with Scripted(lambda asked: answer(status, b"[" * 200_000)) as server:
        said = driver.do("call", client={"url": server.url}, operation="tasks.expand", path=["t-1", "p"])

    assert said["error"]["kind"] == {200: "AnswerInvalid", 400: "InputError"}[status]


@pytest.mark.parametrize("case", TABLE["exchanges"], ids=named)
def test_every_sdk_makes_the_same_of_an_exchange(driver: Driver, case: dict[str, Any]) -> None:
    answers = iter(case["answers"])
    with Scripted(lambda asked: scripted(next(answers))) as server:
        said = driver.do(
            "call", client={"url": server.url} | case.get("client", {}), operation=case["operation"],
            path=case.get("path", []), request=case.get("request"), options=case.get("options", {}),
        )  # fmt: skip

    as_told(case, said, server.seen)
    assert all(word in said["error"]["message"] for word in case.get("names", ()))
    keys = {asked.headers.get("idempotency-key") for asked in server.seen}
    assert len(keys) == 1
    assert (None not in keys) is (server.seen[0].method == "POST")
    assert [asked.headers.get("x-retry-count") for asked in server.seen] == [
        str(attempt) if attempt else None for attempt in range(len(server.seen))
    ]
    if "target" in case:
        assert server.seen[0].path == case["target"]


@pytest.mark.parametrize("case", TABLE["settings"], ids=named)
def test_every_sdk_is_told_by_its_environment(driver: Driver, case: dict[str, Any]) -> None:
    """What a client is not given; a number that is none is refused by the name of its variable."""
    answers = iter(case["answers"])
    with Scripted(lambda asked: scripted(next(answers))) as server:
        said = driver.do(
            "bare", environment={"KINGPOST_URL": f"{server.url}/"} | case["environment"],
            client={"token": case["token"]} if "token" in case else {}, operation="tasks.expand", path=["t-1", "p"],
        )  # fmt: skip

    as_told(case, said, server.seen)
    assert case.get("names", "") in said.get("error", {}).get("message", "")


def as_told(case: dict[str, Any], said: dict[str, Any], seen: list[Asked]) -> None:
    """So many requests with these headers, and this answer or failure; who was answered knows by which request."""
    assert len(seen) == case["requests"], said
    if "kind" in case:
        assert said["error"]["kind"] == case["kind"], said
        answered = not {"drop", "silence"}.intersection(one for one in case["answers"] if isinstance(one, str))
        assert not (answered and seen) or said["error"]["request_id"] == "r-1"
    else:
        assert case["value"].items() <= said["value"].items(), said
        assert said["request_id"] == "r-1"
    for asked in seen:
        assert case.get("sent", {}).items() <= asked.headers.items()


def scripted(step: Any) -> bytes:
    """The bytes of one answer of the table."""
    if step == "drop":
        return b""
    if step == "silence":
        time.sleep(0.5)
        return b""
    step = {"status": step} if isinstance(step, int) else step
    body = step["text"].encode() if "text" in step else step.get("body")
    if step["status"] >= 400:
        body = {"code": step.get("code", f"http.{step['status']}"), "detail": "told"}
    return answer(step["status"], body, {"x-request-id": "r-1"} | step.get("headers", {}))


def test_a_read_is_never_older_than_what_was_seen(driver: Driver) -> None:
    """``Kingpost-Position`` of an answer goes with every later request, and never back."""
    positions = iter(["7", "5", "9"])
    view = {"passage": "p", "text": "x"}
    with Scripted(lambda asked: answer(200, view, {"kingpost-position": next(positions)})) as server:
        one = {"operation": "tasks.expand", "path": ["t-1", "p"]}
        said = driver.do("sequence", client={"url": server.url}, calls=[one, one, one])

    assert said["value"] == 9
    assert [asked.headers.get("kingpost-position") for asked in server.seen] == [None, "7", "7"]


def test_a_list_is_gone_through_page_by_page(driver: Driver) -> None:
    def page(asked: Asked) -> bytes:
        after = asked.query.get("after", ["0"])[0]
        following = {"0": "1", "1": "2"}.get(after)
        return answer(200, {"tasks": [VIEW | {"id": f"t-{after}"}]} | ({"next": following} if following else {}))

    with Scripted(page) as server:
        said = driver.do("each", client={"url": server.url}, request={"limit": 1, "statuses": ["queued", "failed"]})

    assert [task["id"] for task in said["value"]] == ["t-0", "t-1", "t-2"]
    assert all(asked.query["statuses"] == ["queued", "failed"] for asked in server.seen)


VIEW = {
    "id": "t-1", "description": "d", "status": "succeeded", "agent": "a", "tenant": "default", "root": "t-1",
    "created": 1.0, "updated": 2.0, "attempt": 1, "turns": 1, "usage": {}, "cancel_requested": False,
    "spent": [0, 0, 0], "granted": [None, None, None], "retries": 0, "waits": {},
}  # fmt: skip


@pytest.mark.skipif(not VECTORS.exists(), reason="the webhook vectors are not beside this tree")
def test_webhooks_are_verified_as_the_published_vectors_say(driver: Driver) -> None:
    vectors = [
        each for each in json.loads(VECTORS.read_text("utf-8"))["vectors"] if each["scheme"] == "standard-webhooks"
    ]
    assert len(vectors) > 5
    for vector in vectors:
        said = driver.do(
            "webhook", body=vector["body"], headers=vector["headers"], secret=vector["secret"], now=vector["now"]
        )
        assert ("value" in said) is vector["valid"], vector["id"]
        if not vector["valid"]:
            assert said["error"]["kind"] == "WebhookInvalid"


SIGNED = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}  # fmt: skip
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.mark.parametrize(
    ("change", "valid"),
    [
        ({}, True),
        ({"secret": ["whsec_AAAA", SECRET]}, True),
        ({"secret": ["whsec_AAAA"]}, False),
        ({"secret": ""}, False),
        ({"secret": "whsec_"}, False),
        ({"secret": "whsec_!!"}, False),
        ({"body": '{"test": 2432232315}'}, False),
        ({"webhook-timestamp": "1614265330.0"}, False),
        ({"webhook-timestamp": "١٦١٤٢٦٥٣٣٠"}, False),
        ({"webhook-timestamp": "-1614265330"}, False),
        ({"webhook-signature": ""}, False),
        ({"webhook-signature": "v1,"}, False),
        ({"webhook-signature": "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}, False),
        ({"webhook-id": "msg_other"}, False),
        # The same bits, written in another way.
        ({"webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF="}, False),
        ({"secret": f"{SECRET}\n"}, False),
        ({"secret": f"{SECRET}="}, False),
        ({"webhook-signature": "", "svix-signature": SIGNED["webhook-signature"]}, False),
    ],
    ids=str,
)
def test_a_delivery_that_is_not_exactly_right_is_refused(driver: Driver, change: dict[str, Any], valid: bool) -> None:
    """Also what is malformed: every failure is ``WebhookInvalid``, never a crash."""
    headers = SIGNED | {name: value for name, value in change.items() if name.startswith(("webhook-", "svix-"))}
    said = driver.do(
        "webhook", body=change.get("body", '{"test": 2432232314}'), headers=headers,
        secret=change.get("secret", SECRET), now=1614265330,
    )  # fmt: skip

    assert ("value" in said) is valid, said
    if not valid:
        assert said["error"]["kind"] == "WebhookInvalid"
