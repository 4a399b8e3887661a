from typing import Literal

MemoryInputKind = Literal["source", "text"]

MEMORY_INPUT_KIND_VALUES: set[MemoryInputKind] = {
    "source",
    "text",
}


def check_memory_input_kind(value: str) -> MemoryInputKind:
    if value in MEMORY_INPUT_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MEMORY_INPUT_KIND_VALUES!r}")
