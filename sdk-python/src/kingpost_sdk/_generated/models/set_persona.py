from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="SetPersona")


@_attrs_define
class SetPersona:
    """An agent as data. ``agent`` is the code that decides for it; ``instructions`` go before what a task hands along.

    ``tools`` are patterns that bound what its tasks may use; ``tokens``, ``money`` (micro-units) and ``seconds`` are
    the most that one may spend. ``model``, ``budget`` and ``scopes`` are for tasks that name none themselves.

    """

    description: str
    instructions: str
    name: str
    agent: str | Unset = UNSET
    budget: int | Unset = UNSET
    model: str | Unset = UNSET
    money: int | Unset = UNSET
    scopes: list[str] | Unset = UNSET
    seconds: float | Unset = UNSET
    tokens: int | Unset = UNSET
    tools: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        instructions = self.instructions

        name = self.name

        agent = self.agent

        budget = self.budget

        model = self.model

        money = self.money

        scopes: list[str] | Unset = UNSET
        if not isinstance(self.scopes, Unset):
            scopes = self.scopes

        seconds = self.seconds

        tokens = self.tokens

        tools: list[str] | Unset = UNSET
        if not isinstance(self.tools, Unset):
            tools = self.tools

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "description": description,
                "instructions": instructions,
                "name": name,
            }
        )
        if agent is not UNSET:
            field_dict["agent"] = agent
        if budget is not UNSET:
            field_dict["budget"] = budget
        if model is not UNSET:
            field_dict["model"] = model
        if money is not UNSET:
            field_dict["money"] = money
        if scopes is not UNSET:
            field_dict["scopes"] = scopes
        if seconds is not UNSET:
            field_dict["seconds"] = seconds
        if tokens is not UNSET:
            field_dict["tokens"] = tokens
        if tools is not UNSET:
            field_dict["tools"] = tools

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        description = d.pop("description")

        instructions = d.pop("instructions")

        name = d.pop("name")

        agent = d.pop("agent", UNSET)

        budget = d.pop("budget", UNSET)

        model = d.pop("model", UNSET)

        money = d.pop("money", UNSET)

        scopes = cast(list[str], d.pop("scopes", UNSET))

        seconds = d.pop("seconds", UNSET)

        tokens = d.pop("tokens", UNSET)

        tools = cast(list[str], d.pop("tools", UNSET))

        set_persona = cls(
            description=description,
            instructions=instructions,
            name=name,
            agent=agent,
            budget=budget,
            model=model,
            money=money,
            scopes=scopes,
            seconds=seconds,
            tokens=tokens,
            tools=tools,
        )

        set_persona.additional_properties = d
        return set_persona

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
