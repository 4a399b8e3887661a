from typing import Literal

FormEncodingType0 = Literal["base64", "hex"]

FORM_ENCODING_TYPE_0_VALUES: set[FormEncodingType0] = {
    "base64",
    "hex",
}


def check_form_encoding_type_0(value: str) -> FormEncodingType0:
    if value in FORM_ENCODING_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FORM_ENCODING_TYPE_0_VALUES!r}")
