"""Commands to run scenarios, compare them, and ask runs that are there."""
