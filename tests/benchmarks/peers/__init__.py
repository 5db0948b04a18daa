"""This project beside what one would pick instead: simulators on the same processes, stores on the same events.

    python -m tests.benchmarks.peers

`processes` says what is simulated and what must come out; each `with_*` module has one tool's way of it; `race` times
them in turn (`timing`) and holds each against the known answers. `stores` and `storing` do the same for event logs on
disk, and `table` prints. A peer that is not installed is left out by name: see `tests/benchmarks/README.md`.
"""
