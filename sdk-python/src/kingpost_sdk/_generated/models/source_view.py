from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.form import Form
    from ..models.rule import Rule


T = TypeVar("T", bound="SourceView")


@_attrs_define
class SourceView:
    """A source. Its secrets are counted, not shown; ``fixed`` ones stand in the settings."""

    fixed: bool
    form: Form
    """ How a generic source signs.

    ``signature`` is the header with the digest, behind ``prefix``, in ``encoding``. ``signed`` is what is signed,
    with
    ``{body}``, ``{timestamp}`` and ``{id}``; the headers ``timestamp`` (Unix seconds) and ``id`` hold the last two.
    ``event`` is the header with the event's type, or behind ``$.`` a path in the body. """
    name: str
    path: str
    rules: list[Rule]
    scheme: str
    secrets: int
    tolerance: float
    unique: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        fixed = self.fixed

        form = self.form.to_dict()

        name = self.name

        path = self.path

        rules = []
        for rules_item_data in self.rules:
            rules_item = rules_item_data.to_dict()
            rules.append(rules_item)

        scheme = self.scheme

        secrets = self.secrets

        tolerance = self.tolerance

        unique = self.unique

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "fixed": fixed,
                "form": form,
                "name": name,
                "path": path,
                "rules": rules,
                "scheme": scheme,
                "secrets": secrets,
                "tolerance": tolerance,
                "unique": unique,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.form import Form  # noqa: PLC0415
        from ..models.rule import Rule  # noqa: PLC0415

        d = dict(src_dict)
        fixed = d.pop("fixed")

        form = Form.from_dict(d.pop("form"))

        name = d.pop("name")

        path = d.pop("path")

        rules = []
        _rules = d.pop("rules")
        for rules_item_data in _rules:
            rules_item = Rule.from_dict(rules_item_data)

            rules.append(rules_item)

        scheme = d.pop("scheme")

        secrets = d.pop("secrets")

        tolerance = d.pop("tolerance")

        unique = d.pop("unique")

        source_view = cls(
            fixed=fixed,
            form=form,
            name=name,
            path=path,
            rules=rules,
            scheme=scheme,
            secrets=secrets,
            tolerance=tolerance,
            unique=unique,
        )

        source_view.additional_properties = d
        return source_view

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
