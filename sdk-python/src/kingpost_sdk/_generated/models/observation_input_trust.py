from typing import Literal

ObservationInputTrust = Literal["outside", "trusted"]

OBSERVATION_INPUT_TRUST_VALUES: set[ObservationInputTrust] = {
    "outside",
    "trusted",
}


def check_observation_input_trust(value: str) -> ObservationInputTrust:
    if value in OBSERVATION_INPUT_TRUST_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OBSERVATION_INPUT_TRUST_VALUES!r}")
