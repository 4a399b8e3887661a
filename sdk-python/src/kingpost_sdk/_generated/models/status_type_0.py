from typing import Literal

StatusType0 = Literal["cancelled", "failed", "queued", "running", "succeeded", "waiting"]

STATUS_TYPE_0_VALUES: set[StatusType0] = {
    "cancelled",
    "failed",
    "queued",
    "running",
    "succeeded",
    "waiting",
}


def check_status_type_0(value: str) -> StatusType0:
    if value in STATUS_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STATUS_TYPE_0_VALUES!r}")
