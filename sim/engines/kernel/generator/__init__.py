"""A model to the text of its own functions, in the compiled subset."""
