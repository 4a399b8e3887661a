"""A server as it is run: a process of its own, which is ended by SIGTERM and by kill -9, and speaks TLS."""

from __future__ import annotations

import datetime
import ipaddress
import signal
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

pytestmark = pytest.mark.long
Run = Callable[..., subprocess.Popen[str]]
Serve = Callable[..., tuple[subprocess.Popen[str], str]]
WORKER = Path(__file__).parent / "serve_calls.py"
ASKS = httpx.Client(timeout=60, limits=httpx.Limits(max_keepalive_connections=0))
"""Connects anew for each request, as a client that comes once does; certificates are read once."""


def ended(url: str, id: str, asks: httpx.Client = ASKS) -> dict[str, Any]:
    """A task once it has its outcome."""
    view: dict[str, Any] = asks.get(f"{url}/v1/tasks/{id}/wait?seconds=50", timeout=60).json()
    return view


def submit(url: str, key: str, **asked: Any) -> httpx.Response:
    body = {"description": f"task {key}", **asked}
    return ASKS.post(f"{url}/v1/tasks", json=body, headers={"Idempotency-Key": key}, timeout=60)


def test_what_a_killed_worker_held_is_served_by_another(serve: Serve, run: Run) -> None:
    """Two processes serve one agent; the one that holds every call is killed, and each task is answered once."""
    _, url = serve()
    holds = run(str(WORKER), url, "holds", "hold")
    assert holds.stdout is not None
    assert holds.stdout.readline() == "ready\n"
    tasks = [submit(url, str(n), agent="buyer").json()["id"] for n in range(5)]
    held = {holds.stdout.readline().strip() for _ in tasks}
    holds.send_signal(signal.SIGKILL)
    helps = run(str(WORKER), url, "helps")

    views = [ended(url, task) for task in tasks]

    assert held == set(tasks)
    assert [view["outcome"]["answer"] for view in views] == [f"helps buys task {n}" for n in range(5)]
    assert helps.stdout is not None
    assert helps.stdout.readline() == "ready\n"
    assert {helps.stdout.readline().strip() for _ in tasks} == set(tasks)
    listed = ASKS.get(f"{url}/v1/workers").json()["workers"]
    assert [(one["id"], one["alive"]) for one in listed] == [("helps", True), ("holds", False)]


def test_a_worker_that_comes_back_under_its_id_is_given_what_it_held(serve: Serve, run: Run) -> None:
    """It was killed, and would be taken for alive for an hour; the process that takes its place need not wait."""
    _, url = serve()
    dies = run(str(WORKER), url, "shop", "hold", "lasting")
    assert dies.stdout is not None
    assert dies.stdout.readline() == "ready\n"
    tasks = [submit(url, str(n), agent="buyer").json()["id"] for n in range(3)]
    assert {dies.stdout.readline().strip() for _ in tasks} == set(tasks)
    dies.send_signal(signal.SIGKILL)
    run(str(WORKER), url, "shop", "lasting")

    views = [ended(url, task) for task in tasks]

    assert [view["outcome"]["answer"] for view in views] == [f"shop buys task {n}" for n in range(3)]


def test_a_claim_is_there_after_the_server_was_killed(serve: Serve) -> None:
    """The worker goes on with what it holds, and no other is given it."""
    process, url = serve()
    for id in ("one", "two"):
        ASKS.post(f"{url}/v1/workers", json={"id": id, "agents": [{"name": "buyer"}]}).raise_for_status()
    task = submit(url, "a", agent="buyer").json()["id"]
    work = ASKS.post(f"{url}/v1/workers/one/claim", json={"seconds": 20}, timeout=60).json()["work"]
    process.kill()
    _, url = serve()

    assert ASKS.post(f"{url}/v1/workers/two/claim", json={"seconds": 0.5}).json()["work"] == []
    said = {"task": task, "call": work[0]["call"], "decision": {"text": "bought"}}
    ASKS.post(f"{url}/v1/workers/one/observations", json=said).raise_for_status()
    assert ended(url, task)["outcome"]["answer"] == "bought"


