from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.answer import Answer
    from ..models.calls import Calls
    from ..models.observation import Observation
    from ..models.unknown_action import UnknownAction


T = TypeVar("T", bound="Turn")


@_attrs_define
class Turn:
    """One decision and what came back, never split from each other.

    ``messages`` came from the user behind this decision, and no decision has seen them before the next one.

    """

    action: Answer | Calls | UnknownAction
    messages: list[str]
    number: int
    observations: list[Observation]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.answer import Answer  # noqa: PLC0415
        from ..models.calls import Calls  # noqa: PLC0415

        action: dict[str, Any]
        if isinstance(self.action, Answer):
            action = self.action.to_dict()
        elif isinstance(self.action, Calls):
            action = self.action.to_dict()
        else:
            action = self.action.to_dict()

        messages = self.messages

        number = self.number

        observations = []
        for observations_item_data in self.observations:
            observations_item = observations_item_data.to_dict()
            observations.append(observations_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "action": action,
                "messages": messages,
                "number": number,
                "observations": observations,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.answer import Answer  # noqa: PLC0415
        from ..models.calls import Calls  # noqa: PLC0415
        from ..models.observation import Observation  # noqa: PLC0415
        from ..models.unknown_action import UnknownAction  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_action(data: object) -> Answer | Calls | UnknownAction:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_action_type_0 = Answer.from_dict(data)

                return componentsschemas_action_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_action_type_1 = Calls.from_dict(data)

                return componentsschemas_action_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_action_type_2 = UnknownAction.from_dict(data)

            return componentsschemas_action_type_2

        action = _parse_action(d.pop("action"))

        messages = cast(list[str], d.pop("messages"))

        number = d.pop("number")

        observations = []
        _observations = d.pop("observations")
        for observations_item_data in _observations:
            observations_item = Observation.from_dict(observations_item_data)

            observations.append(observations_item)

        turn = cls(
            action=action,
            messages=messages,
            number=number,
            observations=observations,
        )

        turn.additional_properties = d
        return turn

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
