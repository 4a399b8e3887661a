from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.memory_input import MemoryInput


T = TypeVar("T", bound="Remember")


@_attrs_define
class Remember:
    """Things to remember.

    An empty id is made from the scope and the text, and from tier and validity where they are given, so that the same
    text is stored once for each.

    """

    memories: list[MemoryInput]
    backend: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        memories = []
        for memories_item_data in self.memories:
            memories_item = memories_item_data.to_dict()
            memories.append(memories_item)

        backend = self.backend

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "memories": memories,
            }
        )
        if backend is not UNSET:
            field_dict["backend"] = backend

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.memory_input import MemoryInput  # noqa: PLC0415

        d = dict(src_dict)
        memories = []
        _memories = d.pop("memories")
        for memories_item_data in _memories:
            memories_item = MemoryInput.from_dict(memories_item_data)

            memories.append(memories_item)

        backend = d.pop("backend", UNSET)

        remember = cls(
            memories=memories,
            backend=backend,
        )

        return remember
