"""A soak: the command line at work on one ledger, disturbed at random for as long as one likes.

Each round disturbs some commands in one way and then holds that nothing is lost, nothing is left behind, and that the
same command comes to the same figures as it does undisturbed. `python -m tests.soak --minutes 20` prints a table.

What happens to a ledger's files one system call at a time is tried by `tests.ledger.faults`; here whole commands run.
"""
