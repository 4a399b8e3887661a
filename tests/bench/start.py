"""What a start costs: ``--help``, ``run``, imports, and the memory of a kernel that idles.

Baselines in the same run: the interpreter alone, and a click program with one command.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

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
        idle = subprocess.run([*PYTHON, "-c", IDLE, str(Path(folder) / "idle")], check=True, capture_output=True)
        figures["idle_rss_mb"] = float(idle.stdout)
    ratios = {
        "help_over_python": figures["help_cpu_ms"] / figures["python_cpu_ms"],
        "help_over_click": figures["help_cpu_ms"] / figures["click_help_cpu_ms"],
    }
    close("start", figures, ratios)


main()
