"""Commands to write a case: its skeleton, its checks, its schema."""
