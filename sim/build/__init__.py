"""Documents to a model, a history and a scenario, with every complaint about them (E3 to E5) and every warning.

The text of a document is read and checked by `sim.language`; what a model means when it runs is in `sim.model`.
"""
