from typing import Literal

SelectionKind = Literal["source", "text"]

SELECTION_KIND_VALUES: set[SelectionKind] = {
    "source",
    "text",
}


def check_selection_kind(value: str) -> SelectionKind:
    if value in SELECTION_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SELECTION_KIND_VALUES!r}")
