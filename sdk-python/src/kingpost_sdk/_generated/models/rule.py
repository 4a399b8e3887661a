from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.rule_where import RuleWhere


T = TypeVar("T", bound="Rule")


@_attrs_define
class Rule:
    """Turns deliveries into work. The first rule of a source that fits decides.

    ``events`` are patterns (``pull_request.*``) and ``where`` maps paths in the payload to patterns of values; all of
    them must fit. ``description`` is a template: ``{pull_request.number}`` is replaced by what stands there, on one
    line, bounded and quoted. The body itself is handed along as text from outside. ``tools`` and ``scopes`` are those
    that the task may use; a source is somebody outside, so both are none unless they are named.

    """

    depth: int
    description: str
    events: list[str]
    payload: bool
    priority: int
    scopes: list[str]
    tools: list[str]
    where: RuleWhere
    agent: str | Unset = UNSET
    budget: int | Unset = UNSET
    fan_out: int | Unset = UNSET
    model: str | Unset = UNSET
    money: int | Unset = UNSET
    seconds: float | Unset = UNSET
    thread: str | Unset = UNSET
    tokens: int | Unset = UNSET
    workspace: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        depth = self.depth

        description = self.description

        events = self.events

        payload = self.payload

        priority = self.priority

        scopes = self.scopes

        tools = self.tools

        where = self.where.to_dict()

        agent = self.agent

        budget = self.budget

        fan_out = self.fan_out

        model = self.model

        money = self.money

        seconds = self.seconds

        thread = self.thread

        tokens = self.tokens

        workspace = self.workspace

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "depth": depth,
                "description": description,
                "events": events,
                "payload": payload,
                "priority": priority,
                "scopes": scopes,
                "tools": tools,
                "where": where,
            }
        )
        if agent is not UNSET:
            field_dict["agent"] = agent
        if budget is not UNSET:
            field_dict["budget"] = budget
        if fan_out is not UNSET:
            field_dict["fan_out"] = fan_out
        if model is not UNSET:
            field_dict["model"] = model
        if money is not UNSET:
            field_dict["money"] = money
        if seconds is not UNSET:
            field_dict["seconds"] = seconds
        if thread is not UNSET:
            field_dict["thread"] = thread
        if tokens is not UNSET:
            field_dict["tokens"] = tokens
        if workspace is not UNSET:
            field_dict["workspace"] = workspace

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rule_where import RuleWhere  # noqa: PLC0415

        d = dict(src_dict)
        depth = d.pop("depth")

        description = d.pop("description")

        events = cast(list[str], d.pop("events"))

        payload = d.pop("payload")

        priority = d.pop("priority")

        scopes = cast(list[str], d.pop("scopes"))

        tools = cast(list[str], d.pop("tools"))

        where = RuleWhere.from_dict(d.pop("where"))

        agent = d.pop("agent", UNSET)

        budget = d.pop("budget", UNSET)

        fan_out = d.pop("fan_out", UNSET)

        model = d.pop("model", UNSET)

        money = d.pop("money", UNSET)

        seconds = d.pop("seconds", UNSET)

        thread = d.pop("thread", UNSET)

        tokens = d.pop("tokens", UNSET)

        workspace = d.pop("workspace", UNSET)

        rule = cls(
            depth=depth,
            description=description,
            events=events,
            payload=payload,
            priority=priority,
            scopes=scopes,
            tools=tools,
            where=where,
            agent=agent,
            budget=budget,
            fan_out=fan_out,
            model=model,
            money=money,
            seconds=seconds,
            thread=thread,
            tokens=tokens,
            workspace=workspace,
        )

        return rule
