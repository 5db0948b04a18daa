"""What is built, in words for readers: moments, what a scenario assumes, what a claim of a check says."""
