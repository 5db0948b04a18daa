"""Segment files: what comes back, and that damage never does."""

import dataclasses
import json
import random
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import LedgerError
from sim.ledger import Ensemble, Ledger, Segment, verify
from sim.ledger.segments import laying_out
from sim.ledger.segments.laying_out import in_standard_order
from sim.ledger.segments.layout_1 import encode_1
from sim.ledger.segments.layout_2 import encode_2
from sim.ledger.segments.reader import read_header, read_segment
from sim.ledger.segments.schema import FORMATS, TEXTS, Header
from sim.model.event import KEPT, Event, Log
from sim.model.event_table import Category, EventTable, table_of
from tests.ledger.logs import TINY, bits, log, whole_logs

in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(params=FORMATS)
def ensemble(tmp_path: Path, request: pytest.FixtureRequest) -> Ensemble:
    return Ledger(tmp_path / "ledger").create({"model": "élan", "seed": 1}, request.param)


def sealed(ensemble: Ensemble, logs: list[Log], first: int = 0) -> Segment:
    segment = ensemble.publish(table_of(first, logs))
    ensemble.seal([segment], {})
    return segment


@in_one_folder
@given(st.lists(whole_logs(), min_size=1, max_size=5))
@pytest.mark.parametrize("form", FORMATS)
def test_a_log_survives_write_and_read_bit_for_bit(tmp_path: Path, form: int, logs: list[Log]) -> None:
    ensemble = Ledger(tmp_path).create({"logs": repr(bits(logs))}, form)
    sealed(ensemble, logs)
    back = [log for _, log in ensemble.logs()]
    assert bits(back) == bits(logs)
    assert bits([ensemble.log(len(logs) - 1)]) == bits(logs[-1:])
    assert verify(ensemble) == ()


@in_one_folder
@given(st.lists(whole_logs(), min_size=1, max_size=5), st.integers(0, 3))
@pytest.mark.parametrize("form", FORMATS)
def test_what_is_kept_without_logs_survives_write_and_read(
    tmp_path: Path, form: int, logs: list[Log], count: int
) -> None:
    ensemble = Ledger(tmp_path).create({"logs": repr(bits(logs)), "measures": count}, form)
    measures = np.arange(1.0 * count * len(logs)).reshape(len(logs), count)
    ensemble.seal([ensemble.publish_outcomes(table_of(2, logs, measures), "measured")], {})

    (kept,) = ensemble.kept(range(2 + len(logs)), "measured")

    assert kept.runs == range(2, 2 + len(logs))
    assert bits(list(kept.logs())) == bits([tuple(event for event in log if event.kind in KEPT) for log in logs])
    assert kept.measures.tolist() == measures.tolist()
    assert kept.sizes.tolist() == [len(log) for log in logs]
    assert verify(ensemble) == ()


def test_a_segment_of_several_row_groups_reads_back(ensemble: Ensemble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laying_out, "GROUP", 20)
    logs = [log(5 + run % 3, run / 7) for run in range(50)]
    segment = sealed(ensemble, logs, first=3)
    assert pq.ParquetFile(ensemble.path(segment)).num_row_groups > 10
    assert list(ensemble.logs()) == list(enumerate(logs, 3))
    assert list(ensemble.logs(range(17, 31))) == list(enumerate(logs[14:28], 17))
    assert all(ensemble.log(run) == log for run, log in enumerate(logs, 3))
    assert verify(ensemble) == ()


def test_many_texts_fall_out_of_parquets_dictionary_and_still_read_back(ensemble: Ensemble) -> None:
    many = [Event(number, float(number), "fired", f"{number:05}" * 200) for number in range(1, 3000)]
    logs = [TINY, (TINY[0], *many, log(3001)[-1])]
    sealed(ensemble, logs)
    assert [log for _, log in ensemble.logs()] == logs


def test_any_parquet_reader_sees_plain_columns(tmp_path: Path) -> None:
    ensemble = Ledger(tmp_path).create({})
    segment = sealed(ensemble, [TINY, log(5)])
    file = pq.ParquetFile(ensemble.path(segment))
    categories = json.loads(file.metadata.metadata[b"sim.segment"])["categories"]
    one, other = file.read().to_pylist()
    assert len(other["code"]) == 5
    assert {name: column[1] for name, column in one.items() if name != "marks"} == {
        "code": categories.index(["fired", "shots_fired", "north_probes_the_line", "north", "", 1]),
        "time": 1.5,
        "occurrence": 0,
    }
    assert one["marks"] == [0.05, 7.0, 2.0]


def test_any_parquet_reader_sees_plain_rows_in_format_1(tmp_path: Path) -> None:
    ensemble = Ledger(tmp_path).create({}, 1)
    segment = sealed(ensemble, [TINY, log(5)])
    rows = pq.read_table(ensemble.path(segment)).to_pylist()
    assert [row["run"] for row in rows] == [0] * 4 + [1] * 5
    assert rows[1] == {
        "run": 0,
        "sequence": 1,
        "time": 1.5,
        "kind": "fired",
        "type": "shots_fired",
        "rule": "north_probes_the_line",
        "faction": "north",
        "occurrence": 0,
        "marks": [2.0],
        "note": "",
    }


