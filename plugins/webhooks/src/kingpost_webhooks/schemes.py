"""How each sender proves that a delivery is its own, and where it writes the delivery's id and kind.

Called by ``receive`` with raw bytes, before anything is parsed, and by ``simulate`` for the way back. Reads no clock:
the time is handed in. A scheme that signs a time stamp refuses what is older or newer than the source's tolerance.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any, Protocol

from kingpost import InvalidRequest

from .arrived import Arrived, Refusal
from .mac import (
    PUBLIC,
    SECRET,
    any_equal,
    digest,
    moment,
    public_key,
    same,
    signed_content,
    standard_key,
    standard_matches,
    standard_signature,
)
from .source import Form, Label, Source, look

Signed = Mapping[str, str]
_WRONG = "the signature is not that of any secret of this source"


class Scheme(Protocol):
    """One sender's way of signing."""

    def check(self, source: Source) -> None:
        """See that the source's secrets can be used.

        Raises:
            ValueError: one cannot.
        """
        ...

    def verify(self, arrived: Arrived, source: Source, now: float) -> None:
        """Return if the delivery is genuine; ``now`` is in Unix seconds.

        Raises:
            Refusal: it is not, or cannot be read.
        """
        ...

    def fresh(self, payload: Any, source: Source, now: float) -> None:
        """The same for a time stamp that stands in the body.

        Raises:
            Refusal: it is missing, or out of the tolerance.
        """
        ...

    def label(self, arrived: Arrived, payload: Any, source: Source) -> Label:
        """What the sender calls it. ``payload`` is ``None`` where the body could not be parsed."""
        ...

    def sign(self, source: Source, id: str, event: str, body: bytes, now: float) -> Signed:
        """The headers that a delivery of this sender has."""
        ...


class _Plain:
    """What most schemes have in common: any secret is one, and ids and events stand in headers."""

    id_header = event_header = ""
    id_path = event_path = action_path = ""

    def check(self, source: Source) -> None:
        """Any text is a secret."""

    def fresh(self, payload: Any, source: Source, now: float) -> None:
        """Most bodies have no time stamp."""

    def label(self, arrived: Arrived, payload: Any, source: Source) -> Label:
        id = (arrived.headers.get(self.id_header) if self.id_header else None) or _text(payload, self.id_path)
        event = (arrived.headers.get(self.event_header) if self.event_header else None) or _text(
            payload, self.event_path
        )
        if self.action_path and (action := _text(payload, self.action_path)):
            event = f"{event}.{action}"
        return Label(id=id, event=event)


class _HexBody(_Plain):
    """A header with the digest of the body in hex."""

    header = prefix = ""

    def verify(self, arrived: Arrived, source: Source, now: float) -> None:
        given = arrived.headers.need(self.header)
        expected = [self._signature(secret, arrived.body) for secret in source.secrets]
        if not any_equal([given.encode("ascii")], [one.encode("ascii") for one in expected]):
            raise Refusal(401, _WRONG)

    def _signature(self, secret: str, body: bytes) -> str:
        return self.prefix + digest(secret.encode(), body).hex()

    def sign(self, source: Source, id: str, event: str, body: bytes, now: float) -> Signed:
        names = {self.id_header: id, self.event_header: event.partition(".")[0]}
        signed = {self.header: self._signature(source.secrets[0], body)}
        return signed | {name: value for name, value in names.items() if name}


class GitHub(_HexBody):
    """GitHub, "Validating webhook deliveries". The SHA-1 header is not looked at."""

    header, prefix = "X-Hub-Signature-256", "sha256="
    id_header, event_header, action_path = "X-GitHub-Delivery", "X-GitHub-Event", "action"


class Linear(_HexBody):
    """Linear, "Securing webhooks": the time stamp stands in the body, in milliseconds."""

    header, id_header, event_path, action_path = "Linear-Signature", "Linear-Delivery", "type", "action"

    def fresh(self, payload: Any, source: Source, now: float) -> None:
        at = look(payload, "webhookTimestamp")
        if not isinstance(at, int) or isinstance(at, bool):
            raise Refusal(400, "webhookTimestamp is missing")
        # Whole milliseconds are compared: a number with hundreds of digits is no float.
        if abs(int(now * 1000) - at) > min(source.tolerance, 60.0) * 1000:
            raise Refusal(401, "webhookTimestamp is more than 60 s off; send it anew, or mend the clock")