def test_kill_9_behind_http_loses_nothing_and_records_nothing_twice(serve: Serve) -> None:
    """What got its 202 is there; who asks again with the same key finds it; nothing is there twice."""
    process, url = serve()
    accepted: dict[str, str] = {}
    enough = threading.Event()

    def ask(key: str) -> None:
        try:
            answer = submit(url, key)
        except httpx.HTTPError:
            return  # it was killed before it could say so
        assert answer.status_code == 202
        accepted[key] = answer.json()["id"]
        if len(accepted) > 20:
            enough.set()

    keys = [f"k{n}" for n in range(120)]
    with ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(ask, key) for key in keys]
        assert enough.wait(60)
        process.kill()
        for one in asking:
            one.result()
    _, url = serve()
    again = {key: submit(url, key).json()["id"] for key in keys}

    assert accepted.items() <= again.items()
    assert len(set(again.values())) == len(keys)
    assert {ended(url, id)["status"] for id in again.values()} == {"succeeded"}
    listed = ASKS.get(f"{url}/v1/tasks?limit=1000").json()["tasks"]
    assert sorted(task["id"] for task in listed) == sorted(again.values())
    events = ASKS.get(f"{url}/v1/events?limit=10000").json()["frames"]
    outcomes = [frame["stream"] for frame in events for event in frame["events"] if event["kind"] == "task.succeeded"]
    assert len(outcomes) == len(set(outcomes))


def test_sigterm_answers_what_was_accepted_and_ends_well(serve: Serve) -> None:
    """Every request that was taken gets its answer, a long poll among them, and what was promised is there."""
    process, url = serve()
    ASKS.post(f"{url}/v1/workers", json={"id": "one", "agents": [{"name": "buyer"}]}).raise_for_status()
    waits = submit(url, "waits", agent="buyer").json()["id"]
    while ASKS.get(f"{url}/v1/tasks/{waits}").json()["status"] != "waiting":
        time.sleep(0.05)
    answers: list[httpx.Response] = []
    sent, enough = threading.Event(), threading.Event()

    def poll() -> httpx.Response:
        def trace(name: str, info: Any) -> None:
            if name == "http11.send_request_body.complete":
                sent.set()

        return ASKS.get(f"{url}/v1/tasks/{waits}/wait?seconds=2", timeout=60, extensions={"trace": trace})

    def ask(key: str) -> None:
        try:
            answers.append(submit(url, key))
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            return  # it came when nothing was accepted any more
        if len(answers) >= 20:
            enough.set()

    with ThreadPoolExecutor(9) as pool:
        polled = pool.submit(poll)
        # What was sent before others were answered was taken before it ends.
        assert sent.wait(60)
        asking = [pool.submit(ask, f"k{n}") for n in range(200)]
        assert enough.wait(60)
        process.terminate()
        for one in asking:
            one.result()
        assert polled.result().json()["status"] == "waiting"
    assert process.wait(60) == 0

    _, url = serve()
    promised = {answer.json()["id"] for answer in answers if answer.status_code == 202}
    there = {task["id"] for task in ASKS.get(f"{url}/v1/tasks?limit=1000").json()["tasks"]}
    assert len(promised) >= 20
    assert promised <= there


def certificate(folder: Path) -> None:
    """A certificate of 127.0.0.1, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kingpost test")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    kind, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, plain))


def test_tls_by_files(serve: Serve, tmp_path: Path) -> None:
    """With a certificate and its key in files it speaks TLS, and nothing else."""
    certificate(tmp_path)
    files = f'[http]\ncert = "{tmp_path / "cert.pem"}"\nkey = "{tmp_path / "key.pem"}"\n'
    (tmp_path / "kingpost.toml").write_text(files)
    _, url = serve()
    trust = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))

    assert url.startswith("https://")
    with httpx.Client(verify=trust, base_url=url) as asks:
        answer = asks.post("/v1/tasks", json={"description": "over TLS"})
        assert answer.status_code == 202
        assert ended(url, answer.json()["id"], asks)["status"] == "succeeded"
    with pytest.raises(httpx.HTTPError):
        ASKS.get(url.replace("https:", "http:") + "/ready", timeout=5)
