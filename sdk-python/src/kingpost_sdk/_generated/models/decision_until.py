from typing import Literal

DecisionUntil = Literal["all", "any"]

DECISION_UNTIL_VALUES: set[DecisionUntil] = {
    "all",
    "any",
}


def check_decision_until(value: str) -> DecisionUntil:
    if value in DECISION_UNTIL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DECISION_UNTIL_VALUES!r}")
