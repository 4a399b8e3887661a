"""Remember, recall and forget, in a scope of its own: ``python memory.py``."""

from kingpost_sdk import Client, models

SCOPE = "example"

with Client() as client:
    facts = ["Ada drinks green tea.", "The tea is kept on the upper shelf.", "Grace sails on Sundays."]
    stored = client.memory.remember([models.MemoryInput(body=fact, id="", scope=SCOPE) for fact in facts])
    print("new:", stored.new)

    found = client.memory.recall("What does Ada drink?", scopes=[SCOPE], limit=1).found
    for one in found:
        print("recalled:", one.memory.body)

    forgotten = client.memory.forget(models.Selection(scope=SCOPE))
    print("forgotten:", forgotten.count)
