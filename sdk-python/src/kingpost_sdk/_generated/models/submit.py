from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.material import Material


T = TypeVar("T", bound="Submit")


@_attrs_define
class Submit:
    """A task to be queued. What is ``None`` comes from the settings. Paths in ``inputs`` are absolute or from here.

    ``tokens``, ``money`` (micro-units), ``seconds`` (active), ``depth`` and ``fan_out`` bound its whole tree.
    ``deadline`` and ``not_before`` are seconds since the epoch. ``needs`` are capabilities that a worker must have.
    ``material`` is text of somebody outside, which the task sees as data; ``origin`` names where the request came from.

    """

    context: str
    description: str
    inputs: list[str]
    material: list[Material]
    needs: list[str]
    priority: int
    agent: str | Unset = UNSET
    budget: int | Unset = UNSET
    compressor: str | Unset = UNSET
    deadline: float | Unset = UNSET
    depth: int | Unset = UNSET
    fan_out: int | Unset = UNSET
    memory: str | Unset = UNSET
    model: str | Unset = UNSET
    money: int | Unset = UNSET
    not_before: float | Unset = UNSET
    origin: str | Unset = UNSET
    scopes: list[str] | Unset = UNSET
    seconds: float | Unset = UNSET
    thread: str | Unset = UNSET
    tokens: int | Unset = UNSET
    tools: list[str] | Unset = UNSET
    workspace: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        context = self.context

        description = self.description

        inputs = self.inputs

        material = []
        for material_item_data in self.material:
            material_item = material_item_data.to_dict()
            material.append(material_item)

        needs = self.needs

        priority = self.priority

        agent = self.agent

        budget = self.budget

        compressor = self.compressor

        deadline = self.deadline

        depth = self.depth

        fan_out = self.fan_out

        memory = self.memory

        model = self.model

        money = self.money

        not_before = self.not_before

        origin = self.origin

        scopes: list[str] | Unset = UNSET
        if not isinstance(self.scopes, Unset):
            scopes = self.scopes

        seconds = self.seconds

        thread = self.thread

        tokens = self.tokens

        tools: list[str] | Unset = UNSET
        if not isinstance(self.tools, Unset):
            tools = self.tools

        workspace = self.workspace

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "context": context,
                "description": description,
                "inputs": inputs,
                "material": material,
                "needs": needs,
                "priority": priority,
            }
        )
        if agent is not UNSET:
            field_dict["agent"] = agent
        if budget is not UNSET:
            field_dict["budget"] = budget
        if compressor is not UNSET:
            field_dict["compressor"] = compressor
        if deadline is not UNSET:
            field_dict["deadline"] = deadline
        if depth is not UNSET:
            field_dict["depth"] = depth
        if fan_out is not UNSET:
            field_dict["fan_out"] = fan_out
        if memory is not UNSET:
            field_dict["memory"] = memory
        if model is not UNSET:
            field_dict["model"] = model
        if money is not UNSET:
            field_dict["money"] = money
        if not_before is not UNSET:
            field_dict["not_before"] = not_before
        if origin is not UNSET:
            field_dict["origin"] = origin
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
        if workspace is not UNSET:
            field_dict["workspace"] = workspace

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.material import Material  # noqa: PLC0415

        d = dict(src_dict)
        context = d.pop("context")

        description = d.pop("description")

        inputs = cast(list[str], d.pop("inputs"))

        material = []
        _material = d.pop("material")
        for material_item_data in _material:
            material_item = Material.from_dict(material_item_data)

            material.append(material_item)

        needs = cast(list[str], d.pop("needs"))

        priority = d.pop("priority")

        agent = d.pop("agent", UNSET)

        budget = d.pop("budget", UNSET)

        compressor = d.pop("compressor", UNSET)

        deadline = d.pop("deadline", UNSET)

        depth = d.pop("depth", UNSET)

        fan_out = d.pop("fan_out", UNSET)

        memory = d.pop("memory", UNSET)

        model = d.pop("model", UNSET)

        money = d.pop("money", UNSET)

        not_before = d.pop("not_before", UNSET)

        origin = d.pop("origin", UNSET)

        scopes = cast(list[str], d.pop("scopes", UNSET))

        seconds = d.pop("seconds", UNSET)

        thread = d.pop("thread", UNSET)

        tokens = d.pop("tokens", UNSET)

        tools = cast(list[str], d.pop("tools", UNSET))

        workspace = d.pop("workspace", UNSET)

        submit = cls(
            context=context,
            description=description,
            inputs=inputs,
            material=material,
            needs=needs,
            priority=priority,
            agent=agent,
            budget=budget,
            compressor=compressor,
            deadline=deadline,
            depth=depth,
            fan_out=fan_out,
            memory=memory,
            model=model,
            money=money,
            not_before=not_before,
            origin=origin,
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
