"""The text of an expression to a typed tree: its grammar, its names, its types and units (E2, E3)."""
