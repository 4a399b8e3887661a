from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.rule_input_where import RuleInputWhere


T = TypeVar("T", bound="RuleInput")


@_attrs_define
class RuleInput:
    """Turns deliveries into work. The first rule of a source that fits decides.

    ``events`` are patterns (``pull_request.*``) and ``where`` maps paths in the payload to patterns of values; all of
    them must fit. ``description`` is a template: ``{pull_request.number}`` is replaced by what stands there, on one
    line, bounded and quoted. The body itself is handed along as text from outside. ``tools`` and ``scopes`` are those
    that the task may use; a source is somebody outside, so both are none unless they are named.

    """

    description: str
    agent: str | Unset = UNSET
    budget: int | Unset = UNSET
    depth: int | Unset = UNSET
    events: list[str] | Unset = UNSET
    fan_out: int | Unset = UNSET
    model: str | Unset = UNSET
    money: int | Unset = UNSET
    payload: bool | Unset = UNSET
    priority: int | Unset = UNSET
    scopes: list[str] | Unset = UNSET
    seconds: float | Unset = UNSET
    thread: str | Unset = UNSET
    tokens: int | Unset = UNSET
    tools: list[str] | Unset = UNSET
    where: RuleInputWhere | Unset = UNSET
    workspace: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        agent = self.agent

        budget = self.budget

        depth = self.depth

        events: list[str] | Unset = UNSET
        if not isinstance(self.events, Unset):
            events = self.events

        fan_out = self.fan_out

        model = self.model

        money = self.money

        payload = self.payload

        priority = self.priority

        scopes: list[str] | Unset = UNSET
        if not isinstance(self.scopes, Unset):
            scopes = self.scopes

        seconds = self.seconds

        thread = self.thread

        tokens = self.tokens

        tools: list[str] | Unset = UNSET
        if not isinstance(self.tools, Unset):
            tools = self.tools

        where: dict[str, Any] | Unset = UNSET
        if not isinstance(self.where, Unset):
            where = self.where.to_dict()

        workspace = self.workspace

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "description": description,
            }
        )
        if agent is not UNSET:
            field_dict["agent"] = agent
        if budget is not UNSET:
            field_dict["budget"] = budget
        if depth is not UNSET:
            field_dict["depth"] = depth
        if events is not UNSET:
            field_dict["events"] = events
        if fan_out is not UNSET:
            field_dict["fan_out"] = fan_out
        if model is not UNSET:
            field_dict["model"] = model
        if money is not UNSET:
            field_dict["money"] = money
        if payload is not UNSET:
            field_dict["payload"] = payload
        if priority is not UNSET:
            field_dict["priority"] = priority
        if scopes is not UNSET:
            field_dict["scopes"] = scopes
        if seconds is not UNSET:
            field_dict["seconds"] = seconds
        if thread is not UNSET:
            field_dict["thread"] = thread
        if tokens is not UNSET:
            field_dict["tokens"] = tokens
        if tools is not UNSET:
            field_dict["tools"] = tools
        if where is not UNSET:
            field_dict["where"] = where
        if workspace is not UNSET:
            field_dict["workspace"] = workspace

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rule_input_where import RuleInputWhere  # noqa: PLC0415

        d = dict(src_dict)
        description = d.pop("description")

        agent = d.pop("agent", UNSET)

        budget = d.pop("budget", UNSET)

        depth = d.pop("depth", UNSET)

        events = cast(list[str], d.pop("events", UNSET))

        fan_out = d.pop("fan_out", UNSET)

        model = d.pop("model", UNSET)

        money = d.pop("money", UNSET)

        payload = d.pop("payload", UNSET)

        priority = d.pop("priority", UNSET)

        scopes = cast(list[str], d.pop("scopes", UNSET))

        seconds = d.pop("seconds", UNSET)

        thread = d.pop("thread", UNSET)

        tokens = d.pop("tokens", UNSET)

        tools = cast(list[str], d.pop("tools", UNSET))

        _where = d.pop("where", UNSET)
        where: RuleInputWhere | Unset
        if isinstance(_where, Unset):
            where = UNSET
        else:
            where = RuleInputWhere.from_dict(_where)

        workspace = d.pop("workspace", UNSET)

        rule_input = cls(
            description=description,
            agent=agent,
            budget=budget,
            depth=depth,
            events=events,
            fan_out=fan_out,
            model=model,
            money=money,
            payload=payload,
            priority=priority,
            scopes=scopes,
            seconds=seconds,
            thread=thread,
            tokens=tokens,
            tools=tools,
            where=where,
            workspace=workspace,
        )

        return rule_input