class Sentry(_HexBody):
    """Sentry, "Webhooks": the client secret over the body."""

    header, id_header, event_header, action_path = (
        "Sentry-Hook-Signature",
        "Request-ID",
        "Sentry-Hook-Resource",
        "action",
    )


class Stripe(_Plain):
    """Stripe, "Verify manually": ``t=..,v1=..``, the whole secret as text; v0 is ignored."""

    id_path, event_path = "id", "type"

    def verify(self, arrived: Arrived, source: Source, now: float) -> None:
        parts = [part.partition("=") for part in arrived.headers.need("Stripe-Signature").split(",")]
        times = [value for name, _, value in parts if name.strip() == "t"]
        given = [value.encode("ascii") for name, _, value in parts if name.strip() == "v1"]
        if len(parts) > 32 or len(times) != 1 or not given:
            raise Refusal(400, "Stripe-Signature is not t=<seconds>,v1=<hex>")
        content = b"%b.%b" % (times[0].encode("ascii"), arrived.body)
        expected = [digest(secret.encode(), content).hex().encode() for secret in source.secrets]
        if not any_equal(given, expected):
            raise Refusal(401, _WRONG)
        moment(times[0], now, source.tolerance)

    def sign(self, source: Source, id: str, event: str, body: bytes, now: float) -> Signed:
        at = str(int(now))
        signature = digest(source.secrets[0].encode(), b"%b.%b" % (at.encode(), body)).hex()
        return {"Stripe-Signature": f"t={at},v1={signature}"}


class Slack(_Plain):
    """Slack, "Verifying requests": ``v0:<seconds>:<body>``."""

    id_path = "event_id"

    def verify(self, arrived: Arrived, source: Source, now: float) -> None:
        given = arrived.headers.need("X-Slack-Signature").encode("ascii")
        at = arrived.headers.need("X-Slack-Request-Timestamp")
        expected = [self._signature(secret, at, arrived.body).encode() for secret in source.secrets]
        if not any_equal([given], expected):
            raise Refusal(401, _WRONG)
        moment(at, now, source.tolerance)

    def label(self, arrived: Arrived, payload: Any, source: Source) -> Label:
        event = _text(payload, "event.type") or _text(payload, "type") or _text(payload, "command")
        return Label(id=_text(payload, "event_id") or _text(payload, "trigger_id"), event=event)

    def sign(self, source: Source, id: str, event: str, body: bytes, now: float) -> Signed:
        at = str(int(now))
        return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": self._signature(source.secrets[0], at, body)}

    @staticmethod
    def _signature(secret: str, at: str, body: bytes) -> str:
        return "v0=" + digest(secret.encode(), b"v0:%b:%b" % (at.encode("ascii"), body)).hex()


class Standard(_Plain):
    """Standard Webhooks, and Svix, whose headers begin with ``svix-``. ``whpk_`` keys check v1a."""

    event_path = "type"

    def check(self, source: Source) -> None:
        for secret in source.secrets:
            public_key(secret) if secret.startswith(PUBLIC) else standard_key(secret)

    def verify(self, arrived: Arrived, source: Source, now: float) -> None:
        kind = self._kind(arrived)
        id, at = arrived.headers.need(f"{kind}-id"), arrived.headers.need(f"{kind}-timestamp")
        given = arrived.headers.need(f"{kind}-signature")
        if not standard_matches(given, signed_content(id, at, arrived.body), source.secrets):
            raise Refusal(401, _WRONG)
        moment(at, now, source.tolerance)

    def label(self, arrived: Arrived, payload: Any, source: Source) -> Label:
        id = arrived.headers.get(f"{self._kind(arrived)}-id") or ""
        event = _text(payload, "type") or arrived.headers.get("X-Gitlab-Event") or ""
        return Label(id=id, event=event)

    @staticmethod
    def _kind(arrived: Arrived) -> str:
        return "webhook" if arrived.headers.get("webhook-signature") is not None else "svix"

    def sign(self, source: Source, id: str, event: str, body: bytes, now: float) -> Signed:
        at = str(int(now))
        return {
            "webhook-id": id, "webhook-timestamp": at,
            "webhook-signature": standard_signature(source.secrets[0], id, at, body),
        }  # fmt: skip


