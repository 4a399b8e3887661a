"""What the SDKs are told without having asked: events in a stream and deliveries of webhooks, as messages of Pact.

``python -m tests.contracts.messages`` has a real server say each of them and writes them, as examples of shape, to
``contracts/messages.json``. The consumer tests of each SDK turn that into a pact; the provider test verifies them.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pact import Verifier

from tests.contracts.drivers import ROOT
from tests.contracts.scripted import Asked, Scripted, answer
from tests.contracts.shapes import exactly, harmless, kept, like, regex
from tests.contracts.story import Spoken, title, told

EXAMPLES = ROOT / "contracts/messages.json"
PROVIDER = "kingpost-events"
# One signature, or two while one key replaces another.
SIGNATURES = r"^v1a?,[A-Za-z0-9+/]+=*( v1a?,[A-Za-z0-9+/]+=*)*$"
BESIDE = {
    "webhook-id": r"^msg_[0-9a-f]{32,}$", "webhook-timestamp": r"^[0-9]{10}$", "webhook-signature": SIGNATURES,
}  # fmt: skip


def rows() -> list[dict[str, Any]]:
    """Every message that is agreed on."""
    found: list[dict[str, Any]] = json.loads(EXAMPLES.read_text("utf-8"))
    return found


def agreed(kind: str, channel: str, one: Spoken) -> dict[str, Any]:
    """A message as ``contracts/messages.json`` holds it: its kind is exact, everything else is like this."""
    body = harmless(json.loads(one.body))
    named = {"kind": exactly(kind), "id": regex(body["id"], r"^[0-9]+\.[0-9]+$")} if channel == "stream" else {
        "type": exactly(kind), "timestamp": regex(body["timestamp"], r"^[0-9-]{10}T[0-9:.]{8,}Z$")
    }  # fmt: skip
    beside = {name: regex(value, BESIDE[name]) if name in BESIDE else value for name, value in one.beside.items()}
    return {
        "title": title(kind, channel), "kind": kind, "channel": channel, "metadata": beside,
        "contents": like(body | named),
    }  # fmt: skip


def verified(pact: Path, spoken: dict[str, Spoken]) -> tuple[bool, str]:
    """Whether messages are those of a pact, and what the verifier says."""

    def say(asked: Asked) -> bytes:
        one = spoken[json.loads(asked.body)["description"]]
        beside = base64.b64encode(json.dumps(one.beside).encode()).decode()
        return answer(200, one.body, {"pact-message-metadata": beside})

    with Scripted(say) as speaker:
        verifier = Verifier(PROVIDER, host="127.0.0.1").add_source(pact)
        verifier.add_transport(protocol="message", port=urlsplit(speaker.url).port, path="/")
        try:
            verifier.verify()
            kept = True
        except RuntimeError:
            kept = False
    return kept, verifier.output(strip_ansi=True)


def main() -> None:
    """Listen to a real server, and keep what it says."""
    heard = told()
    made = [agreed(kind, "stream", one) for kind, one in sorted(heard.stream.items())]
    made += [agreed(kind, "webhook", one) for kind, one in sorted(heard.webhook.items())]
    before = rows() if EXAMPLES.exists() else []
    EXAMPLES.write_text(json.dumps(kept(made, before), indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
