"""Receive the events of a task, each verified, and acted upon once: ``python webhook_receiver.py``.

The server needs ``sinks = ["webhooks"]`` under ``[kernel]``, and to send to its own machine ``allow = ["127.0.0.1"]``
under ``[webhooks]``.
"""

from http.server import BaseHTTPRequestHandler, HTTPServer

from kingpost_sdk import Client, WebhookInvalid, models, verify_webhook

keys: list[str] = []
seen: set[str] = set()
done: set[str] = set()


class Receiver(BaseHTTPRequestHandler):
    """Answers one delivery."""

    def do_POST(self) -> None:
        """Verify the bytes as they came, answer at once, and act only on what is new."""
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            delivery = verify_webhook(body, dict(self.headers), keys)
        except WebhookInvalid as problem:
            self.send_error(400, str(problem))
            return
        self.send_response(204)
        self.end_headers()
        if delivery.id not in seen:  # it comes again when our answer was lost
            seen.add(delivery.id)
            print(delivery.data["type"], flush=True)
            if delivery.data["type"] == "task.succeeded":
                done.add(delivery.data["data"]["task"])

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""


with HTTPServer(("127.0.0.1", 0), Receiver) as server, Client() as client:
    url = f"http://127.0.0.1:{server.server_port}/"
    endpoint = client.endpoints.set("example", url=url, events=["task.queued", "task.succeeded"], order="task")
    keys += endpoint.keys  # shown once: keep them where secrets are kept
    notes = models.MaterialInput("trusses.md", "A king post carries the ridge.")
    task = client.tasks.submit("What carries the ridge?", agent="extract", material=[notes])
    try:
        while task.id not in done:
            server.handle_request()
    finally:
        client.endpoints.remove("example")
