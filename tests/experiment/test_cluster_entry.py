"""How a cluster is found or started: its address, how many workers are waited for, and who is let in."""

import asyncio
import sys
import urllib.error
import urllib.request

import pytest

from sim.errors import UsageError
from sim.experiment.cluster import open_pool
from tests.experiment.dask_processes import dask

pytest.importorskip("distributed", reason="the extra is not installed: pip install '.[cluster]'")

import psutil
from distributed.comm import connect
from distributed.security import Security


def test_a_scheduler_without_workers_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.experiment.cluster.connect.SECONDS_FOR_A_WORKER", 1)
    with dask(tmp_path / "dask") as started, pytest.raises(UsageError) as error, open_pool(started.address, None):
        pass

    assert error.value.code == "E031"
    assert "no worker has joined" in error.value.message


@pytest.mark.parametrize(
    ("cluster", "workers", "code"),
    [("scheduler", None, "E031"), ("tcp://127.0.0.1:9", None, "E031"), ("tcp://127.0.0.1:9", 3, "E013")],
)
def test_an_address_that_makes_no_sense_or_where_nobody_answers_is_refused(monkeypatch, cluster, workers, code):
    monkeypatch.setattr("sim.experiment.cluster.connect.SECONDS_TO_CONNECT", 0.5)
    with pytest.raises(UsageError) as error, open_pool(cluster, workers):
        pass

    assert error.value.code == code


def test_without_the_extra_the_way_to_install_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError) as error, open_pool("local", None):
        pass

    assert error.value.code == "E030"
    assert error.value.notes == ("pip install '.[cluster]'",)


@pytest.mark.system
def test_wait_begins_when_so_many_are_there_and_says_how_many_there_are(tmp_path):
    told = []
    with dask(tmp_path / "dask", workers=1) as started:

        def waiting(there, wanted, seconds):
            told.append(there)
            assert (wanted, seconds) == (2, 600)
            if told.count(1) == 1 and there == 1:
                started.worker()

        with open_pool(started.address, 2, wait=True, waiting=waiting) as pool:
            assert len(pool) == 2

    assert told == sorted(told)
    assert {1, 2} <= set(told)


@pytest.mark.system
def test_wait_gives_up_after_a_time_and_says_how_many_came(tmp_path, monkeypatch):
    with dask(tmp_path / "dask", workers=1) as started:
        with open_pool(started.address, None):
            monkeypatch.setattr("sim.experiment.cluster.connect.SECONDS_TO_WAIT", 1)
        with pytest.raises(UsageError) as error, open_pool(started.address, 2, wait=True):
            pass

    assert error.value.code == "E036"
    assert error.value.message.startswith("1 of 2 workers have joined")


@pytest.mark.parametrize(("cluster", "workers"), [(None, 2), ("local", 2), ("tcp://127.0.0.1:9", None)])
def test_wait_is_refused_where_there_is_nothing_to_wait_for(cluster, workers):
    with pytest.raises(UsageError) as error, open_pool(cluster, workers, wait=True):
        pass

    assert error.value.code == "E013"


def listening() -> dict[int, int]:
    """The ports at which this process and its children listen, and whose they are."""
    me = psutil.Process()
    return {
        connection.laddr.port: one.pid
        for one in (me, *me.children(recursive=True))
        for connection in one.net_connections("tcp")
        if connection.status == "LISTEN"
    }


async def _answer(address: str, **arguments: object) -> str:
    """What somebody who connects is told: which kind of process it is, or why not."""
    try:
        comm = await connect(address, timeout=3, **arguments)
        try:
            await comm.write({"op": "identity", "reply": True})
            return (await comm.read())["type"]
        finally:
            comm.abort()
    except OSError as error:
        return f"{type(error).__name__}: {error}"


def _page(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=3) as page:
            return page.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.system
def test_nobody_but_the_driver_and_its_workers_is_let_into_a_cluster_of_this_machine():
    before = listening()
    with open_pool("local", 1) as pool:
        ports = listening().keys() - before.keys()
        own = pool.client.security.get_connection_args("client")
        others = Security.temporary().get_connection_args("client")
        kinds = {port: asyncio.run(_answer(f"tls://127.0.0.1:{port}", **own)) for port in ports}
        dask_ports = {port for port, kind in kinds.items() if kind in ("Scheduler", "Worker", "Nanny")}
        refused = [
            asyncio.run(_answer(address, **arguments))
            for port in dask_ports
            for address, arguments in (
                (f"tls://127.0.0.1:{port}", others), (f"tcp://127.0.0.1:{port}", {}),
            )
        ]  # fmt: skip
        pages = [_page(port, path) for port in ports - dask_ports for path in ("", "health", "info/main/workers.html")]

    assert sorted(kinds[port] for port in dask_ports) == ["Nanny", "Scheduler", "Worker"]
    assert len(refused) == 6
    assert all("Error" in answer for answer in refused), refused
    assert len(ports - dask_ports) == 2, "Dask opens a port for pages in the scheduler and in each worker"
    assert set(pages) == {404}, "and there is nothing to be had there"


def test_certificates_that_are_asked_for_and_missing_are_named(monkeypatch):
    with pytest.raises(UsageError) as error, open_pool("tls://127.0.0.1:9", None):
        pass

    assert error.value.code == "E038"
    assert "CA_FILE" in error.value.notes[0]
