"""Workers on other machines: Dask takes the tasks to them, and they write to the ledger themselves.

`connect` finds or starts them, `membership` knows the workers, `dispatch` gives them tasks, `remote` is what a worker
runs, `identity` says whether driver and worker make the same runs. Dask is an extra: it is imported when a cluster is
asked for.
"""

from sim.experiment.cluster.connect import open_pool

__all__ = ["open_pool"]
