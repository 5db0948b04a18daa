import pytest

from tests.benchmarks.peers.processes import IMMIGRATION, PROCESSES
from tests.benchmarks.peers.race import Line, check, race, tools
from tests.benchmarks.peers.rows import table_of
from tests.benchmarks.peers.stores import COLUMNS, EVENTS, STORES
from tests.benchmarks.peers.storing import Flips, Kept, flip, one_round
from tests.benchmarks.peers.table import measured, race_table, store_table
from tests.benchmarks.peers.tools import Run, Tool
from tests.benchmarks.peers.with_sim import KERNEL, REFERENCE, logs
from tests.benchmarks.peers.with_simpy import TOOLS as SIMPY

pytestmark = pytest.mark.system  # other tools beside, each with all that it loads

RUNS = 10
PAIRS = [(tool, process) for tool in (KERNEL, REFERENCE, *SIMPY) for process in PROCESSES if process.name in tool.ready]
NAMES = [f"{tool.name}, {process.name}" for tool, process in PAIRS]
NO_PEER = [store for store in STORES if store.package in ("sim", "sqlite3", "duckdb")]


@pytest.mark.parametrize(("tool", "process"), PAIRS, ids=NAMES)
def test_each_tool_does_the_work_whose_answers_are_known(tool, process, tmp_path, monkeypatch):
    monkeypatch.setenv("SIM_CACHE", str(tmp_path))
    if tool is KERNEL:
        pytest.importorskip("llvmlite")
    maker = tool.ready[process.name]()

    check(process, tool.name, maker.look(maker.make(range(RUNS))))


def test_other_work_is_found_out():
    with pytest.raises(AssertionError, match=r"a tool, immigration: 8010 events, not 7960"):
        check(IMMIGRATION, "a tool", [Run(8000 + 20 * (number % 2), 40.0) for number in range(RUNS)])
    with pytest.raises(AssertionError, match=r"a tool, immigration: 55 left, not 40"):
        check(IMMIGRATION, "a tool", [Run(None, 55.0)] * RUNS)


def test_a_tool_that_is_not_there_or_does_not_run_is_left_out_by_name():
    def broken():
        raise OSError("no compiler\nand no luck")

    found, absent = tools(["nothing"])
    lines, failed = race(IMMIGRATION, [Tool("Broken", "", {"immigration": broken})])

    assert (found, lines, failed) == ([], [], {"Broken": "no compiler"})
    assert "with_nothing" in absent["nothing"]


def test_the_race_is_printed_as_a_table_with_those_that_are_absent():
    runs = [Run(7960, 40.0)] * 4
    lines = [Line(KERNEL, (0.5, 0.01), [8e6, 9e6], runs), Line(REFERENCE, (0.01, 0.01), [8e4, 6e4], runs)]

    text = race_table(IMMIGRATION, lines, {"mesa": "No module named 'mesa'"})

    assert measured().startswith("Measured on ")
    assert "| sim, kernel | 8,500,000 | 1 | 0.50, 0.01 | 40.00 ± 3.16 |" in text
    assert "| sim, reference | 70,000 | 120 (100 to 150) |" in text
    assert "| mesa | left out: No module named 'mesa' |" in text


@pytest.mark.parametrize("store", NO_PEER, ids=lambda store: store.name)
def test_a_store_gives_back_what_it_was_given(store):
    few = logs(2)
    one_round(Kept(store, Flips(0, 0, 0)), {EVENTS: few, COLUMNS: table_of(few)})


def test_the_ledger_notices_every_flipped_bit():
    assert flip(STORES[0], logs(1), 5) == Flips(5, 0, 0)


def test_the_stores_are_printed_as_a_table():
    ledger = Kept(STORES[0], Flips(20, 0, 0), {EVENTS: [1.0]}, {EVENTS: [2.0]}, 8000)
    other = Kept(STORES[1], Flips(4, 6, 10), {EVENTS: [3.0]}, {EVENTS: [1.0]}, 90000)

    text = store_table(1000, [ledger, other], {"deltalake": "No module named 'deltalake'"})

    assert "| sim, ledger | 1,000; 1 | - | 500; 1 | - | 8.0 |" in text
    assert "| eventsourcing, SQLite recorder | 333; 3 (3 to 3) | - | 1,000; 0.5 (0.5 to 0.5) | - | 90.0 |" in text
    assert "| deltalake | left out: No module named 'deltalake' |" in text
