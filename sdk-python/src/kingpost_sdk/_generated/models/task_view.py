from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.status_type_0 import StatusType0, check_status_type_0
from ..types import UNSET, Unset

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
    granted: list[int | None]
    id: str
    retries: int
    root: str
    spent: list[int]
    status: StatusType0 | str
    """ Where a task stands. The last three are final. """
    tenant: str
    turns: int
    updated: float
    usage: Usage
    """ What one turn cost, as the model's server reports it; ``None`` where it reports nothing.

    Tokens are the model's own. ``money`` is in micro-units, ``prices`` names where the price comes from. """
    waits: TaskViewWaits
    fork_of: str | Unset = UNSET
    model: str | Unset = UNSET
    not_before: float | Unset = UNSET
    origin: str | Unset = UNSET
    outcome: Outcome | Unset = UNSET
    """ How a task ended. ``reason`` is set when it failed or was cancelled; ``error`` is a code of ``errors``. """
    parent: str | Unset = UNSET
    replay_of: str | Unset = UNSET
    schedule: str | Unset = UNSET
    thread: str | Unset = UNSET
    worker: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        agent = self.agent

        attempt = self.attempt

        cancel_requested = self.cancel_requested

        created = self.created

        description = self.description

        granted = []
        for granted_item_data in self.granted:
            granted_item: int | None
            granted_item = granted_item_data
            granted.append(granted_item)

        id = self.id

        retries = self.retries

        root = self.root

        spent = self.spent

        status: str
        if isinstance(self.status, str):
            status = self.status
        else:
            status = self.status

        tenant = self.tenant

        turns = self.turns

        updated = self.updated

        usage = self.usage.to_dict()

        waits = self.waits.to_dict()

        fork_of = self.fork_of

        model = self.model

        not_before = self.not_before

        origin = self.origin

        outcome: dict[str, Any] | Unset = UNSET
        if not isinstance(self.outcome, Unset):
            outcome = self.outcome.to_dict()

        parent = self.parent

        replay_of = self.replay_of

        schedule = self.schedule

        thread = self.thread

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
                "granted": granted,
                "id": id,
                "retries": retries,
                "root": root,
                "spent": spent,
                "status": status,
                "tenant": tenant,
                "turns": turns,
                "updated": updated,
                "usage": usage,
                "waits": waits,
            }
        )
        if fork_of is not UNSET:
            field_dict["fork_of"] = fork_of
        if model is not UNSET:
            field_dict["model"] = model
        if not_before is not UNSET:
            field_dict["not_before"] = not_before
        if origin is not UNSET:
            field_dict["origin"] = origin
        if outcome is not UNSET:
            field_dict["outcome"] = outcome
        if parent is not UNSET:
            field_dict["parent"] = parent
        if replay_of is not UNSET:
            field_dict["replay_of"] = replay_of
        if schedule is not UNSET:
            field_dict["schedule"] = schedule
        if thread is not UNSET:
            field_dict["thread"] = thread
        if worker is not UNSET:
            field_dict["worker"] = worker

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

        retries = d.pop("retries")

        root = d.pop("root")

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

        turns = d.pop("turns")

        updated = d.pop("updated")

        usage = Usage.from_dict(d.pop("usage"))

        waits = TaskViewWaits.from_dict(d.pop("waits"))

        fork_of = d.pop("fork_of", UNSET)

        model = d.pop("model", UNSET)

        not_before = d.pop("not_before", UNSET)

        origin = d.pop("origin", UNSET)

        _outcome = d.pop("outcome", UNSET)
        outcome: Outcome | Unset
        if isinstance(_outcome, Unset):
            outcome = UNSET
        else:
            outcome = Outcome.from_dict(_outcome)

        parent = d.pop("parent", UNSET)

        replay_of = d.pop("replay_of", UNSET)

        schedule = d.pop("schedule", UNSET)

        thread = d.pop("thread", UNSET)

        worker = d.pop("worker", UNSET)

        task_view = cls(
            agent=agent,
            attempt=attempt,
            cancel_requested=cancel_requested,
            created=created,
            description=description,
            granted=granted,
            id=id,
            retries=retries,
            root=root,
            spent=spent,
            status=status,
            tenant=tenant,
            turns=turns,
            updated=updated,
            usage=usage,
            waits=waits,
            fork_of=fork_of,
            model=model,
            not_before=not_before,
            origin=origin,
            outcome=outcome,
            parent=parent,
            replay_of=replay_of,
            schedule=schedule,
            thread=thread,
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
