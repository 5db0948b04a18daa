"""One rule's clock in one run, and what it is given: `sim.model.clocks` has all of a run's clocks."""
