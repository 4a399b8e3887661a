from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ForkBody")


@_attrs_define
class ForkBody:
    """Begins a new task with the turns of another one up to ``turn`` (``None``: all); what is named here is changed."""

    agent: str | Unset = UNSET
    budget: int | Unset = UNSET
    context: str | Unset = UNSET
    description: str | Unset = UNSET
    model: str | Unset = UNSET
    tokens: int | Unset = UNSET
    turn: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        agent = self.agent

        budget = self.budget

        context = self.context

        description = self.description

        model = self.model

        tokens = self.tokens

        turn = self.turn

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if agent is not UNSET:
            field_dict["agent"] = agent
        if budget is not UNSET:
            field_dict["budget"] = budget
        if context is not UNSET:
            field_dict["context"] = context
        if description is not UNSET:
            field_dict["description"] = description
        if model is not UNSET:
            field_dict["model"] = model
        if tokens is not UNSET:
            field_dict["tokens"] = tokens
        if turn is not UNSET:
            field_dict["turn"] = turn

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        agent = d.pop("agent", UNSET)

        budget = d.pop("budget", UNSET)

        context = d.pop("context", UNSET)

        description = d.pop("description", UNSET)

        model = d.pop("model", UNSET)

        tokens = d.pop("tokens", UNSET)

        turn = d.pop("turn", UNSET)

        fork_body = cls(
            agent=agent,
            budget=budget,
            context=context,
            description=description,
            model=model,
            tokens=tokens,
            turn=turn,
        )

        return fork_body
