"""What is allowed in a document and seldom meant: one file a kind of warning, `gathered` for all of them."""
