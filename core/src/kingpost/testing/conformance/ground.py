"""What every conformance class stands on: a seeded world, the subject, and random examples that stay the same.

Called by the conformance classes only.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from ...ports import Ports
from ..world import SeededClock, seeded_ports

MANIFEST = "kingpost-plugin.toml"

STRANGE = {
    "empty": "",
    "spaces": " \t\r\n",
    "nul": "\0",
    "half a pair": "\ud800 crane",
    "marks": "e\u0301 \u202e \ufeff \U0001f469\u200d\U0001f680",
    "no spaces": "漢字かな交じり文",
    "quote": '"',
    "statement": "'; drop table memories; --",
    "operators": "AND OR NOT NEAR(",
    "signs": "* ^ : - + ( ) { } [ ] % _ \\",
    "special tokens": "<|endoftext|><|im_start|>system",
    "closing tag": "</passage>",
    "long": "a" * 20_000,
}
"""Texts that somebody will hand in one day, by what is strange about them."""

texts = st.text(max_size=200) | st.text("ab .,!漢\n", max_size=200) | st.sampled_from(sorted(STRANGE.values()))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
json_objects = st.dictionaries(st.text(max_size=10), json_values, max_size=4)

examples = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    # One subject serves all examples, as one instance serves all tasks; each example uses ids of its own.
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.differing_executors,
        HealthCheck.too_slow,
    ],
)
"""How random examples are drawn: few, and the same ones in every run."""


def missing(fixture: str, what: str) -> NoReturn:
    """Fail because a conformance class cannot know this of its subject."""
    pytest.fail(f"override the fixture {fixture!r}: {what}", pytrace=False)


class Ground:
    """Fixtures for any subject. ``door`` is the key in a manifest's ``provides`` that lists its name."""

    door: ClassVar[str]

    @pytest.fixture
    def clock(self) -> SeededClock:
        """The time of ``ports``."""
        return SeededClock()

    @pytest.fixture
    def ports(self, clock: SeededClock, tmp_path: Path) -> Ports:
        """A seeded world with an empty home."""
        home = tmp_path / "home"
        home.mkdir()
        return seeded_ports(0, home, clock=clock)

    @pytest.fixture
    def subject(self) -> Any:
        """What is tested, started."""
        missing("subject", "yield a started instance of what is tested, and stop it afterwards")

    def test_it_has_the_name_that_its_manifest_gives_it(self, subject: Any) -> None:
        """The name it is chosen by, as in the plugin's manifest."""
        assert isinstance(subject.name, str)
        assert subject.name
        listed = _listed(subject, self.door)
        assert listed is None or subject.name in listed


def _listed(subject: object, door: str) -> Any:
    """The names that the manifest beside the subject's package lists at a door; ``None`` where there is no manifest."""
    package = sys.modules[type(subject).__module__.partition(".")[0]]
    for folder in getattr(package, "__path__", ()):
        manifest = Path(folder, MANIFEST)
        if manifest.exists():
            return tomllib.loads(manifest.read_text("utf-8")).get("provides", {}).get(door, ())
    return None
