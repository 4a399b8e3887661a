from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.reply_body_arguments import ReplyBodyArguments


T = TypeVar("T", bound="ReplyBody")


@_attrs_define
class ReplyBody:
    """Answers what a task asks of a human: ``text`` for a question, ``allow`` for an approval.

    An approval may put other ``arguments`` in the place of the call's. A refusal says why in ``text``.

    """

    allow: bool | Unset = UNSET
    arguments: ReplyBodyArguments | Unset = UNSET
    text: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        allow = self.allow

        arguments: dict[str, Any] | Unset = UNSET
        if not isinstance(self.arguments, Unset):
            arguments = self.arguments.to_dict()

        text = self.text

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if allow is not UNSET:
            field_dict["allow"] = allow
        if arguments is not UNSET:
            field_dict["arguments"] = arguments
        if text is not UNSET:
            field_dict["text"] = text

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reply_body_arguments import ReplyBodyArguments  # noqa: PLC0415

        d = dict(src_dict)
        allow = d.pop("allow", UNSET)

        _arguments = d.pop("arguments", UNSET)
        arguments: ReplyBodyArguments | Unset
        if isinstance(_arguments, Unset):
            arguments = UNSET
        else:
            arguments = ReplyBodyArguments.from_dict(_arguments)

        text = d.pop("text", UNSET)

        reply_body = cls(
            allow=allow,
            arguments=arguments,
            text=text,
        )

        return reply_body
