from typing import Literal

MemoryOriginType0 = Literal["agent", "import", "recalled", "tool", "user"]

MEMORY_ORIGIN_TYPE_0_VALUES: set[MemoryOriginType0] = {
    "agent",
    "import",
    "recalled",
    "tool",
    "user",
}


def check_memory_origin_type_0(value: str) -> MemoryOriginType0:
    if value in MEMORY_ORIGIN_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MEMORY_ORIGIN_TYPE_0_VALUES!r}")
