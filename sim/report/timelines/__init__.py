"""One run or two as a reader sees them: the rows that are asked for, and tables of what the log does not say itself."""
