"""The causes of what happened in a run, and of what did not, in words and as data."""
