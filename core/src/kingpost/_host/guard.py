"""Host CPU and memory bound what starts: whether one more task may begin on this machine now.

Asked by ``work`` before it claims, and by ``doctor`` for the reason. Looks at the machine at most once a second,
never stops what runs already, and lets pass what it cannot see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ..ports import Clock
from ..records.record import Record

SAMPLE_SECONDS = 1.0
"""A look is as good as any other for this long."""

_MB = 1_000_000


class Load(Record):
    """How busy the machine is: bytes of memory that can still be had, and CPU use since the last look (0 to 100)."""

    memory: int
    cpu: float


class HostProbe:
    """Looks at the machine, and at the control groups (version 2) that bound this process on it.

    ``groups`` is where they are mounted and ``own`` the file that says which one this process is in.
    """

    def __init__(self, groups: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")) -> None:
        self._groups, self._own = groups, own

    def __call__(self) -> Load:
        """What is there now, without waiting. The first look knows no CPU use yet and says 0."""
        import psutil

        left = [psutil.virtual_memory().available, *self._bounds()]
        return Load(memory=max(min(left), 0), cpu=psutil.cpu_percent(None))

    def _bounds(self) -> Iterator[int]:
        """What each control group leaves, from this process's own up to the top."""
        try:
            lines = self._own.read_text("utf-8").splitlines()
        except (OSError, ValueError):
            return
        name = next((line[3:] for line in lines if line.startswith("0::")), None)
        if name is None:
            return
        group = Path(name.lstrip("/"))
        for each in (group, *group.parents):
            try:
                yield _left(self._groups / each)
            except (OSError, ValueError):
                continue  # it has no limit, or is hidden from in here


def _left(group: Path) -> int:
    limit = int((group / "memory.max").read_text("utf-8"))
    used = int((group / "memory.current").read_text("utf-8"))
    # Cached pages of files that nobody reads count as used, and are given back before anything is killed.
    stat = dict(line.split() for line in (group / "memory.stat").read_text("utf-8").splitlines())
    return limit - max(used - int(stat.get("inactive_file", 0)), 0)


class Guard:
    """Says whether one more task may start. One may always run, or nothing would ever end.

    ``memory_floor_mb`` is how much memory stays free (megabytes of 1,000,000 bytes) and ``cpu_ceiling`` the CPU use
    in percent of all cores above which nothing starts; ``None`` is no bound. ``reason`` says why the last answer was
    no, and is empty when it was yes.
    """

    def __init__(
        self,
        memory_floor_mb: float | None,
        cpu_ceiling: float | None,
        clock: Clock,
        probe: Callable[[], Load] | None = None,
    ) -> None:
        self._floor, self._ceiling = memory_floor_mb, cpu_ceiling
        self._clock, self._probe = clock, probe or HostProbe()
        self._looked = float("-inf")
        self._seen = ""
        self.reason = ""

    def open(self, running: int) -> bool:
        """True when one more may start beside the ``running`` ones of this process."""
        self.reason = "" if running < 1 else self._shut()
        return not self.reason

    def _shut(self) -> str:
        if self._floor is None and self._ceiling is None:
            return ""
        now = self._clock.monotonic()
        if now - self._looked >= SAMPLE_SECONDS:
            self._looked = now
            try:
                self._seen = self._judge(self._probe())
            except Exception:  # noqa: BLE001 - on a machine that hides its load work goes on as without a guard
                self._seen = ""
        return self._seen

    def _judge(self, load: Load) -> str:
        if self._floor is not None and load.memory < self._floor * _MB:
            return (
                f"{load.memory // _MB} MB of memory are left and {self._floor:g} MB are to stay free; "
                "tasks start again when there is more, or lower memory_floor_mb"
            )
        if self._ceiling is not None and load.cpu > self._ceiling:
            return (
                f"the CPU is {load.cpu:.0f} % busy, over the ceiling of {self._ceiling:g} %; "
                "tasks start again when there is less to do, or raise cpu_ceiling"
            )
        return ""
