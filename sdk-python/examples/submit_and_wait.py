"""Ask a question about a text, and wait for the answer: ``python submit_and_wait.py``."""

from kingpost_sdk import Client, models

with Client() as client:  # KINGPOST_URL, KINGPOST_TOKEN
    notes = models.MaterialInput("trusses.md", "A king post carries the ridge. Rafters lean on it.")
    task = client.tasks.submit("What does the king post carry?", agent="extract", material=[notes])
    outcome = client.tasks.wait(task.id, seconds=60).outcome
    if not outcome:
        raise SystemExit("no outcome within a minute")
    print(outcome.status, outcome.answer, sep="\n")
    print("sources:", *(one.source for one in outcome.sources))
