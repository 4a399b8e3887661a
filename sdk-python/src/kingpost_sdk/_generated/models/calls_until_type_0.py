from typing import Literal

CallsUntilType0 = Literal["all", "any"]

CALLS_UNTIL_TYPE_0_VALUES: set[CallsUntilType0] = {
    "all",
    "any",
}


def check_calls_until_type_0(value: str) -> CallsUntilType0:
    if value in CALLS_UNTIL_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CALLS_UNTIL_TYPE_0_VALUES!r}")
