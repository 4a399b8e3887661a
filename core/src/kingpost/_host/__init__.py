"""How many tasks and plugins live together. Used by the command line and by faces, through ``kernel``."""
