"""What every frozen record of the kernel is: a struct of msgspec that passes for a dataclass.

Below all other nouns. A class of the standard library's frozen dataclasses is written as source and compiled while it
is imported, a millisecond each, and sets its fields one call at a time. A struct is made in C, both ways. Whoever asks
by the means of ``dataclasses`` (pydantic, ``fields``, ``replace``, a plugin) gets the answers that they expect.
"""

from __future__ import annotations

import dataclasses
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

from msgspec import NODEFAULT, Struct, field, structs

__all__ = ["Record", "field", "replace"]

R = TypeVar("R", bound="Record | Struct")

_Pattern: Any = dataclasses.make_dataclass("_Pattern", ["any"], frozen=True)
_PATTERN: dataclasses.Field[Any] = dataclasses.fields(_Pattern)[0]


class _Fields:
    """``__dataclass_fields__``, put into its place when it is first asked for."""

    def __get__(self, _: Struct | None, owner: type[Any]) -> dict[str, dataclasses.Field[Any]]:
        made = owner.__dataclass_fields__ = {one.name: _as_dataclass(one) for one in structs.fields(owner)}
        return made


def _as_dataclass(one: structs.FieldInfo) -> dataclasses.Field[Any]:
    made = copy(_PATTERN)
    made.name, made.type, made.kw_only = one.name, one.type, True
    made.default = dataclasses.MISSING if one.default is NODEFAULT else one.default
    made.default_factory = dataclasses.MISSING if one.default_factory is NODEFAULT else one.default_factory
    return made


if TYPE_CHECKING:
    # With the class of msgspec a checker would have every class below say again that it is frozen.
    @dataclass_transform(frozen_default=True, field_specifiers=(field,))
    class _Struct:
        __struct_fields__: ClassVar[tuple[str, ...]]

        def __init_subclass__(
            cls,
            *,
            frozen: bool = True,
            kw_only: bool = False,
            forbid_unknown_fields: bool = True,
            omit_defaults: bool = False,
        ) -> None: ...

else:
    _Struct = Struct


class Record(_Struct, frozen=True, forbid_unknown_fields=True):
    """A value that never changes: equal to another of its class with equal fields, and hashed by them.

    ``class Note(Record, kw_only=True): text: str; tags: tuple[str, ...] = ()``. Defaults that can change are given by
    ``field(default_factory=...)``; ``replace`` makes a copy in which some fields differ.
    """

    __dataclass_fields__: ClassVar[Any] = _Fields()
    __dataclass_params__: ClassVar[Any] = _Pattern.__dataclass_params__

    def __init_subclass__(cls, **_: Any) -> None:
        """It has fields of its own, even where those of the class above are known already."""
        type.__setattr__(cls, "__dataclass_fields__", _Fields())


def replace(record: R, /, **changes: Any) -> R:
    """A copy in which these fields differ.

    Raises:
        TypeError: there is no such field.
    """
    return structs.replace(record, **changes)  # type: ignore[type-var]  # all of them are structs


_blank: dict[type[Any], Any] = {}


def _without_values(cls: type[Any], *_: Any, **__: Any) -> Any:
    """An instance whose fields are set next, as pydantic makes what it has validated; a call never comes here."""
    if (blank := _blank.get(cls)) is None:
        blank = _blank[cls] = cls(**dict.fromkeys(cls.__struct_fields__))
    return blank.__copy__()


Record.__new__ = _without_values  # type: ignore[method-assign]  # the body of a struct may not define it
