"""Finding the workers that are meant: those of a scheduler by its address, some started here, or processes."""

import logging
import os
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.util import Finalize
from threading import Event
from typing import TYPE_CHECKING, Any, TypeAlias

from sim.errors import UsageError
from sim.experiment.background import Background
from sim.experiment.cluster.identity import first_line
from sim.experiment.pool import main_left_alone, signals_held
from sim.experiment.workers import Workers
from sim.ledger.files.paths import temporary

if TYPE_CHECKING:
    from distributed import Client, LocalCluster
    from distributed.security import Security

LOCAL = "local"
SECONDS_TO_CONNECT = 10
SECONDS_FOR_A_WORKER = 60  # where many are started at once, the first may take a while
SECONDS_TO_WAIT = 600  # for as many workers as are asked for
SECONDS_BETWEEN_LOOKS = 0.5
_ADDRESS = re.compile(r"(tcp|tls)://[^/\s]+:\d+")
_NO_PAGES: dict[str, list[str]] = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
_CERTIFICATES = "see DASK_DISTRIBUTED__COMM__TLS__CA_FILE, ..._TLS__CLIENT__CERT and ..._TLS__CLIENT__KEY"

# Told how many workers are there, how many are waited for, and how many seconds that may take.
Waiting: TypeAlias = Callable[[int, int, float], None]


@contextmanager
def open_pool(
    cluster: str | None, workers: Workers | None, *, wait: bool = False, waiting: Waiting | None = None
) -> Iterator[Workers | None]:
    """Yield a pool of workers: a scheduler's by its address, those of a cluster made here, or local processes.

    `cluster` is an address, "local" (processes of this machine, as many as `workers`, under a scheduler of their own
    that lets in nobody else) or None. With `wait`, at most ten minutes are waited until `workers` have joined the
    scheduler; `waiting` is told meanwhile how many there are.

    Raise UsageError E013 for a number of workers that says nothing, E030 without Dask, E031 for an address without an
    answer or a worker, E036 if too few workers have joined, E038 for certificates that are missing or not accepted.
    """
    assert workers is None or isinstance(workers, int), "so many, not workers that are there already"
    _refuse_nonsense(cluster, workers, wait=wait)
    if cluster is None:
        yield workers
        return
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("E030", "Dask is not installed", "pip install '.[cluster]'") from None
    from sim.experiment.cluster.dispatch import Cluster

    with _dask_silent(), ExitStack() as stack:
        if cluster != LOCAL:
            _check_certificates(cluster)
        address: Any = stack.enter_context(_started(workers or _cores())) if cluster == LOCAL else cluster
        try:
            client = stack.enter_context(Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False))
            _wait(client, workers if wait else None, waiting)
            pool = Cluster(client)
        except (OSError, TypeError, ValueError, OverflowError) as error:  # all but the first: of its settings
            raise _unreachable(cluster, error) from None
        yield pool


def _refuse_nonsense(cluster: str | None, workers: int | None, *, wait: bool) -> None:
    joined = cluster not in (None, LOCAL)
    if joined and not _ADDRESS.fullmatch(str(cluster)):
        raise UsageError("E031", f"'{cluster}' is not a cluster", f"expected {LOCAL}, or such as tcp://scheduler:8786")
    if joined and workers is not None and not wait:
        remedy = "leave --workers out, or say --wait to wait until so many are there"
        raise UsageError("E013", "a scheduler has the workers that joined it", remedy)
    if wait and not joined:
        raise UsageError("E013", "--wait is about workers that join a scheduler", "expected --cluster with its address")
    if wait and workers is None:
        raise UsageError("E013", "--wait does not say for how many workers", "expected --workers, such as --workers 64")


