from typing import Literal

StatusInput = Literal["cancelled", "failed", "queued", "running", "succeeded", "waiting"]

STATUS_INPUT_VALUES: set[StatusInput] = {
    "cancelled",
    "failed",
    "queued",
    "running",
    "succeeded",
    "waiting",
}


def check_status_input(value: str) -> StatusInput:
    if value in STATUS_INPUT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STATUS_INPUT_VALUES!r}")
