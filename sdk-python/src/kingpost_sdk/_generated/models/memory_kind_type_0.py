from typing import Literal

MemoryKindType0 = Literal["source", "text"]

MEMORY_KIND_TYPE_0_VALUES: set[MemoryKindType0] = {
    "source",
    "text",
}


def check_memory_kind_type_0(value: str) -> MemoryKindType0:
    if value in MEMORY_KIND_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MEMORY_KIND_TYPE_0_VALUES!r}")
