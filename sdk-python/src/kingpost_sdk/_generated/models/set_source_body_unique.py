from typing import Literal

SetSourceBodyUnique = Literal["body", "id"]

SET_SOURCE_BODY_UNIQUE_VALUES: set[SetSourceBodyUnique] = {
    "body",
    "id",
}


def check_set_source_body_unique(value: str) -> SetSourceBodyUnique:
    if value in SET_SOURCE_BODY_UNIQUE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SET_SOURCE_BODY_UNIQUE_VALUES!r}")
