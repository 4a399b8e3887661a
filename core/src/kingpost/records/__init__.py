"""The nouns: frozen structs (``record``) that import only one another and know nobody else.

Everything that crosses an edge (the log, HTTP, a plugin) is one of these or is made of these. ``codec`` turns them
into JSON and back.
"""
