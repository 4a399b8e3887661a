from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.status_type_0 import StatusType0, check_status_type_0

if TYPE_CHECKING:
    from ..models.outcome import Outcome
    from ..models.task_view_waits import TaskViewWaits
    from ..models.usage import Usage


T = TypeVar("T", bound="TaskView")


@_attrs_define
class TaskView:
    """A task as it stands. Times are seconds since the epoch; tokens are those that the models reported.

    ``spent`` is what its tree has cost so far and ``granted`` its bound: tokens, money in micro-units, active
    milliseconds. ``waits`` maps the calls that it waits for to what they wait for.

    """

    agent: str
    attempt: int
    cancel_requested: bool
    created: float
    description: str
    fork_of: str
    granted: list[int | None]
    id: str
    model: str
    not_before: float
    outcome: Outcome
    """ How a task ended. ``reason`` is set when it failed or was cancelled; ``error`` is a code of ``errors``. """
    parent: str
    replay_of: str
    retries: int
    root: str
    schedule: str
    spent: list[int]
    status: StatusType0 | str
    """ Where a task stands. The last three are final. """
    tenant: str
    thread: str
    turns: int
    updated: float
    usage: Usage
    """ What one turn cost, as the model's server reports it; ``None`` where it reports nothing.

    Tokens are the model's own. ``money`` is in micro-units, ``prices`` names where the price comes from. """
    waits: TaskViewWaits
    worker: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        agent = self.agent

        attempt = self.attempt

        cancel_requested = self.cancel_requested

        created = self.created

        description = self.description

        fork_of = self.fork_of

        granted = []
        for granted_item_data in self.granted:
            granted_item: int | None
            granted_item = granted_item_data
            granted.append(granted_item)

        id = self.id

        model = self.model

        not_before = self.not_before

        outcome = self.outcome.to_dict()

        parent = self.parent

        replay_of = self.replay_of

        retries = self.retries

        root = self.root

        schedule = self.schedule

        spent = self.spent

        status: str
        if isinstance(self.status, str):
            status = self.status
        else:
            status = self.status

        tenant = self.tenant

        thread = self.thread

        turns = self.turns

        updated = self.updated

        usage = self.usage.to_dict()

        waits = self.waits.to_dict()

        worker = self.worker

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "agent": agent,
                "attempt": attempt,
                "cancel_requested": cancel_requested,
                "created": created,
                "description": description,
                "fork_of": fork_of,
                "granted": granted,
                "id": id,
                "model": model,
                "not_before": not_before,
                "outcome": outcome,
                "parent": parent,
                "replay_of": replay_of,
                "retries": retries,
                "root": root,
                "schedule": schedule,
                "spent": spent,
                "status": status,
                "tenant": tenant,
                "thread": thread,
                "turns": turns,
                "updated": updated,
                "usage": usage,
                "waits": waits,
                "worker": worker,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.outcome import Outcome  # noqa: PLC0415
        from ..models.task_view_waits import TaskViewWaits  # noqa: PLC0415
        from ..models.usage import Usage  # noqa: PLC0415

        d = dict(src_dict)
        agent = d.pop("agent")

        attempt = d.pop("attempt")

        cancel_requested = d.pop("cancel_requested")

        created = d.pop("created")

        description = d.pop("description")

        fork_of = d.pop("fork_of")

        granted = []
        _granted = d.pop("granted")
        for granted_item_data in _granted:

            def _parse_granted_item(data: object) -> int | None:
                if data is None:
                    return data
                return cast(int | None, data)

            granted_item = _parse_granted_item(granted_item_data)

            granted.append(granted_item)

        id = d.pop("id")

        model = d.pop("model")

        not_before = d.pop("not_before")

        outcome = Outcome.from_dict(d.pop("outcome"))

        parent = d.pop("parent")

        replay_of = d.pop("replay_of")

        retries = d.pop("retries")

        root = d.pop("root")

        schedule = d.pop("schedule")

        spent = cast(list[int], d.pop("spent"))

        def _parse_status(data: object) -> StatusType0 | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_status_type_0 = check_status_type_0(data)

                return componentsschemas_status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(StatusType0 | str, data)

        status = _parse_status(d.pop("status"))

        tenant = d.pop("tenant")

        thread = d.pop("thread")

        turns = d.pop("turns")

        updated = d.pop("updated")

        usage = Usage.from_dict(d.pop("usage"))

        waits = TaskViewWaits.from_dict(d.pop("waits"))

        worker = d.pop("worker")

        task_view = cls(
            agent=agent,
            attempt=attempt,
            cancel_requested=cancel_requested,
            created=created,
            description=description,
            fork_of=fork_of,
            granted=granted,
            id=id,
            model=model,
            not_before=not_before,
            outcome=outcome,
            parent=parent,
            replay_of=replay_of,
            retries=retries,
            root=root,
            schedule=schedule,
            spent=spent,
            status=status,
            tenant=tenant,
            thread=thread,
            turns=turns,
            updated=updated,
            usage=usage,
            waits=waits,
            worker=worker,
        )

        task_view.additional_properties = d
        return task_view

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
