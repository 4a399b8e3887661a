"""Serve an agent and a tool of your own from this process until it is interrupted: ``python worker.py``.

Whoever asks the agent ``clerk`` for something is told its price: ``kingpost run --agent clerk tea``, or any SDK.
"""

import signal
from collections.abc import Mapping
from typing import Any

from kingpost_sdk import Client, models

PRICES = {"tea": 3, "milk": 2}

with Client() as client:
    worker = client.worker(name="example", parallel=4, wait=2)

    @worker.tool("price", "What an article costs.", {"type": "object"}, repeatable=True)
    def price(given: Mapping[str, Any], work: models.Work) -> str:
        """What it raises is what the agent is told; ``work.key`` is the same however often a call is given out."""
        if given["of"] not in PRICES:
            raise LookupError(f"there is no {given['of']} here")
        return f"{given['of']} costs {PRICES[given['of']]}"

    @worker.agent("clerk", tools=True)
    def clerk(asking: models.Asking, work: models.Work) -> str | dict[str, Any]:
        """Decide on a call of the tool first, and when it is asked again, with what came of it, on the answer."""
        if asking.turns:
            return asking.turns[-1].observations[0].text
        return {"calls": [{"id": "1", "tool": "price", "arguments": {"of": asking.description}}]}

    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: worker.stop())
    worker.run()  # leaves when what was begun is done