class GitLab(_Plain):
    """GitLab: a plain token, or the Standard Webhooks form for secrets that begin with ``whsec_``.

    A token is never taken for a signing secret nor the other way round.
    """

    event_header = "X-Gitlab-Event"

    def check(self, source: Source) -> None:
        for secret in source.secrets:
            if secret.startswith((SECRET, PUBLIC)):
                Standard().check(Source(scheme="standard", secrets=(secret,)))

    def verify(self, arrived: Arrived, source: Source, now: float) -> None:
        signing = tuple(secret for secret in source.secrets if secret.startswith((SECRET, PUBLIC)))
        if arrived.headers.get("webhook-signature") is not None and signing:
            Standard().verify(arrived, Source(scheme="standard", secrets=signing, tolerance=source.tolerance), now)
            return
        tokens = tuple(secret for secret in source.secrets if secret not in signing)
        if not same(arrived.headers.need("X-Gitlab-Token"), tokens):
            raise Refusal(401, "X-Gitlab-Token is no secret of this source")

    def label(self, arrived: Arrived, payload: Any, source: Source) -> Label:
        # Both are the same; the first one is signed, where there is a signature.
        names = ("webhook-id", "Idempotency-Key", "X-Gitlab-Event-UUID")
        id = next((found for name in names if (found := arrived.headers.get(name))), "")
        event = _text(payload, "object_kind") or _text(payload, "event_name") or arrived.headers.get("X-Gitlab-Event")
        action = _text(payload, "object_attributes.action")
        return Label(id=id, event=f"{event or ''}{'.' + action if action else ''}")

    def sign(self, source: Source, id: str, event: str, body: bytes, now: float) -> Signed:
        names = {"X-Gitlab-Event": event, "Idempotency-Key": id}
        if source.secrets[0].startswith(SECRET):
            return names | dict(Standard().sign(source, id, event, body, now))
        return names | {"X-Gitlab-Token": source.secrets[0]}


class _Bearer(_Plain):
    """A shared token in a header of its own, as a bearer, or as the password of Basic (RFC 7617)."""

    token_header = ""

    def verify(self, arrived: Arrived, source: Source, now: float) -> None:
        given = arrived.headers.get(self.token_header) or self._authorization(arrived)
        if not given:
            raise Refusal(401, f"show the secret as {self.token_header}, or in Authorization")
        if not same(given, source.secrets):
            raise Refusal(401, "the token is no secret of this source")

    @staticmethod
    def _authorization(arrived: Arrived) -> str:
        kind, _, value = (arrived.headers.get("Authorization") or "").partition(" ")
        if kind.lower() == "bearer":
            return value.strip()
        if kind.lower() != "basic":
            return ""
        try:
            return base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")[2]
        except (binascii.Error, UnicodeDecodeError) as problem:
            raise Refusal(400, "the Authorization header cannot be read") from problem

    def sign(self, source: Source, id: str, event: str, body: bytes, now: float) -> Signed:
        return {self.token_header: source.secrets[0]}


class Jenkins(_Bearer):
    """Jenkins and its notification plugins, which sign nothing: a token. The build's address is the delivery's id."""

    token_header, event_path = "X-Jenkins-Token", "build.phase"

    def label(self, arrived: Arrived, payload: Any, source: Source) -> Label:
        parts = [_text(payload, path) for path in ("name", "build.full_url", "build.number", "build.phase")]
        return Label(id=" ".join(filter(None, parts)) if parts[3] else "", event=_text(payload, "build.phase").lower())


class AzureDevOps(_Bearer):
    """Azure DevOps service hooks: Basic authentication, or a header with the secret."""

    token_header, id_path, event_path = "X-Azure-Token", "id", "eventType"


