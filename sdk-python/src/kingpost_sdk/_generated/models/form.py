from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.form_algorithm_type_0 import FormAlgorithmType0, check_form_algorithm_type_0
from ..models.form_encoding_type_0 import FormEncodingType0, check_form_encoding_type_0

T = TypeVar("T", bound="Form")


@_attrs_define
class Form:
    """How a generic source signs.

    ``signature`` is the header with the digest, behind ``prefix``, in ``encoding``. ``signed`` is what is signed, with
    ``{body}``, ``{timestamp}`` and ``{id}``; the headers ``timestamp`` (Unix seconds) and ``id`` hold the last two.
    ``event`` is the header with the event's type, or behind ``$.`` a path in the body.

    """

    algorithm: FormAlgorithmType0 | str
    encoding: FormEncodingType0 | str
    event: str
    id: str
    prefix: str
    signature: str
    signed: str
    timestamp: str

    def to_dict(self) -> dict[str, Any]:
        algorithm: str
        if isinstance(self.algorithm, str):
            algorithm = self.algorithm
        else:
            algorithm = self.algorithm

        encoding: str
        if isinstance(self.encoding, str):
            encoding = self.encoding
        else:
            encoding = self.encoding

        event = self.event

        id = self.id

        prefix = self.prefix

        signature = self.signature

        signed = self.signed

        timestamp = self.timestamp

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "algorithm": algorithm,
                "encoding": encoding,
                "event": event,
                "id": id,
                "prefix": prefix,
                "signature": signature,
                "signed": signed,
                "timestamp": timestamp,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_algorithm(data: object) -> FormAlgorithmType0 | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                algorithm_type_0 = check_form_algorithm_type_0(data)

                return algorithm_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(FormAlgorithmType0 | str, data)

        algorithm = _parse_algorithm(d.pop("algorithm"))

        def _parse_encoding(data: object) -> FormEncodingType0 | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                encoding_type_0 = check_form_encoding_type_0(data)

                return encoding_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(FormEncodingType0 | str, data)

        encoding = _parse_encoding(d.pop("encoding"))

        event = d.pop("event")

        id = d.pop("id")

        prefix = d.pop("prefix")

        signature = d.pop("signature")

        signed = d.pop("signed")

        timestamp = d.pop("timestamp")

        form = cls(
            algorithm=algorithm,
            encoding=encoding,
            event=event,
            id=id,
            prefix=prefix,
            signature=signature,
            signed=signed,
            timestamp=timestamp,
        )

        return form
