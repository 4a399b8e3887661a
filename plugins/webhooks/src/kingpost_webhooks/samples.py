"""Deliveries as senders make them, for ``kingpost webhooks simulate``: realistic in shape, invented in content.

Asked by ``answers``. Ids and times are handed in, so that each is a delivery of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from kingpost import UnknownName

Made = Callable[[str, float], Any]

_REPOSITORY = {"id": 186853002, "name": "harbour", "full_name": "crane-works/harbour", "private": False,
               "html_url": "https://github.com/crane-works/harbour", "default_branch": "main"}  # fmt: skip
_SENDER = {"login": "octo-crane", "id": 21031067, "type": "User"}


def _iso(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _pull_request(id: str, now: float) -> Any:
    return {
        "action": "opened", "number": 42, "repository": _REPOSITORY, "sender": _SENDER,
        "pull_request": {
            "id": 279147437, "number": 42, "state": "open", "title": "Let the crane stop before the end of its rail",
            "body": "The brake now comes two metres earlier.\n\nFixes #41.", "draft": False, "user": _SENDER,
            "html_url": "https://github.com/crane-works/harbour/pull/42", "created_at": _iso(now),
            "updated_at": _iso(now), "head": {"ref": "brake", "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821"},
            "base": {"ref": "main", "sha": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e"}, "commits": 1, "additions": 12,
            "deletions": 3, "changed_files": 2,
        },
    }  # fmt: skip


def _push(id: str, now: float) -> Any:
    commit = {"id": "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c", "message": "Oil the hook", "timestamp": _iso(now),
              "author": {"name": "octo-crane"}, "added": [], "removed": [], "modified": ["hook.md"]}  # fmt: skip
    return {"ref": "refs/heads/main", "before": "6113728f27ae82c7b1a177c8d03f9e96e0adf246", "after": commit["id"],
            "repository": _REPOSITORY, "sender": _SENDER, "commits": [commit], "head_commit": commit}  # fmt: skip


def _issues(id: str, now: float) -> Any:
    issue = {"number": 41, "title": "The crane runs into the end of its rail", "state": "open", "user": _SENDER,
             "body": "It happened twice today.", "labels": [{"name": "bug"}], "created_at": _iso(now)}  # fmt: skip
    return {"action": "opened", "issue": issue, "repository": _REPOSITORY, "sender": _SENDER}


def _ping(id: str, now: float) -> Any:
    return {"zen": "Design for failure.", "hook_id": 109948940, "repository": _REPOSITORY, "sender": _SENDER}


def _merge_request(id: str, now: float) -> Any:
    attributes = {"id": 99, "iid": 7, "title": "Oil the hook", "state": "opened", "action": "open",
                  "source_branch": "oil", "target_branch": "main", "created_at": _iso(now)}  # fmt: skip
    return {"object_kind": "merge_request", "event_type": "merge_request", "user": {"username": "crane"},
            "project": {"id": 15, "name": "harbour"}, "object_attributes": attributes}  # fmt: skip


def _stripe(kind: str) -> Made:
    def made(id: str, now: float) -> Any:
        intent = {"id": f"pi_{id[-24:]}", "object": "payment_intent", "amount": 2000, "currency": "eur",
                  "status": kind.rpartition(".")[2]}  # fmt: skip
        return {"id": f"evt_{id.replace('-', '')[:24]}", "object": "event", "created": int(now), "livemode": False,
                "type": kind, "data": {"object": intent}}  # fmt: skip

    return made


def _slack(id: str, now: float) -> Any:
    event = {"type": "app_mention", "user": "U061F7AUR", "text": "<@U0LAN0Z89> is the crane free?", "channel": "C123",
             "ts": f"{now:.6f}"}  # fmt: skip
    return {"token": "unused", "team_id": "T061EG9R6", "type": "event_callback", "event_time": int(now),
            "event_id": f"Ev{id.replace('-', '')[:10].upper()}", "event": event}  # fmt: skip


def _linear(id: str, now: float) -> Any:
    data = {"id": id, "title": "The hook squeaks", "state": {"name": "Todo"}, "priority": 2, "team": {"key": "CRA"}}
    return {"action": "create", "type": "Issue", "createdAt": _iso(now), "data": data,
            "webhookTimestamp": int(now * 1000)}  # fmt: skip


def _sentry(id: str, now: float) -> Any:
    issue = {"id": "1170820242", "title": "BrakeError: rail end reached", "level": "error", "status": "unresolved",
             "lastSeen": _iso(now)}  # fmt: skip
    return {"action": "created", "installation": {"uuid": id}, "data": {"issue": issue}}


def _jenkins(id: str, now: float) -> Any:
    number = int(now) % 100_000
    build = {"full_url": f"https://ci.example.com/job/harbour/{number}/", "number": number, "phase": "COMPLETED",
             "status": "FAILURE", "timestamp": int(now * 1000)}  # fmt: skip
    return {"name": "harbour", "url": "job/harbour/", "build": build}


def _azure(id: str, now: float) -> Any:
    resource = {"repository": {"name": "harbour"}, "refUpdates": [{"name": "refs/heads/main"}], "pushId": 14}
    return {"id": id, "eventType": "git.push", "publisherId": "tfs", "resource": resource, "createdDate": _iso(now)}


def _standard(id: str, now: float) -> Any:
    return {"type": "crane.moved", "timestamp": _iso(now), "data": {"crane": 4, "metres": 12.5}}


SAMPLES: Mapping[str, Mapping[str, Made]] = {
    "azure-devops": {"git.push": _azure},
    "generic": {"crane.moved": _standard},
    "github": {"pull_request": _pull_request, "push": _push, "issues": _issues, "ping": _ping},
    "gitlab": {"merge_request": _merge_request},
    "jenkins": {"completed": _jenkins},
    "linear": {"issue": _linear},
    "sentry": {"issue": _sentry},
    "slack": {"app_mention": _slack},
    "standard": {"crane.moved": _standard},
    "stripe": {name: _stripe(name) for name in ("payment_intent.succeeded", "payment_intent.payment_failed")},
    "svix": {"crane.moved": _standard},
}


def sample(scheme: str, event: str, id: str, now: float) -> Any:
    """The payload of a delivery.

    Raises:
        UnknownName: there is none for this event.
    """
    made = SAMPLES.get(scheme, {}).get(event)
    if made is None:
        raise UnknownName(f"sample of {scheme}", event, sorted(SAMPLES.get(scheme, ())))
    return made(id, now)
