"""The ways back through the causes of many pairs of runs, compiled: the same ways as those of `ways_back`."""
