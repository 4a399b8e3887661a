from typing import Literal

FormAlgorithmType0 = Literal["sha256", "sha384", "sha512"]

FORM_ALGORITHM_TYPE_0_VALUES: set[FormAlgorithmType0] = {
    "sha256",
    "sha384",
    "sha512",
}


def check_form_algorithm_type_0(value: str) -> FormAlgorithmType0:
    if value in FORM_ALGORITHM_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FORM_ALGORITHM_TYPE_0_VALUES!r}")
