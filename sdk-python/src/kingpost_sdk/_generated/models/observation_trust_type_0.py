from typing import Literal

ObservationTrustType0 = Literal["outside", "trusted"]

OBSERVATION_TRUST_TYPE_0_VALUES: set[ObservationTrustType0] = {
    "outside",
    "trusted",
}


def check_observation_trust_type_0(value: str) -> ObservationTrustType0:
    if value in OBSERVATION_TRUST_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OBSERVATION_TRUST_TYPE_0_VALUES!r}")
