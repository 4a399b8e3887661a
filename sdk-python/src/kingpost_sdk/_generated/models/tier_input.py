from typing import Literal

TierInput = Literal["episodic", "long", "short"]

TIER_INPUT_VALUES: set[TierInput] = {
    "episodic",
    "long",
    "short",
}


def check_tier_input(value: str) -> TierInput:
    if value in TIER_INPUT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TIER_INPUT_VALUES!r}")
