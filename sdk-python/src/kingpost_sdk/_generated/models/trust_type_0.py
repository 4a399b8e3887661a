from typing import Literal

TrustType0 = Literal["memory", "outside", "task"]

TRUST_TYPE_0_VALUES: set[TrustType0] = {
    "memory",
    "outside",
    "task",
}


def check_trust_type_0(value: str) -> TrustType0:
    if value in TRUST_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TRUST_TYPE_0_VALUES!r}")
