"""How a file of a ledger is created, read and put aside, in a folder or an object store, whatever it holds."""
