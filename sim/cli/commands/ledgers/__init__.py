"""Commands that look after a ledger."""
