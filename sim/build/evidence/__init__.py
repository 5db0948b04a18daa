"""Documents about evidence to the values of `sim.model.evidence`; the documented history is beside it, in `history`."""
