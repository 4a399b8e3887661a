from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.set_source_body_unique import SetSourceBodyUnique, check_set_source_body_unique
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.form_input import FormInput
    from ..models.rule_input import RuleInput


T = TypeVar("T", bound="SetSourceBody")


@_attrs_define
class SetSourceBody:
    """Sets a source up, or anew: all of it. Several ``secrets`` hold beside each other while one replaces the other."""

    scheme: str
    secrets: list[str]
    form: FormInput | Unset = UNSET
    """ How a generic source signs.

    ``signature`` is the header with the digest, behind ``prefix``, in ``encoding``. ``signed`` is what is signed,
    with
    ``{body}``, ``{timestamp}`` and ``{id}``; the headers ``timestamp`` (Unix seconds) and ``id`` hold the last two.
    ``event`` is the header with the event's type, or behind ``$.`` a path in the body. """
    rules: list[RuleInput] | Unset = UNSET
    tolerance: float | Unset = UNSET
    unique: SetSourceBodyUnique | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        scheme = self.scheme

        secrets = self.secrets

        form: dict[str, Any] | Unset = UNSET
        if not isinstance(self.form, Unset):
            form = self.form.to_dict()

        rules: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.rules, Unset):
            rules = []
            for rules_item_data in self.rules:
                rules_item = rules_item_data.to_dict()
                rules.append(rules_item)

        tolerance = self.tolerance

        unique: str | Unset = UNSET
        if not isinstance(self.unique, Unset):
            unique = self.unique

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "scheme": scheme,
                "secrets": secrets,
            }
        )
        if form is not UNSET:
            field_dict["form"] = form
        if rules is not UNSET:
            field_dict["rules"] = rules
        if tolerance is not UNSET:
            field_dict["tolerance"] = tolerance
        if unique is not UNSET:
            field_dict["unique"] = unique

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.form_input import FormInput  # noqa: PLC0415
        from ..models.rule_input import RuleInput  # noqa: PLC0415

        d = dict(src_dict)
        scheme = d.pop("scheme")

        secrets = cast(list[str], d.pop("secrets"))

        _form = d.pop("form", UNSET)
        form: FormInput | Unset
        if isinstance(_form, Unset):
            form = UNSET
        else:
            form = FormInput.from_dict(_form)

        _rules = d.pop("rules", UNSET)
        rules: list[RuleInput] | Unset = UNSET
        if _rules is not UNSET:
            rules = []
            for rules_item_data in _rules:
                rules_item = RuleInput.from_dict(rules_item_data)

                rules.append(rules_item)

        tolerance = d.pop("tolerance", UNSET)

        _unique = d.pop("unique", UNSET)
        unique: SetSourceBodyUnique | Unset
        if isinstance(_unique, Unset):
            unique = UNSET
        else:
            unique = check_set_source_body_unique(_unique)

        set_source_body = cls(
            scheme=scheme,
            secrets=secrets,
            form=form,
            rules=rules,
            tolerance=tolerance,
            unique=unique,
        )

        return set_source_body
