from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.observation_input import ObservationInput


T = TypeVar("T", bound="ObserveBody")


@_attrs_define
class ObserveBody:
    """Settles a call that a tool of the outside has left pending.

    With ``token``, the call's own, no other right is needed; the token settles this call, once.

    """

    observation: ObservationInput
    """ What came back from a call. A failure is an observation too: ``error`` is its code, ``text`` says the rest.
    """
    token: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        observation = self.observation.to_dict()

        token = self.token

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "observation": observation,
            }
        )
        if token is not UNSET:
            field_dict["token"] = token

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.observation_input import ObservationInput  # noqa: PLC0415

        d = dict(src_dict)
        observation = ObservationInput.from_dict(d.pop("observation"))

        token = d.pop("token", UNSET)

        observe_body = cls(
            observation=observation,
            token=token,
        )

        return observe_body
