"""How each kind of measure grows along a run's log; `sim.model.measures` says what they mean, and asks them."""
