"""A real server in whose story every kind of event of a task happens, and all that it says of them by itself.

Told for ``messages``, which writes examples down, and for the verification of the message pacts.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from kingpost_sdk import Client
from kingpost_webhooks.notice import SHAPES

from tests.contracts.provider import Provider
from tests.contracts.scripted import Asked, Scripted, answer
from tests.contracts.states import until

SETTINGS = """\
retries = 1
retry_seconds = 0.1
breaker_failures = 100
sinks = ["webhooks"]

[webhooks]
allow = ["127.0.0.0/8"]
"""
MORE = ("context.packed", "call.approved")
"""What of a task's stream no endpoint is told."""
HEADERS = ("content-type", "webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(frozen=True)
class Spoken:
    """One message as it came: its bytes, and what stands beside them."""

    body: bytes
    beside: dict[str, str]


@dataclass(frozen=True)
class Told:
    """The first message of each kind, over each channel, and the key that the deliveries are signed with."""

    stream: dict[str, Spoken]
    webhook: dict[str, Spoken]
    secret: str

    def by_title(self) -> dict[str, Spoken]:
        """Every message under the name that the pacts give it."""
        channels = {"stream": self.stream, "webhook": self.webhook}
        return {title(kind, each): one for each, many in channels.items() for kind, one in many.items()}


def title(kind: str, channel: str) -> str:
    """What a message is called in the pacts."""
    return f"{kind} in {'an event stream' if channel == 'stream' else 'a webhook'}"


def told() -> Told:
    """Have it all happen."""
    arrived: list[Spoken] = []

    def take(asked: Asked) -> bytes:
        arrived.append(Spoken(asked.body, {name: asked.headers[name] for name in HEADERS}))
        return answer(204)

    with Scripted(take) as receiver, Provider(SETTINGS) as provider:
        (secret,) = provider.client.endpoints.set("pact", url=receiver.url, events=["*"]).keys
        _happen(provider.client)
        stream = _streamed(provider)
        until(lambda: {_document(one)["type"] for one in list(arrived)} == set(SHAPES))
    webhook: dict[str, Spoken] = {}
    for one in sorted(arrived, key=lambda one: int(_document(one)["data"]["position"])):
        webhook.setdefault(_document(one)["type"], one)
    return Told(stream, webhook, secret)


def _happen(client: Client) -> None:
    client.tasks.run("Say what a king post is.", agent="extract")
    later = client.tasks.submit("Wait until tomorrow.", agent="extract", not_before=time.time() + 86400).id
    client.tasks.message(later, text="be quick")
    client.tasks.cancel(later, reason="no longer needed")
    client.tasks.wait(later, seconds=30)
    asking = client.tasks.submit("saw oak", agent="joiner").id
    until(lambda: client.tasks.get(asking).status == "waiting")
    client.calls.reply(asking, "1", allow=True)
    client.tasks.wait(asking, seconds=30)
    for mended in (client.letters.discard, client.letters.replay):
        dead = client.tasks.submit("Sleep.", agent="sleeper").id
        assert client.tasks.wait(dead, seconds=30).status == "failed"
        mended(dead)


def _streamed(provider: Provider) -> dict[str, Spoken]:
    """The first frame of each kind, of a stream of everything from its begin on."""
    found: dict[str, Spoken] = {}
    wanted = {*SHAPES, *MORE}
    text = ""
    with provider.http.stream("GET", "/v1/events/stream?after=0.0", headers=provider.signed("")) as answer:
        for piece in answer.iter_text():
            *frames, text = (text + piece).split("\n\n")
            for fields in (dict(line.split(": ", 1) for line in frame.split("\n")) for frame in frames):
                if (kind := fields.get("event")) in wanted:
                    found.setdefault(kind, Spoken(fields["data"].encode(), {"event": kind}))
            if set(found) == wanted:
                return found
    raise AssertionError(f"the stream ended before {wanted - set(found)}")


def _document(one: Spoken) -> Any:
    return json.loads(one.body)