class Generic(_Plain):
    """Any HMAC, as the source's ``form`` says."""

    def check(self, source: Source) -> None:
        form = source.form
        if "{body}" not in form.signed:
            raise ValueError("its form does not sign the body; 'signed' needs {body}")
        for name, header in (("timestamp", form.timestamp), ("id", form.id)):
            if f"{{{name}}}" in form.signed and not header:
                raise ValueError(f"its form signs the {name} and names no header for it")

    def verify(self, arrived: Arrived, source: Source, now: float) -> None:
        form = source.form
        at = arrived.headers.need(form.timestamp) if form.timestamp else ""
        id = arrived.headers.need(form.id) if form.id else ""
        given = arrived.headers.need(form.signature)
        if not given.startswith(form.prefix):
            raise Refusal(401, f"{form.signature} does not begin with {form.prefix!r}")
        expected = [self._signature(secret, form, id, at, arrived.body).encode() for secret in source.secrets]
        if not any_equal([given.encode("ascii")], expected):
            raise Refusal(401, _WRONG)
        if form.timestamp and "{timestamp}" in form.signed:
            moment(at, now, source.tolerance)

    def label(self, arrived: Arrived, payload: Any, source: Source) -> Label:
        form = source.form
        id = (arrived.headers.get(form.id) or "") if form.id else ""
        if form.event.startswith("$."):
            return Label(id=id, event=_text(payload, form.event[2:]))
        return Label(id=id, event=arrived.headers.get(form.event) or "")

    def sign(self, source: Source, id: str, event: str, body: bytes, now: float) -> Signed:
        form, at = source.form, str(int(now))
        names = {form.timestamp: at, form.id: id, "" if form.event.startswith("$.") else form.event: event}
        signature = self._signature(source.secrets[0], form, id, at, body)
        return {name: value for name, value in names.items() if name} | {form.signature: signature}

    @staticmethod
    def _signature(secret: str, form: Form, id: str, at: str, body: bytes) -> str:
        before, _, after = form.signed.partition("{body}")
        parts = [part.replace("{timestamp}", at).replace("{id}", id).encode() for part in (before, after)]
        made = digest(secret.encode(), body.join(parts), form.algorithm)
        return form.prefix + (made.hex() if form.encoding == "hex" else base64.b64encode(made).decode())


SCHEMES: Mapping[str, Scheme] = {
    "azure-devops": AzureDevOps(),
    "generic": Generic(),
    "github": GitHub(),
    "gitlab": GitLab(),
    "jenkins": Jenkins(),
    "linear": Linear(),
    "sentry": Sentry(),
    "slack": Slack(),
    "standard": Standard(),
    "stripe": Stripe(),
    "svix": Standard(),
}


def check(source: Source) -> None:
    """See that a source can verify anything.

    Raises:
        InvalidRequest: its scheme is unknown, it has no secret, or one that cannot be used.
    """
    scheme = SCHEMES.get(source.scheme)
    where = f"webhook source {source.name!r}"
    if scheme is None:
        raise InvalidRequest(f"{where}: there is no scheme {source.scheme!r}; take one of {', '.join(SCHEMES)}")
    if not source.secrets or not all(secret.strip() for secret in source.secrets):
        raise InvalidRequest(f"{where} has no secret, or an empty one; without one nothing can be verified")
    if not 0 < source.tolerance <= 86_400:
        raise InvalidRequest(f"{where}: tolerance is {source.tolerance:g}; give up to 86400 seconds")
    try:
        scheme.check(source)
    except ValueError as problem:
        raise InvalidRequest(f"{where}: a secret cannot be used ({problem})") from problem


def unique_id(label: Label, body: bytes, source: Source) -> str:
    """What makes two deliveries of a source one: the sender's id, or a digest of the body where there is none."""
    if label.id and source.unique == "id":
        return label.id if len(label.id) <= 200 else "sha256:" + hashlib.sha256(label.id.encode()).hexdigest()
    return "sha256:" + hashlib.sha256(body).hexdigest()


def _text(payload: Any, path: str) -> str:
    """A short text or number at a path, else nothing."""
    found = look(payload, path) if path else None
    if isinstance(found, bool) or not isinstance(found, str | int):
        return ""
    return "".join(sign for sign in str(found)[:300] if sign.isprintable())
