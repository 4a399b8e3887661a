"""The commands, one module for each group of them. Transports of the operations table: they ask a kernel and print."""
