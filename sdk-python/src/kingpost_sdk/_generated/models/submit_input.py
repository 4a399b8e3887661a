from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.material_input import MaterialInput


T = TypeVar("T", bound="SubmitInput")


@_attrs_define
class SubmitInput:
    """A task to be queued. What is ``None`` comes from the settings. Paths in ``inputs`` are absolute or from here.

    ``tokens``, ``money`` (micro-units), ``seconds`` (active), ``depth`` and ``fan_out`` bound its whole tree.
    ``deadline`` and ``not_before`` are seconds since the epoch. ``needs`` are capabilities that a worker must have.
    ``material`` is text of somebody outside, which the task sees as data; ``origin`` names where the request came from.

    """

    description: str
    agent: str | Unset = UNSET
    budget: int | Unset = UNSET
    compressor: str | Unset = UNSET
    context: str | Unset = UNSET
    deadline: float | Unset = UNSET
    depth: int | Unset = UNSET
    fan_out: int | Unset = UNSET
    inputs: list[str] | Unset = UNSET
    material: list[MaterialInput] | Unset = UNSET
    memory: str | Unset = UNSET
    model: str | Unset = UNSET
    money: int | Unset = UNSET
    needs: list[str] | Unset = UNSET
    not_before: float | Unset = UNSET
    origin: str | Unset = UNSET
    priority: int | Unset = UNSET
    scopes: list[str] | Unset = UNSET
    seconds: float | Unset = UNSET
    thread: str | Unset = UNSET
    tokens: int | Unset = UNSET
    tools: list[str] | Unset = UNSET
    workspace: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        agent = self.agent

        budget = self.budget

        compressor = self.compressor

        context = self.context

        deadline = self.deadline

        depth = self.depth

        fan_out = self.fan_out

        inputs: list[str] | Unset = UNSET
        if not isinstance(self.inputs, Unset):
            inputs = self.inputs

        material: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.material, Unset):
            material = []
            for material_item_data in self.material:
                material_item = material_item_data.to_dict()
                material.append(material_item)

        memory = self.memory

        model = self.model

        money = self.money

        needs: list[str] | Unset = UNSET
        if not isinstance(self.needs, Unset):
            needs = self.needs

        not_before = self.not_before

        origin = self.origin

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
        if compressor is not UNSET:
            field_dict["compressor"] = compressor
        if context is not UNSET:
            field_dict["context"] = context
        if deadline is not UNSET:
            field_dict["deadline"] = deadline
        if depth is not UNSET:
            field_dict["depth"] = depth
        if fan_out is not UNSET:
            field_dict["fan_out"] = fan_out
        if inputs is not UNSET:
            field_dict["inputs"] = inputs
        if material is not UNSET:
            field_dict["material"] = material
        if memory is not UNSET:
            field_dict["memory"] = memory
        if model is not UNSET:
            field_dict["model"] = model
        if money is not UNSET:
            field_dict["money"] = money
        if needs is not UNSET:
            field_dict["needs"] = needs
        if not_before is not UNSET:
            field_dict["not_before"] = not_before
        if origin is not UNSET:
            field_dict["origin"] = origin
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
        if workspace is not UNSET:
            field_dict["workspace"] = workspace

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.material_input import MaterialInput  # noqa: PLC0415

        d = dict(src_dict)
        description = d.pop("description")

        agent = d.pop("agent", UNSET)

        budget = d.pop("budget", UNSET)

        compressor = d.pop("compressor", UNSET)

        context = d.pop("context", UNSET)

        deadline = d.pop("deadline", UNSET)

        depth = d.pop("depth", UNSET)

        fan_out = d.pop("fan_out", UNSET)

        inputs = cast(list[str], d.pop("inputs", UNSET))

        _material = d.pop("material", UNSET)
        material: list[MaterialInput] | Unset = UNSET
        if _material is not UNSET:
            material = []
            for material_item_data in _material:
                material_item = MaterialInput.from_dict(material_item_data)

                material.append(material_item)

        memory = d.pop("memory", UNSET)

        model = d.pop("model", UNSET)

        money = d.pop("money", UNSET)

        needs = cast(list[str], d.pop("needs", UNSET))

        not_before = d.pop("not_before", UNSET)

        origin = d.pop("origin", UNSET)

        priority = d.pop("priority", UNSET)

        scopes = cast(list[str], d.pop("scopes", UNSET))

        seconds = d.pop("seconds", UNSET)

        thread = d.pop("thread", UNSET)

        tokens = d.pop("tokens", UNSET)

        tools = cast(list[str], d.pop("tools", UNSET))

        workspace = d.pop("workspace", UNSET)

        submit_input = cls(
            description=description,
            agent=agent,
            budget=budget,
            compressor=compressor,
            context=context,
            deadline=deadline,
            depth=depth,
            fan_out=fan_out,
            inputs=inputs,
            material=material,
            memory=memory,
            model=model,
            money=money,
            needs=needs,
            not_before=not_before,
            origin=origin,
            priority=priority,
            scopes=scopes,
            seconds=seconds,
            thread=thread,
            tokens=tokens,
            tools=tools,
            workspace=workspace,
        )

        return submit_input
