"""Every sender's way of signing, over raw bytes, and everything that must not pass for it."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kingpost import InvalidRequest
from kingpost_webhooks.arrived import Arrived, Headers, Refusal
from kingpost_webhooks.mac import standard_signature
from kingpost_webhooks.schemes import SCHEMES, check
from kingpost_webhooks.sign import new_private, shown
from kingpost_webhooks.source import Form, Source

NOW = 1_767_225_600.0
BODY = b'{"type":"crane.moved","id":"evt_1","action":"up","webhookTimestamp":1767225600000}'
SECRETS = {
    "standard": "whsec_" + base64.b64encode(b"a secret of 24 bytes ...").decode(),
    "svix": "whsec_" + base64.b64encode(b"a secret of 24 bytes ...").decode(),
}
PLAIN = ("gitlab", "jenkins", "azure-devops")
"""Schemes that send a token and sign nothing."""

each_scheme = pytest.mark.parametrize("scheme", sorted(SCHEMES))
each_signing = pytest.mark.parametrize("scheme", sorted(set(SCHEMES) - set(PLAIN)))


def _source(scheme: str, *secrets: str) -> Source:
    return Source(name="s", scheme=scheme, secrets=secrets or (SECRETS.get(scheme, "a shared secret"),))


def _signed(source: Source, body: bytes = BODY, now: float = NOW) -> Arrived:
    headers = SCHEMES[source.scheme].sign(source, "d-1", "crane.moved", body, now)
    return Arrived(Headers.of(headers.items()), body)


def _status(source: Source, arrived: Arrived, now: float = NOW) -> int | None:
    try:
        SCHEMES[source.scheme].verify(arrived, source, now)
    except Refusal as refusal:
        return refusal.status
    return None


@each_scheme
def test_what_a_sender_signs_is_genuine(scheme: str) -> None:
    source = _source(scheme)

    check(source)

    assert _status(source, _signed(source)) is None


@each_signing
def test_a_changed_body_is_refused(scheme: str) -> None:
    source = _source(scheme)
    arrived = _signed(source)

    for body in (BODY[:-1], BODY + b" ", BODY.replace(b"up", b"UP"), b""):
        assert _status(source, replace(arrived, body=body)) == 401


@each_scheme
def test_another_secret_is_refused(scheme: str) -> None:
    other = SECRETS["standard"].replace("YS", "YT") if scheme in SECRETS else "another secret"

    assert _status(_source(scheme), _signed(_source(scheme, other))) == 401


@each_scheme
def test_without_its_headers_it_is_refused(scheme: str) -> None:
    assert _status(_source(scheme), Arrived(Headers([]), BODY)) == 401


@each_scheme
def test_every_secret_of_an_overlap_holds(scheme: str) -> None:
    old, new = (SECRETS.get(scheme, "the old one"), SECRETS["standard"].replace("YS", "YT"))
    if scheme not in SECRETS:
        new = "the new one"

    both = _source(scheme, new, old)

    assert _status(both, _signed(_source(scheme, old))) is None
    assert _status(both, _signed(_source(scheme, new))) is None
    assert _status(_source(scheme, new), _signed(_source(scheme, old))) == 401


@pytest.mark.parametrize("scheme", ["stripe", "slack", "standard", "svix"])
@pytest.mark.parametrize("off", [-301, 301, -90_000, 90_000])
def test_a_time_stamp_that_is_off_is_refused_old_or_new(scheme: str, off: int) -> None:
    source = _source(scheme)

    assert _status(source, _signed(source, now=NOW + off)) == 401
    assert _status(source, _signed(source, now=NOW + (300 if off > 0 else -300))) is None


def test_a_body_that_carries_its_time_is_refused_when_that_is_off() -> None:
    """Linear writes the time into the body, so it is seen once the body is parsed."""
    source = _source("linear")
    scheme = SCHEMES["linear"]

    scheme.fresh(json.loads(BODY), source, NOW + 59)
    for payload, status in (({}, 400), ({"webhookTimestamp": "1"}, 400), (json.loads(BODY), 401)):
        with pytest.raises(Refusal) as caught:
            scheme.fresh(payload, source, NOW + 61)
        assert caught.value.status == status


@pytest.mark.parametrize("at", ["1767225600.5", "1_767_225_600", "+1767225600", " 1767225600x", "0x69555A00", "9" * 13])
def test_a_time_stamp_is_ascii_digits_and_nothing_else(at: str) -> None:
    """Signed rightly, and still refused: two readers must not read two times."""
    source = _source("standard")
    headers = {
        "webhook-id": "d-1", "webhook-timestamp": at,
        "webhook-signature": standard_signature(source.secrets[0], "d-1", at.strip(" "), BODY),
    }  # fmt: skip

    assert _status(source, Arrived(Headers.of(headers.items()), BODY)) == 400


@each_signing
def test_a_header_that_came_twice_is_refused(scheme: str) -> None:
    source = _source(scheme)
    pairs = list(SCHEMES[scheme].sign(source, "d-1", "crane.moved", BODY, NOW).items())

    for name, value in pairs:
        doubled = Arrived(Headers.of([*pairs, (name.upper(), value)]), BODY)
        status = _status(source, doubled)
        # What the signature does not need is read, and refused, by whoever needs it.
        if status is None:
            with pytest.raises(Refusal) as caught:
                SCHEMES[scheme].label(doubled, {}, source)
            status = caught.value.status
        assert status == 400


def test_one_signature_of_a_list_is_enough_and_unknown_versions_are_passed_over() -> None:
    source = _source("standard")
    right = standard_signature(source.secrets[0], "d-1", str(int(NOW)), BODY)
    headers = {"webhook-id": "d-1", "webhook-timestamp": str(int(NOW))}

    for value, status in (
        (f"v1,AAAA v2,{right[3:]} {right} v1,not*base64", None),
        (f"v2,{right[3:]}", 401),
        (right[:-4], 401),
        ("v1", 400),
        (" ".join([right] * 17), 400),
        (f"v1a,{right[3:]}", 401),
    ):
        arrived = Arrived(Headers.of({**headers, "webhook-signature": value}.items()), BODY)
        assert _status(source, arrived) == status, value


def test_a_public_key_verifies_v1a_and_only_that() -> None:
    """Ed25519 signatures of Standard Webhooks: who verifies holds nothing that could sign."""
    private = new_private(os.urandom)
    source = _source("standard", shown(private))
    headers = {"webhook-id": "d-1", "webhook-timestamp": str(int(NOW))}
    made = standard_signature(private, "d-1", str(int(NOW)), BODY)

    check(source)

    assert made.startswith("v1a,")
    assert _status(source, Arrived(Headers.of({**headers, "webhook-signature": made}.items()), BODY)) is None
    assert _status(source, Arrived(Headers.of({**headers, "webhook-signature": made}.items()), BODY + b" ")) == 401


def test_a_token_is_never_taken_for_a_signing_secret() -> None:
    """GitLab has both forms; the secret of one must not pass in the other."""
    secret = SECRETS["standard"]
    both = _source("gitlab", secret, "a plain token")

    assert _status(both, Arrived(Headers.of([("X-Gitlab-Token", "a plain token")]), BODY)) is None
    assert _status(both, Arrived(Headers.of([("X-Gitlab-Token", secret)]), BODY)) == 401
    assert _status(both, _signed(_source("gitlab", secret))) is None


def test_the_id_of_a_signed_delivery_of_gitlab_is_the_one_that_is_signed() -> None:
    """Else whoever has seen one could send it again within five minutes, with another ``Idempotency-Key``."""
    source = _source("gitlab", SECRETS["standard"])
    pairs = {**SCHEMES["gitlab"].sign(source, "d-1", "push", BODY, NOW), "Idempotency-Key": "d-2"}
    arrived = Arrived(Headers.of(pairs.items()), BODY)

    assert _status(source, arrived) is None
    assert SCHEMES["gitlab"].label(arrived, {}, source).id == "d-1"


def test_the_password_of_basic_is_a_token() -> None:
    source = _source("azure-devops")
    for name, status in (("anybody:a shared secret", None), ("anybody:x", 401), ("a shared secret:", 401)):
        given = base64.b64encode(name.encode()).decode()
        assert _status(source, Arrived(Headers.of([("Authorization", f"Basic {given}")]), BODY)) == status
    assert _status(source, Arrived(Headers.of([("Authorization", "Basic ///=")]), BODY)) == 400


def test_a_generic_source_signs_as_its_form_says() -> None:
    form = Form(
        signature="X-Sum", prefix="sha512:", encoding="base64", algorithm="sha512", signed="{timestamp}/{id}/{body}",
        timestamp="X-At", id="X-Id", event="X-Kind",
    )  # fmt: skip
    source = replace(_source("generic"), form=form)
    check(source)
    arrived = _signed(source)

    assert _status(source, arrived) is None
    assert _status(source, arrived, NOW + 301) == 401
    assert SCHEMES["generic"].label(arrived, {}, source).event == "crane.moved"
    with pytest.raises(InvalidRequest, match="sign the body"):
        check(replace(source, form=Form(signed="{timestamp}", timestamp="X-At")))


@pytest.mark.parametrize("secrets", [(), ("",), ("   ",), ("good", "")])
@each_scheme
def test_without_a_secret_nothing_starts(scheme: str, secrets: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRequest, match="secret"):
        check(Source(name="s", scheme=scheme, secrets=secrets))


@each_scheme
@given(data=st.data())
def test_no_headers_and_no_body_make_anything_but_a_refusal(scheme: str, data: st.DataObject) -> None:
    """Whatever comes in from outside is a 4xx, never an exception of another kind."""
    source = _source(scheme)
    names = list(SCHEMES[scheme].sign(source, "d-1", "e", BODY, NOW))
    values = st.one_of(
        st.binary(max_size=60),
        st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")),
        st.sampled_from([b"v1,", b"t=1,v1=", b"v0=", b"sha256=", b"Basic x", b"v1a,AA==", b"t=\xd9\xa1"]),
    )
    raw = [(name.encode(), data.draw(values)) for name in names]

    status = _status(source, Arrived(Headers(raw), data.draw(st.binary(max_size=30))))

    assert status in {400, 401}


VECTORS = Path(
    os.environ.get("KINGPOST_WEBHOOK_VECTORS", Path(__file__).parents[4] / "shared/data/webhooks/vectors.json")
)


def _vectors() -> list[Any]:
    return json.loads(VECTORS.read_text("utf-8"))["vectors"] if VECTORS.exists() else []


@pytest.mark.skipif(not VECTORS.exists(), reason="the published vectors are not on this machine")
@pytest.mark.parametrize("vector", _vectors(), ids=lambda vector: vector["id"])
def test_every_published_vector_verifies(vector: dict[str, Any]) -> None:
    scheme = {"standard-webhooks": "standard"}.get(vector["scheme"], vector["scheme"])
    source = Source(name="v", scheme=scheme, secrets=(vector["secret"],))
    arrived = Arrived(Headers.of(vector["headers"].items()), vector["body"].encode())

    status = _status(source, arrived, NOW if vector["now"] is None else vector["now"])

    assert (status is None) == vector["valid"]
