from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Submit")


@_attrs_define
class Submit:
    """A task to be queued. What is ``None`` comes from the settings. Paths in ``inputs`` are absolute or from here.

    ``tokens``, ``money`` (micro-units), ``seconds`` (active), ``depth`` and ``fan_out`` bound its whole tree.
    ``deadline`` and ``not_before`` are seconds since the epoch. ``needs`` are capabilities that a worker must have.

    """

    agent: str
    budget: int
    compressor: str
    context: str
    deadline: float
    depth: int
    description: str
    fan_out: int
    inputs: list[str]
    memory: str
    model: str
    money: int
    needs: list[str]
    not_before: float
    priority: int
    scopes: list[str]
    seconds: float
    thread: str
    tokens: int
    tools: list[str]
    workspace: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        agent = self.agent

        budget = self.budget

        compressor = self.compressor

        context = self.context

        deadline = self.deadline

        depth = self.depth

        description = self.description

        fan_out = self.fan_out

        inputs = self.inputs

        memory = self.memory

        model = self.model

        money = self.money

        needs = self.needs

        not_before = self.not_before

        priority = self.priority

        scopes = self.scopes

        seconds = self.seconds

        thread = self.thread

        tokens = self.tokens

        tools = self.tools

        workspace = self.workspace

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "agent": agent,
                "budget": budget,
                "compressor": compressor,
                "context": context,
                "deadline": deadline,
                "depth": depth,
                "description": description,
                "fan_out": fan_out,
                "inputs": inputs,
                "memory": memory,
                "model": model,
                "money": money,
                "needs": needs,
                "not_before": not_before,
                "priority": priority,
                "scopes": scopes,
                "seconds": seconds,
                "thread": thread,
                "tokens": tokens,
                "tools": tools,
                "workspace": workspace,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        agent = d.pop("agent")

        budget = d.pop("budget")

        compressor = d.pop("compressor")

        context = d.pop("context")

        deadline = d.pop("deadline")

        depth = d.pop("depth")

        description = d.pop("description")

        fan_out = d.pop("fan_out")

        inputs = cast(list[str], d.pop("inputs"))

        memory = d.pop("memory")

        model = d.pop("model")

        money = d.pop("money")

        needs = cast(list[str], d.pop("needs"))

        not_before = d.pop("not_before")

        priority = d.pop("priority")

        scopes = cast(list[str], d.pop("scopes"))

        seconds = d.pop("seconds")

        thread = d.pop("thread")

        tokens = d.pop("tokens")

        tools = cast(list[str], d.pop("tools"))

        workspace = d.pop("workspace")

        submit = cls(
            agent=agent,
            budget=budget,
            compressor=compressor,
            context=context,
            deadline=deadline,
            depth=depth,
            description=description,
            fan_out=fan_out,
            inputs=inputs,
            memory=memory,
            model=model,
            money=money,
            needs=needs,
            not_before=not_before,
            priority=priority,
            scopes=scopes,
            seconds=seconds,
            thread=thread,
            tokens=tokens,
            tools=tools,
            workspace=workspace,
        )

        submit.additional_properties = d
        return submit

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
