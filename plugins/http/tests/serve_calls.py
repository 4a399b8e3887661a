"""A worker in a process of its own: registers over HTTP, claims, and settles what it is given.

Run by ``test_processes`` with the address, its id, and ``hold`` for one that claims and never answers; ``lasting`` for
one that is not taken for dead before an hour has passed.
"""

from __future__ import annotations

import sys

import httpx


def tell(line: str) -> None:
    """Say something to whoever started this."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def serve(url: str, id: str, *, hold: bool, ttl: float) -> None:
    """Serve the agent ``buyer`` until the process is ended."""
    with httpx.Client(base_url=f"{url}/v1", timeout=30) as asks:
        offers = {"id": id, "agents": [{"name": "buyer"}], "ttl": ttl}
        asks.post("/workers", json=offers).raise_for_status()
        tell("ready")
        while True:
            claimed = asks.post(f"/workers/{id}/claim", json={"limit": 100 if hold else 1, "seconds": 0.3})
            for work in claimed.raise_for_status().json()["work"]:
                tell(work["task"])
                if not hold:
                    decided = {"text": f"{id} buys {work['asking']['description']}"}
                    settled = {"task": work["task"], "call": work["call"], "decision": decided}
                    asks.post(f"/workers/{id}/observations", json=settled).raise_for_status()


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], hold="hold" in sys.argv[3:], ttl=3600.0 if "lasting" in sys.argv[3:] else 1.0)