def _check_certificates(address: str) -> None:
    """Raise UsageError E038 if an address asks for certificates that this process lacks, or does without them."""
    from distributed.security import Security

    encrypted = address.startswith("tls:")
    try:
        security = Security()
        there = security.get_connection_args("client").get("ssl_context") is not None
    except OSError as error:
        message = f"a certificate or its key cannot be read: {first_line(error)}"
        raise UsageError("E038", message, _CERTIFICATES) from None
    if encrypted and not there:
        raise UsageError("E038", f"{address} asks for certificates, and there are none", _CERTIFICATES)
    if security.require_encryption and not encrypted:
        said = f"{address} is not encrypted, and the environment asks for it"
        raise UsageError("E038", said, "expected an address with tls://")


def _unreachable(address: str, error: Exception) -> UsageError:
    said = first_line(error)
    if address.startswith("tls:") and ("SSL" in said or "TLS certificate" in said):
        return UsageError("E038", f"{address} and this process do not accept each other: {said}", _CERTIFICATES)
    notes = ("a scheduler with certificates has an address with tls://",) if "reset" in said else ()
    return UsageError("E031", f"no scheduler answers at {address}: {said}", *notes)


@contextmanager
def _started(workers: int) -> Iterator["LocalCluster"]:
    """Start a scheduler and workers as processes of this machine, which talk to nobody without their certificate.

    It is never on disk, so other users of this machine cannot use the ports. Signals do not reach the processes: this
    one stops them, and does not wait for what they are at if it is given up.
    """
    from distributed.security import Security

    try:
        security = Security.temporary()
    except ImportError:
        raise UsageError("E030", "cryptography is not installed", "pip install '.[cluster]'") from None
    given_up = Event()

    def make() -> "LocalCluster":
        made = _made(workers, security)
        if given_up.is_set():
            _end(made)
        return made

    making = Background(make)
    try:
        cluster = making.take()
    except KeyboardInterrupt:
        given_up.set()
        raise
    try:
        yield cluster
    except BaseException:
        _end(cluster)
        raise
    cluster.close()


def _made(workers: int, security: "Security") -> "LocalCluster":
    import dask
    from distributed import LocalCluster

    scratch = tempfile.mkdtemp(prefix=f"{temporary()}dask-")  # goes with the process, or with `sim gc`
    with dask.config.set(_NO_PAGES), main_left_alone(), signals_held():
        made = LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1",
            protocol="tls://", security=security, silence_logs=50, memory_limit=0, local_directory=scratch,
            scheduler_kwargs={"dashboard": False},
        )  # fmt: skip
    Finalize(made, shutil.rmtree, (scratch,), {"ignore_errors": True}, exitpriority=0)
    return made


def _end(cluster: "LocalCluster") -> None:
    """Kill a cluster's processes, and close it."""
    for nanny in cluster.workers.values():
        nanny.auto_restart = False
        if nanny.pid:
            with suppress(ProcessLookupError):
                os.kill(nanny.pid, signal.SIGKILL)
    cluster.close()


def _wait(client: "Client", workers: int | None, waiting: Waiting | None) -> None:
    """Wait until so many workers have joined the scheduler; without a number, until the first has."""
    wanted, seconds = workers or 1, SECONDS_TO_WAIT if workers else SECONDS_FOR_A_WORKER
    until = time.monotonic() + seconds
    while True:
        there = len(client.nthreads())
        if waiting and workers:
            waiting(there, wanted, seconds)
        if there >= wanted:
            return
        if time.monotonic() >= until:
            break
        time.sleep(SECONDS_BETWEEN_LOOKS)
    where = client.scheduler.address
    if workers is None:
        raise UsageError("E031", f"no worker has joined the scheduler at {where}", f"start one: dask worker {where}")
    message = f"{there:,} of {wanted:,} workers have joined the scheduler at {where} within {seconds / 60:g} minutes"
    remedy = "see why the others did not, or leave --workers and --wait out: then work begins with those that are there"
    raise UsageError("E036", message, remedy)


@contextmanager
def _dask_silent() -> Iterator[None]:
    """Keep Dask from logging, with tracebacks, what is raised here as an error or mended by Dask itself."""
    with ExitStack() as stack:
        for logger in map(logging.getLogger, ("distributed", "distributed.client")):
            stack.callback(logger.setLevel, logger.level)
            logger.setLevel(logging.CRITICAL + 1)
        yield


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
