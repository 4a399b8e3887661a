"""What a start costs: ``--help``, ``run``, ``serve`` until it listens, imports, and the memory of a kernel that idles.

Baselines in the same run: the interpreter alone, and a click program with one command.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.bench._measure import close, cpu_ms, tell

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))
PYTHON = [sys.executable]
CLICK = "import click\n@click.group()\ndef g(): pass\n@g.command()\ndef a(): pass\ng(['--help'])"
IDLE = """
import asyncio, os, sys
from pathlib import Path
from kingpost._host.kernel import Kernel

async def main():
    async with Kernel.open(home=Path(sys.argv[1]), settings={}) as kernel:
        await kernel.work()
        await asyncio.sleep(0.5)
        pages = int(open("/proc/self/statm").read().split()[1])
        print(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)

asyncio.run(main())
"""


def ready(env: dict[str, str]) -> dict[str, float]:
    """``serve`` on a free port until it says that it listens: the quickest of many on the clock, median CPU."""
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | env
    command = [*PYTHON, "-m", "kingpost", "serve", "--port", "0"]
    took, spent = list[float](), list[float]()
    for number in range(ROUNDS + 1):
        began = time.perf_counter()
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ) as process:
            assert process.stderr is not None
            while not process.stderr.readline().startswith("listening"):
                assert process.poll() is None
            clock, used = time.perf_counter() - began, psutil.Process(process.pid).cpu_times()
            process.terminate()
        if number:
            took.append(clock * 1000)
            spent.append((used.user + used.system) * 1000)
    return {"serve_ready_ms": min(took), "serve_ready_cpu_ms": statistics.median(spent)}


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        env = {"KINGPOST_HOME": str(Path(folder) / "home"), "XDG_CACHE_HOME": str(Path(folder) / "cache")}
        document = Path(folder) / "notes.md"
        document.write_text("# Cache\n\nThe cache evicts the oldest entry when it is full.\n", encoding="utf-8")
        kingpost = [*PYTHON, "-m", "kingpost"]
        runs = {
            "python_cpu_ms": [*PYTHON, "-c", "pass"],
            "click_help_cpu_ms": [*PYTHON, "-c", CLICK],
            "help_cpu_ms": [*kingpost, "--help"],
            "import_kingpost_cpu_ms": [*PYTHON, "-c", "import kingpost"],
            "import_kernel_cpu_ms": [*PYTHON, "-c", "import kingpost._host.kernel"],
            "plugins_cpu_ms": [*kingpost, "plugins"],
            "run_cpu_ms": [*kingpost, "run", "What does the cache evict?", "--input", str(document)],
        }
        figures = {}
        for name, command in runs.items():
            figures[name] = cpu_ms(command, ROUNDS, env)
            tell(f"{name}: {figures[name]:.1f}")
        figures |= ready(env)
        idle = subprocess.run([*PYTHON, "-c", IDLE, str(Path(folder) / "idle")], check=True, capture_output=True)
        figures["idle_rss_mb"] = float(idle.stdout)
    ratios = {
        "help_over_python": figures["help_cpu_ms"] / figures["python_cpu_ms"],
        "serve_over_python": figures["serve_ready_cpu_ms"] / figures["python_cpu_ms"],
        "help_over_click": figures["help_cpu_ms"] / figures["click_help_cpu_ms"],
    }
    close("start", figures, ratios)


main()
