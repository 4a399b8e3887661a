from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.form_input_algorithm import FormInputAlgorithm, check_form_input_algorithm
from ..models.form_input_encoding import FormInputEncoding, check_form_input_encoding
from ..types import UNSET, Unset

T = TypeVar("T", bound="FormInput")


@_attrs_define
class FormInput:
    """How a generic source signs.

    ``signature`` is the header with the digest, behind ``prefix``, in ``encoding``. ``signed`` is what is signed, with
    ``{body}``, ``{timestamp}`` and ``{id}``; the headers ``timestamp`` (Unix seconds) and ``id`` hold the last two.
    ``event`` is the header with the event's type, or behind ``$.`` a path in the body.

    """

    algorithm: FormInputAlgorithm | Unset = UNSET
    encoding: FormInputEncoding | Unset = UNSET
    event: str | Unset = UNSET
    id: str | Unset = UNSET
    prefix: str | Unset = UNSET
    signature: str | Unset = UNSET
    signed: str | Unset = UNSET
    timestamp: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        algorithm: str | Unset = UNSET
        if not isinstance(self.algorithm, Unset):
            algorithm = self.algorithm

        encoding: str | Unset = UNSET
        if not isinstance(self.encoding, Unset):
            encoding = self.encoding

        event = self.event

        id = self.id

        prefix = self.prefix

        signature = self.signature

        signed = self.signed

        timestamp = self.timestamp

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if algorithm is not UNSET:
            field_dict["algorithm"] = algorithm
        if encoding is not UNSET:
            field_dict["encoding"] = encoding
        if event is not UNSET:
            field_dict["event"] = event
        if id is not UNSET:
            field_dict["id"] = id
        if prefix is not UNSET:
            field_dict["prefix"] = prefix
        if signature is not UNSET:
            field_dict["signature"] = signature
        if signed is not UNSET:
            field_dict["signed"] = signed
        if timestamp is not UNSET:
            field_dict["timestamp"] = timestamp

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _algorithm = d.pop("algorithm", UNSET)
        algorithm: FormInputAlgorithm | Unset
        if isinstance(_algorithm, Unset):
            algorithm = UNSET
        else:
            algorithm = check_form_input_algorithm(_algorithm)

        _encoding = d.pop("encoding", UNSET)
        encoding: FormInputEncoding | Unset
        if isinstance(_encoding, Unset):
            encoding = UNSET
        else:
            encoding = check_form_input_encoding(_encoding)

        event = d.pop("event", UNSET)

        id = d.pop("id", UNSET)

        prefix = d.pop("prefix", UNSET)

        signature = d.pop("signature", UNSET)

        signed = d.pop("signed", UNSET)

        timestamp = d.pop("timestamp", UNSET)

        form_input = cls(
            algorithm=algorithm,
            encoding=encoding,
            event=event,
            id=id,
            prefix=prefix,
            signature=signature,
            signed=signed,
            timestamp=timestamp,
        )

        return form_input
