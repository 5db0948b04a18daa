"""Elementary functions, distribution functions and random numbers with the same bits on every machine.

Everything is written in IEEE basic operations, so that a result does not depend on the system's libm. What is drawn,
and for what, is decided in `sim.distributions` and `sim.model`.
"""
