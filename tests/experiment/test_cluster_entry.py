"""How a cluster is found or started: its address, how many workers are waited for, and who is let in."""

import sys

import pytest

from sim.errors import UsageError
from sim.experiment.cluster import hired
from tests.experiment.dask_processes import dask

pytest.importorskip("distributed", reason="the extra is not installed: pip install '.[cluster]'")


def test_a_scheduler_without_workers_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.experiment.cluster.connect.SECONDS_FOR_A_WORKER", 1)
    with dask(tmp_path / "dask") as started, pytest.raises(UsageError) as error, hired(started.address, None):
        pass

    assert error.value.code == "E031"
    assert "no worker has joined" in error.value.message


@pytest.mark.parametrize(
    ("cluster", "workers", "code"),
    [("scheduler", None, "E031"), ("tcp://127.0.0.1:9", None, "E031"), ("tcp://127.0.0.1:9", 3, "E013")],
)
def test_an_address_that_makes_no_sense_or_where_nobody_answers_is_refused(monkeypatch, cluster, workers, code):
    monkeypatch.setattr("sim.experiment.cluster.connect.SECONDS_TO_CONNECT", 0.5)
    with pytest.raises(UsageError) as error, hired(cluster, workers):
        pass

    assert error.value.code == code


def test_without_the_extra_the_way_to_install_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError) as error, hired("local", None):
        pass

    assert error.value.code == "E030"
    assert error.value.notes == ("pip install '.[cluster]'",)


def test_wait_begins_when_so_many_are_there_and_says_how_many_there_are(tmp_path):
    told = []
    with dask(tmp_path / "dask", workers=1) as started:

        def waiting(there, wanted, seconds):
            told.append(there)
            assert (wanted, seconds) == (2, 600)
            if told.count(1) == 1 and there == 1:
                started.worker()

        with hired(started.address, 2, wait=True, waiting=waiting) as crew:
            assert len(crew) == 2

    assert told == sorted(told)
    assert {1, 2} <= set(told)


def test_wait_gives_up_after_a_time_and_says_how_many_came(tmp_path, monkeypatch):
    with dask(tmp_path / "dask", workers=1) as started:
        with hired(started.address, None):
            monkeypatch.setattr("sim.experiment.cluster.connect.SECONDS_TO_WAIT", 1)
        with pytest.raises(UsageError) as error, hired(started.address, 2, wait=True):
            pass

    assert error.value.code == "E036"
    assert error.value.message.startswith("1 of 2 workers have joined")


@pytest.mark.parametrize(("cluster", "workers"), [(None, 2), ("local", 2), ("tcp://127.0.0.1:9", None)])
def test_wait_is_refused_where_there_is_nothing_to_wait_for(cluster, workers):
    with pytest.raises(UsageError) as error, hired(cluster, workers, wait=True):
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
    """Say what somebody who connects is told: the answer, or why there is none."""
    try:
        comm = await connect(address, timeout=3, **arguments)
    except OSError as error:
        return type(error).__name__
    try:
        await comm.write({"op": "identity", "reply": True})
        return str(await comm.read())
    finally:
        comm.abort()


def test_nobody_but_the_driver_and_its_workers_is_let_into_a_cluster_of_this_machine():
    before = listening()
    with hired("local", 1) as crew:
        ports = listening().keys() - before.keys()
        own = crew.client.security.get_connection_args("client")
        others = Security.temporary().get_connection_args("client")
        answers = {"own": {}, "others": {}, "none": {}}
        for port in ports:
            answers["own"][port] = asyncio.run(_answer(f"tls://127.0.0.1:{port}", **own))
            answers["others"][port] = asyncio.run(_answer(f"tls://127.0.0.1:{port}", **others))
            answers["none"][port] = asyncio.run(_answer(f"tcp://127.0.0.1:{port}"))
        let_in = {port for port, answer in answers["own"].items() if "'type'" in answer}
        pages = {port: _page(port) for port in ports - let_in}

    assert sorted(_kinds(answers["own"])) == ["Nanny", "Scheduler", "Worker"]
    assert not any("'type'" in answer for who in ("others", "none") for answer in answers[who].values()), answers
    assert len(pages) == 2, "Dask opens a port for pages in the scheduler and in the worker"
    assert set(pages.values()) == {404}, "and there is nothing to be had there"
