"""What is indented is kept with the line that heads it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kingpost_compressor_structure.forms import prose
from kingpost_compressor_structure.units import ABSENT

Shorten = Callable[..., str]

MANUAL = "LIFT(1)                General Commands\n\nNAME\n       lift - move a load\n\nOPTIONS\n" + "".join(
    f"       -{letter}, --{letter * 4}\n              Set the {letter} of the crane before it is moved. It stays so\n"
    f"              until the next load comes.\n\n"
    for letter in "abcdefghij"
)
MANUAL += "       -x, --exclude=YARD\n              Leave out every yard that matches the pattern.\n\n"
HISTORY = "".join(
    f"commit {n:040x}\nAuthor: A. Person <a@b.example>\nDate:   Monday\n\n    Mend winch number {n}\n\n"
    for n in range(30)
)
SETTINGS = "".join(
    f"crane{n}:\n  motor:\n    power: {n}\n    oil: {'thin' if n == 7 else 'thick'}\n" for n in range(20)
)


def test_an_option_comes_with_what_it_does(shorten: Shorten) -> None:
    left = shorten(MANUAL, 0.25, "How do I exclude yards?")

    assert "-x, --exclude=YARD\n              Leave out every yard that matches the pattern." in left
    assert "OPTIONS\n" in left


def test_a_commit_comes_with_its_author(shorten: Shorten) -> None:
    left = shorten(HISTORY, 0.2, "Who mended winch number 17?")

    head = left[: left.index("winch number 17")]
    assert head[head.rindex("commit") :].startswith(f"commit {17:040x}\nAuthor: A. Person")


def test_a_setting_comes_with_the_names_above_it(shorten: Shorten) -> None:
    left = shorten(SETTINGS, 0.2, "Which crane has thin oil?")

    assert "oil: thin" in left
    assert left[: left.index("oil: thin")].split("crane")[-1].startswith("7:\n")


@pytest.mark.parametrize("text", [MANUAL, HISTORY, SETTINGS, "a\n b\n  c\n d\n" * 9, "\ta:\n\t  b\n\t  c\n\n" * 9])
def test_all_units_of_an_outline_together_are_the_text(text: str) -> None:
    units = prose.form(text).units

    assert "".join(unit.whole for unit in units) == text
    assert any(unit.parent != ABSENT for unit in units)
    assert all(unit.parent < number for number, unit in enumerate(units))
