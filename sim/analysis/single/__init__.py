"""What is known about one run, or about a few of an ensemble: values, choices, clocks, near misses, what is typical."""
