"""The contracts between the server and the three SDKs: what is generated, what is promised, and whether both hold."""
