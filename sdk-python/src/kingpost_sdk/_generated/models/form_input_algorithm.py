from typing import Literal

FormInputAlgorithm = Literal["sha256", "sha384", "sha512"]

FORM_INPUT_ALGORITHM_VALUES: set[FormInputAlgorithm] = {
    "sha256",
    "sha384",
    "sha512",
}


def check_form_input_algorithm(value: str) -> FormInputAlgorithm:
    if value in FORM_INPUT_ALGORITHM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FORM_INPUT_ALGORITHM_VALUES!r}")
