from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.submit_input import SubmitInput


T = TypeVar("T", bound="SetScheduleBody")


@_attrs_define
class SetScheduleBody:
    """Submits ``request`` by a cron expression, or every so many seconds; an ``id`` that exists is changed.

    ``zone`` is an IANA time zone, in which the expression is read.

    """

    request: SubmitInput
    """ A task to be queued. What is ``None`` comes from the settings. Paths in ``inputs`` are absolute or from
    here.

    ``tokens``, ``money`` (micro-units), ``seconds`` (active), ``depth`` and ``fan_out`` bound its whole tree.
    ``deadline`` and ``not_before`` are seconds since the epoch. ``needs`` are capabilities that a worker must have.
    ``material`` is text of somebody outside, which the task sees as data; ``origin`` names where the request came
    from. """
    cron: str | Unset = UNSET
    every: float | Unset = UNSET
    paused: bool | Unset = UNSET
    zone: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        request = self.request.to_dict()

        cron = self.cron

        every = self.every

        paused = self.paused

        zone = self.zone

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "request": request,
            }
        )
        if cron is not UNSET:
            field_dict["cron"] = cron
        if every is not UNSET:
            field_dict["every"] = every
        if paused is not UNSET:
            field_dict["paused"] = paused
        if zone is not UNSET:
            field_dict["zone"] = zone

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.submit_input import SubmitInput  # noqa: PLC0415

        d = dict(src_dict)
        request = SubmitInput.from_dict(d.pop("request"))

        cron = d.pop("cron", UNSET)

        every = d.pop("every", UNSET)

        paused = d.pop("paused", UNSET)

        zone = d.pop("zone", UNSET)

        set_schedule_body = cls(
            request=request,
            cron=cron,
            every=every,
            paused=paused,
            zone=zone,
        )

        return set_schedule_body
