"""Everything that a person reads: pictures (`pictures`), tables, words, and how results print themselves (`forms`).

No number is made here: numbers come from `sim.analysis`. What is printed when is decided by `sim.cli`.
"""
