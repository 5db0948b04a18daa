"""A case as a whole: which files a scenario is read from (`reading`), and what they were built into (`case`)."""
