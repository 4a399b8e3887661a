from typing import Literal

MemoryInputOrigin = Literal["agent", "import", "recalled", "tool", "user"]

MEMORY_INPUT_ORIGIN_VALUES: set[MemoryInputOrigin] = {
    "agent",
    "import",
    "recalled",
    "tool",
    "user",
}


def check_memory_input_origin(value: str) -> MemoryInputOrigin:
    if value in MEMORY_INPUT_ORIGIN_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MEMORY_INPUT_ORIGIN_VALUES!r}")
