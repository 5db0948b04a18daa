"""What experts say of a number: the laws fitted to their quantiles, and the pool of these laws as a prior."""