@pytest.mark.parametrize("form", FORMATS)
def test_the_name_of_a_segment_comes_from_its_content_and_not_from_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: int
) -> None:
    logs = [TINY, log(9)]
    one = Ledger(tmp_path / "one").create({}, form)
    first = sealed(one, logs)
    encode = encode_1 if form == 1 else encode_2

    def otherwise(header: Header, table: EventTable) -> bytes:
        table = pq.read_table(pa.BufferReader(encode(header, table)))
        sink = pa.BufferOutputStream()
        with pq.ParquetWriter(sink, table.schema, compression="none", use_dictionary=False, version="1.0") as file:
            file.write_table(table)
            file.add_key_value_metadata(header.metadata())
        return bytes(sink.getvalue())

    monkeypatch.setattr(f"sim.ledger.segments.laying_out.encode_{form}", otherwise)
    other = Ledger(tmp_path / "other").create({}, form)
    second = sealed(other, logs)
    assert first.sha256 != second.sha256
    assert (first.file, first.root) == (second.file, second.root)
    assert [log for _, log in other.logs()] == logs
    assert verify(other) == ()
    assert one.manifest().root == other.manifest().root  # type: ignore[union-attr]
    assert one.publish(table_of(0, logs)) == first, "what stands under the name is kept"


def test_a_flipped_bit_anywhere_in_a_segment_is_found(ensemble: Ensemble) -> None:
    segment = sealed(ensemble, [TINY, log(6)])
    path = ensemble.path(segment)
    whole = path.read_bytes()
    dice = random.Random(1)  # noqa: S311
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(LedgerError) as caught:
            list(ensemble.logs())
        assert caught.value.code == "E703"
        assert str(path) in caught.value.message
        assert "run the ensemble again" in caught.value.notes[0]
    path.write_bytes(damaged)
    assert [problem.code for problem in verify(ensemble)] == ["E703"]


def test_a_flipped_bit_is_found_or_harmless_even_where_the_hash_is_not_known(ensemble: Ensemble) -> None:
    """While sealing, only the header is read; while publishing over a name, there is no hash to compare."""
    segment = ensemble.publish(table_of(0, [TINY, log(6)]))
    path = ensemble.path(segment)
    whole = path.read_bytes()
    digests = ensemble.digests(segment)
    dice = random.Random(2)  # noqa: S311
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        try:
            assert read_header(path, segment, ensemble.id).digests == digests
        except LedgerError as error:
            assert error.code in ("E703", "E705")  # noqa: PT017
        try:
            read_segment(path, ensemble.id)
        except LedgerError as error:
            assert error.code in ("E703", "E705")  # noqa: PT017


@pytest.mark.parametrize("keep", [0, 1, 4, 100, -1])
def test_a_truncated_or_empty_segment_is_found(ensemble: Ensemble, keep: int) -> None:
    segment = sealed(ensemble, [TINY])
    path = ensemble.path(segment)
    path.write_bytes(path.read_bytes()[:keep])
    for act in (
        lambda: ensemble.log(0),
        lambda: ensemble.publish(table_of(0, [TINY])),
        lambda: Ensemble(ensemble.folder).seal([segment], {}),
    ):
        with pytest.raises(LedgerError) as caught:
            act()
        assert caught.value.code == "E703"


def test_a_missing_segment_is_named(ensemble: Ensemble) -> None:
    segment = sealed(ensemble, [TINY, TINY])
    ensemble.path(segment).unlink()
    for act in (lambda: ensemble.log(1), ensemble.logs):
        with pytest.raises(LedgerError, match=segment.file) as caught:
            act()
        assert caught.value.code == "E704"
    assert [problem.code for problem in verify(ensemble)] == ["E704"]


def test_a_segment_of_another_ensemble_is_found(tmp_path: Path) -> None:
    one, other = Ledger(tmp_path).create({"seed": 1}), Ledger(tmp_path).create({"seed": 2})
    segment = one.publish(table_of(0, [TINY]))
    with pytest.raises(LedgerError, match=segment.file) as caught:
        other.seal([segment], {})
    assert caught.value.code == "E704"
    (other.folder / "segments").mkdir()
    one.path(segment).rename(other.path(segment))
    for act in (lambda: other.seal([segment], {}), lambda: other.publish(table_of(0, [TINY]))):
        with pytest.raises(LedgerError, match=f"belongs to another ensemble, {one.id}") as caught:
            act()
        assert caught.value.code == "E703"


def test_a_segment_of_a_newer_format_is_told_apart_from_a_damaged_one(ensemble: Ensemble) -> None:
    newer = Ensemble(ensemble.folder)
    newer.__dict__["form"] = 3
    segment = newer.publish(table_of(0, [TINY]))
    with pytest.raises(LedgerError, match="has format 3, but this version of sim reads formats up to 2") as caught:
        ensemble.seal([segment], {})
    assert caught.value.code == "E705"


