"""How many tokens a model's own tokenizer makes of a text, learned from what its server reports.

The host keeps one ``Calibrations`` for a home; ``pipeline`` tells it what each first turn took. Never believed before
enough answers agree, and never less than what their spread allows: until then the proven bound of the agent counts.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..protocols import TokenCounter
from ..records.record import Record

CALIBRATION = "calibration.json"
"""Where it stands in the home."""

LEAST_ANSWERS = 8
"""So many answers must agree before a calibration counts."""

WORST_ERROR = 0.25
KEPT = 64
_SHORTEST = 64
_STRANGE = 5.0
_SPREAD = 1.5


class Calibration(Record):
    """Tokens of a model for one of the counter's. ``error`` is the part by which it was off, over ``answers``.

    ``added`` is what the server puts around each prompt, in tokens.
    """

    ratio: float
    error: float
    answers: int
    added: int = 0


class Calibrated:
    """``TokenCounter``: another one's counts in a model's own tokens, as high as the known error allows.

    It never changes: who made it goes on with it, whatever is learned meanwhile.
    """

    exact = False

    def __init__(self, counter: TokenCounter, model: str, calibration: Calibration) -> None:
        self._counter = counter
        self.name = f"{counter.name} calibrated for {model}"
        self.error, self._added = calibration.error, calibration.added
        self._thousand = math.ceil(calibration.ratio * (1 + calibration.error) * 1000)

    def margin(self, window: int) -> int:
        """What of a window stays free: what the server adds, and the error once more. A refused prompt costs more."""
        return self._added + math.ceil(window * self.error)

    def count(self, text: str) -> int:
        return -(-self._counter.count(text) * self._thousand // 1000)

    def cut(self, text: str, limit: int) -> str:
        return self._counter.cut(text, max(limit, 0) * 1000 // self._thousand)


class Calibrations:
    """What was learned of each model: pairs of counted and reported tokens, in one file of the home."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Calibration | None] = {}

    def of(self, model: str) -> Calibration | None:
        """The calibration of a model, ``None`` while it is not known well enough."""
        if model not in self._known:
            self._known[model] = fitted(self._read().get(model, []))
        return self._known[model]

    def all(self) -> Mapping[str, Calibration]:
        """Every model that is known well enough."""
        found = {model: fitted(pairs) for model, pairs in sorted(self._read().items())}
        return {model: calibration for model, calibration in found.items() if calibration is not None}

    def learn(self, model: str, counted: int, reported: int) -> None:
        """One answer more. Pairs that say nothing are left out: short ones, and those that no tokenizer explains."""
        if counted < _SHORTEST or not 1 / _STRANGE <= reported / counted <= _STRANGE:
            return
        # Read anew: other processes learn too, and one of their pairs that is lost is no harm.
        pairs = self._read()
        own = [*pairs.get(model, []), [counted, reported]][-KEPT:]
        self._known[model] = fitted(own)
        self._write({**pairs, model: own})

    def _read(self) -> dict[str, list[list[int]]]:
        try:
            kept: Any = json.loads(self._path.read_bytes())
            return {str(model): [[int(x), int(y)] for x, y in pairs if x > 0 < y] for model, pairs in kept.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            # Learned again soon; until then the bound counts.
            return {}

    def _write(self, pairs: Mapping[str, list[list[int]]]) -> None:
        beside = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside.write_text(json.dumps(pairs), encoding="utf-8")
            beside.replace(self._path)
        except OSError:
            return


def fitted(pairs: list[list[int]]) -> Calibration | None:
    """The line behind the pairs: its slope is the ratio, its height what the server adds to each prompt.

    The slope is the median over all pairs of pairs (Theil 1950, Sen 1968), which bears a quarter of answers that are
    wrong, from a server that reports only what it had not read before for one. ``None`` where too few answers are
    there, or where they do not agree.
    """
    if len(pairs) < LEAST_ANSWERS:
        return None
    from statistics import median  # hardly ever needed

    sizes = sorted(x for x, _ in pairs)
    ratio, height = median(y / x for x, y in pairs), 0.0
    if sizes[-1] >= _SPREAD * sizes[0]:
        slopes = [(b - y) / (a - x) for at, (x, y) in enumerate(pairs) for a, b in pairs[:at] if a != x]
        slope = median(slopes)
        height = median(y - slope * x for x, y in pairs)
        # A server adds, it does not take away.
        ratio, height = (slope, height) if height >= 0 < slope else (ratio, 0.0)
    off = sorted(max(y - height - ratio * x, 0.0) / (ratio * x) for x, y in pairs)
    # The few that are seen are not the worst there is.
    error = max(off[-1 if len(off) < 20 else int(len(off) * 0.95)] * (1 + 4 / len(pairs)), 0.01)
    near = sum(abs(y - height - ratio * x) <= WORST_ERROR * ratio * x for x, y in pairs)
    if error > WORST_ERROR or near < 0.7 * len(pairs):
        return None
    return Calibration(ratio, round(error, 3), len(pairs), math.ceil(height * (1 + error)))
