"""Tasks as they were last shown, for who asks for the same one again before anything has happened to it.

Used by the operation ``tasks.get``. Kept as long as nothing at all has happened, where the log can tell; else for a
moment only, because another process may erase what a task holds.
"""

from __future__ import annotations

from collections import OrderedDict

from ..operations.tasks import TaskView
from ..ports import Clock
from ..state import TaskState

_KEPT_SECONDS = 2.0
_MOST = 4096


class Views:
    """The views of one kernel."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[str, float, TaskView]] = OrderedDict()
        self._mark: object | None = None
        self._shown: dict[tuple[str, str], TaskView] = {}

    def shown(self, mark: object | None, tenant: str, id: str) -> TaskView | None:
        """What was shown to who asked the same of the same log; ``mark`` stands for the log as it is."""
        if mark is None or mark != self._mark:
            self._mark = mark
            self._shown.clear()
        return self._shown.get((tenant, id))

    def show(self, mark: object | None, tenant: str, id: str, view: TaskView) -> TaskView:
        """Keep what is shown until the log is another one; ``mark`` was taken before the log was asked."""
        if mark is not None and mark == self._mark:
            if len(self._shown) >= _MOST:
                self._shown.clear()
            self._shown[tenant, id] = view
        return view

    def of(self, state: TaskState) -> TaskView | None:
        """The view of a task in this very state."""
        kept = self._kept.get(state.id)
        if kept is None or kept[0] != state.version or self._clock.monotonic() > kept[1]:
            return None
        return kept[2]

    def keep(self, state: TaskState, view: TaskView) -> TaskView:
        """Keep it for a moment."""
        if len(self._kept) >= _MOST:
            self._kept.popitem(last=False)
        self._kept[state.id] = state.version, self._clock.monotonic() + _KEPT_SECONDS, view
        return view

    def forget(self) -> None:
        """Content was erased."""
        self._kept.clear()
        self._shown.clear()
