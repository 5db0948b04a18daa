"""Members of families: how they are named by themselves, and what an effect sets of them."""
