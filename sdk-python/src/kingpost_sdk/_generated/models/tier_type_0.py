from typing import Literal

TierType0 = Literal["episodic", "long", "short"]

TIER_TYPE_0_VALUES: set[TierType0] = {
    "episodic",
    "long",
    "short",
}


def check_tier_type_0(value: str) -> TierType0:
    if value in TIER_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TIER_TYPE_0_VALUES!r}")
