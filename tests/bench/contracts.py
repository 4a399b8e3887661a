"""What the loop of the contracts costs: ground floors, builds, the pacts of three SDKs, and their verification.

Baseline in the same run: the same questions, asked of the same server in the same states, without Pact or any SDK. CPU
seconds with those of all processes that were started; ``make contracts`` installs what it needs.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench._measure import children_cpu, close, own_cpu, tell
from tests.contracts import agreements, drivers, messages
from tests.contracts.pacts import CONSUMERS, EVENTS, PACTS, SERVER, file_of, written
from tests.contracts.provider import Provider
from tests.contracts.release import current, released
from tests.contracts.story import told
from tests.contracts.verification import distinct, verified

AIM = 180.0


def consumers() -> None:
    """Every SDK asks and is told everything, and writes its pacts."""
    with tempfile.TemporaryDirectory() as folder:
        for sdk in CONSUMERS:
            for provider in (SERVER, EVENTS):
                target = Path(folder, sdk, provider)
                target.mkdir(parents=True)
                written(sdk, provider, target)


def answers() -> None:
    """The server keeps the pacts of today and of every release."""
    asked = distinct(current() | released())
    with Provider() as provider:
        if problems := verified(provider, asked).problems(asked):
            raise SystemExit("\n".join(problems))


def events() -> None:
    """The kernel says what the message pacts say."""
    spoken = told().by_title()
    for sdk in CONSUMERS:
        kept, output = messages.verified(PACTS / file_of(sdk, EVENTS), spoken)
        if not kept:
            raise SystemExit(output)


def floors() -> None:
    """The ground floors are made anew and compared."""
    subprocess.run([sys.executable, "-m", "tests.contracts.ground", "--check"], check=True)


PARTS: dict[str, Callable[[], object]] = {
    "floors": floors, "builds": drivers.built, "consumers": consumers, "answers": answers, "events": events,
}  # fmt: skip


def main() -> None:
    """Measure and print."""
    began = time.perf_counter()
    figures = {f"{name}_cpu_s": cpu_s(part) for name, part in PARTS.items()}
    figures["loop_cpu_s"] = sum(figures.values())
    figures["loop_wall_s"] = time.perf_counter() - began
    figures["asked_without_pact_cpu_s"] = cpu_s(agreements.recorded)
    ratios = {
        "answers_over_asked_without_pact": figures["answers_cpu_s"] / figures["asked_without_pact_cpu_s"],
        "loop_over_aim": figures["loop_cpu_s"] / AIM,
    }
    close("contracts", figures, ratios)


def cpu_s(part: Callable[[], object]) -> float:
    """CPU seconds of a part and of all that it starts."""
    before = own_cpu() + children_cpu()
    part()
    spent = own_cpu() + children_cpu() - before
    tell(f"{part.__name__}: {spent:.1f}")
    return spent


main()
