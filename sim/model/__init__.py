"""What a model is and what a run means: frozen values, clocks, the choice of an event, the state after it.

Models come from `sim.build`. Runs are made by `sim.engines`; nothing here reads a file or knows SimPy.
"""
