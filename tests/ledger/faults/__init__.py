"""What can happen to a ledger, done to one: killed writers, failing system calls, full disks, damaged files, rivals.

Each trial counts how often a fault was tried and says what was wrong afterwards: nothing, or the test fails.
`python -m tests.ledger.faults` tries them all and prints the table.
"""
