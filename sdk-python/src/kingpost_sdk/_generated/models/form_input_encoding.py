from typing import Literal

FormInputEncoding = Literal["base64", "hex"]

FORM_INPUT_ENCODING_VALUES: set[FormInputEncoding] = {
    "base64",
    "hex",
}


def check_form_input_encoding(value: str) -> FormInputEncoding:
    if value in FORM_INPUT_ENCODING_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FORM_INPUT_ENCODING_VALUES!r}")
