from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="SetPersonaBody")


@_attrs_define
class SetPersonaBody:
    """An agent as data. ``agent`` is the code that decides for it; ``instructions`` go before what a task hands along.

    ``tools`` are patterns that bound what its tasks may use; ``tokens``, ``money`` (micro-units) and ``seconds`` are
    the most that one may spend. ``model``, ``budget`` and ``scopes`` are for tasks that name none themselves.

    """

    agent: str | Unset = UNSET
    budget: int | Unset = UNSET
    description: str | Unset = UNSET
    instructions: str | Unset = UNSET
    model: str | Unset = UNSET
    money: int | Unset = UNSET
    scopes: list[str] | Unset = UNSET
    seconds: float | Unset = UNSET
    tokens: int | Unset = UNSET
    tools: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        agent = self.agent

        budget = self.budget

        description = self.description

        instructions = self.instructions

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

        field_dict.update({})
        if agent is not UNSET:
            field_dict["agent"] = agent
        if budget is not UNSET:
            field_dict["budget"] = budget
        if description is not UNSET:
            field_dict["description"] = description
        if instructions is not UNSET:
            field_dict["instructions"] = instructions
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
        agent = d.pop("agent", UNSET)

        budget = d.pop("budget", UNSET)

        description = d.pop("description", UNSET)

        instructions = d.pop("instructions", UNSET)

        model = d.pop("model", UNSET)

        money = d.pop("money", UNSET)

        scopes = cast(list[str], d.pop("scopes", UNSET))

        seconds = d.pop("seconds", UNSET)

        tokens = d.pop("tokens", UNSET)

        tools = cast(list[str], d.pop("tools", UNSET))

        set_persona_body = cls(
            agent=agent,
            budget=budget,
            description=description,
            instructions=instructions,
            model=model,
            money=money,
            scopes=scopes,
            seconds=seconds,
            tokens=tokens,
            tools=tools,
        )

        return set_persona_body
