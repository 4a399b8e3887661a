"""The SDKs as their users have them: examples, packages, workers and webhooks, against the real server."""