def test_a_parquet_file_of_somebody_else_is_found(ensemble: Ensemble) -> None:
    segment = ensemble.publish(table_of(0, [TINY]))
    pq.write_table(pa.table({"run": [1]}), ensemble.path(segment))
    with pytest.raises(LedgerError, match="not a segment of this ledger") as caught:
        ensemble.publish(table_of(0, [TINY]))
    assert caught.value.code == "E703"


def test_rows_that_do_not_give_the_digests_are_found_though_every_checksum_is_right(ensemble: Ensemble) -> None:
    """What a faulty program could write: the header of one log over the rows of another."""
    segment = ensemble.publish(table_of(0, [TINY]))
    forged = (*TINY[:-1], Event(3, 31.0, "ended", "run_ended", note="horizon"))
    ensemble.path(segment).write_bytes(encoded(ensemble, segment, table_of(0, [forged])))
    with pytest.raises(LedgerError, match="rows that do not give its digests"):
        ensemble.publish(table_of(0, [TINY]))


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"codes": np.array([3, 1, 4, 0], np.int32)}, "codes that stand for no category"),
        ({"codes": np.array([3, 1, -1, 0], np.int32)}, "codes that stand for no category"),
        ({"codes": np.array([3, 3, 2, 0], np.int32)}, "the marks are not as many as its categories say"),
        ({"starts": np.array([0, 0])}, "the rows are not those of so many runs"),
    ],
)
def test_columns_that_do_not_fit_are_found_though_every_checksum_is_right(
    tmp_path: Path, wrong: dict[str, Any], complaint: str
) -> None:
    ensemble = Ledger(tmp_path).create({})
    segment = ensemble.publish(table_of(0, [TINY]))
    table = in_standard_order(table_of(0, [TINY]))
    forged = dataclasses.replace(table, **wrong)
    forged.__dict__["mark_starts"] = table.mark_starts
    header = header_of(ensemble, segment, table.categories)
    ensemble.path(segment).write_bytes(encode_2(header, SimpleNamespace(first=0, part=lambda *_: forged)))
    with pytest.raises(LedgerError, match=complaint):
        read_segment(ensemble.path(segment), ensemble.id)


def header_of(ensemble: Ensemble, segment: Segment, categories: Sequence[Category]) -> Header:
    return Header(
        ensemble=ensemble.id,
        groups=(segment.range,),
        events=segment.events,
        digests=ensemble.digests(segment),
        categories=tuple(categories) if ensemble.form > 1 else (),
        form=ensemble.form,
    )


def encoded(ensemble: Ensemble, segment: Segment, table: EventTable) -> bytes:
    """Encode a table under the header of a segment."""
    table = in_standard_order(table)
    return (encode_1 if ensemble.form == 1 else encode_2)(header_of(ensemble, segment, table.categories), table)


def test_rows_that_say_that_they_are_of_other_runs_are_found_though_they_give_the_digests(tmp_path: Path) -> None:
    ensemble = Ledger(tmp_path).create({}, 1)
    segment = ensemble.publish(table_of(0, [TINY]))
    header = header_of(ensemble, segment, ())
    others = SimpleNamespace(groups=(range(7, 8),), retention="full", metadata=header.metadata)
    ensemble.path(segment).write_bytes(encode_1(others, table_of(7, [TINY])))
    with pytest.raises(LedgerError, match="the rows are not those of its runs"):
        ensemble.publish(table_of(0, [TINY]))


def test_pages_have_checksums_and_texts_of_format_1_are_dictionaries(ensemble: Ensemble) -> None:
    segment = sealed(ensemble, [TINY])
    group = pq.ParquetFile(ensemble.path(segment)).metadata.row_group(0)
    found = {group.column(i).path_in_schema.split(".")[0]: group.column(i) for i in range(group.num_columns)}
    assert all(found[name].has_dictionary_page for name in TEXTS if ensemble.form == 1)
    assert {column.compression for column in found.values()} == {"ZSTD"}
    data = bytearray(ensemble.path(segment).read_bytes())
    data[found["time"].data_page_offset + found["time"].total_compressed_size - 1] ^= 1
    file = pq.ParquetFile(pa.BufferReader(bytes(data)), page_checksum_verification=True)
    with pytest.raises(OSError, match="CRC"):
        file.read()


def test_memory_that_does_not_do_is_no_damage(tmp_path):
    import pyarrow as pa

    from sim.ledger.segments import reader

    with pytest.raises(MemoryError), reader._decoding(tmp_path / "segment.parquet"):
        raise pa.ArrowMemoryError("malloc of size 64 failed")


def test_runs_come_back_however_many_distinct_events_a_number_has_room_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensemble = Ledger(tmp_path).create({}, 1)
    logs = [TINY, log(9), log(6, 2.0)]
    sealed(ensemble, logs)
    monkeypatch.setattr("sim.ledger.segments.layout_1._PLACES", 5)
    assert bits([found for _, found in ensemble.logs()]) == bits(logs)
