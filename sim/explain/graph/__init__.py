"""What depends on what in a case, as a graph of its names: drawn, walked, traced."""
