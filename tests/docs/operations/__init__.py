"""A page for each operation, out of the table, the OpenAPI document and the SDKs; ``make contracts`` writes them."""
