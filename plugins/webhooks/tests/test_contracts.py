"""What endpoints are told keeps to ``contracts/events``, which is generated and never drifts."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
from far_side import FarSide
from kingpost import Answer, Call, Calls, Context, Event, Outcome, Ports, Say, Status, dump
from kingpost.testing import FunctionExecutor, MemoryLog, ScriptedAgent, facts, open_kernel
from kingpost_webhooks.contracts import files, main
from kingpost_webhooks.endpoint import EVENTS
from kingpost_webhooks.notice import SHAPES
from kingpost_webhooks.reader import Reader
from post import Post

FOLDER = Path(__file__).parents[3] / "contracts/events"


def test_the_schemas_are_those_of_the_records(tmp_path: Path) -> None:
    """To mend: python -m kingpost_webhooks.contracts contracts/events."""
    main(tmp_path)

    assert set(SHAPES) == set(EVENTS)
    assert {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.json")} == files()
    assert {path.name for path in tmp_path.iterdir()} == set(files())


async def test_every_kind_that_is_sent_keeps_to_its_schema(post: Post, far: FarSide) -> None:
    """Each kind once, through a real sender."""
    outcome = dump(Outcome(status=Status.SUCCEEDED, answer="done"))
    await post.open()
    await post.endpoint("e", far.url())
    await post.say(
        "t-1", facts.started(), facts.decided(1, {"a": "look", "b": "look"}),
        Event("message.received", {}, {"text": "x"}),
        facts.pending("a", 1e12), facts.observed("b", {"text": "seen"}), Event("task.waiting", {"attempt": 1}),
        facts.observed("a", {"text": "seen"}), facts.started(2),
        Event("task.retrying", {"attempt": 2, "not_before": 1.5}),
        facts.started(3), Event("cancel.requested", {}), Event("task.succeeded", {"attempt": 3}, {"outcome": outcome}),
    )  # fmt: skip
    for end, late in (("task.failed", "letter.replayed"), ("task.cancelled", "letter.discarded")):
        await post.say(f"t-{end}", facts.started(), Event(end, {"attempt": 1, "reason": "deadline"}), Event(late))
    arrived = await far.until("/ok", 21)

    assert {one.document["type"] for one in arrived} == set(EVENTS)
    for one in arrived:
        schema = json.loads((FOLDER / f"{one.document['type']}.json").read_text("utf-8"))
        jsonschema_rs.validator_for(schema).validate(one.document)
    told = next(one.document for one in arrived if one.document["type"] == "task.succeeded")
    assert told["data"]["outcome"]["answer"] == "done"


async def test_what_a_kernel_really_writes_keeps_to_the_schemas(ports: Ports) -> None:
    async def look(where: str) -> str:
        return f"{where}: seen"

    def decide(context: Context, say: Say) -> Answer | Calls:
        if context.turns:
            return Answer(text="done")
        return Calls(calls=(Call("a", "look", {"where": "here"}),))

    log = MemoryLog(ports)
    async with open_kernel(
        agents=[ScriptedAgent(decide)], executors=[FunctionExecutor([look])], log=log, ports=ports
    ) as opened:
        await opened.run("look")
        messages = await Reader(log).messages(await log.read(), SHAPES)

    assert {"task.queued", "task.started", "turn.decided", "task.succeeded"} <= {one.kind for one in messages}
    for one in messages:
        schema = json.loads((FOLDER / f"{one.kind}.json").read_text("utf-8"))
        jsonschema_rs.validator_for(schema).validate(json.loads(one.body))
