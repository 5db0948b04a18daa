import dataclasses

import pyarrow.parquet as pq

from sim.ledger import Ensemble, Manifest, verify
from sim.ledger.manifest import manifest_path
from sim.ledger.segments.reader import read_header, read_segment
from sim.model.event_table import table_of
from tests.ledger.logs import TINY, log


def three_segments(ensemble: Ensemble) -> Manifest:
    for run in range(2):
        ensemble.seal([ensemble.publish(table_of(run, [log(5, run)]))], {})
    return ensemble.seal([ensemble.publish(table_of(2, [TINY]))], {})


def test_a_sound_ensemble_has_no_problems(ensemble: Ensemble) -> None:
    three_segments(ensemble)
    assert verify(ensemble) == ()


def test_every_problem_is_told_in_one_pass(ensemble: Ensemble) -> None:
    segments = three_segments(ensemble).segments
    (ensemble.folder / "spec.json").unlink()
    manifest_path(ensemble.manifests, 1).write_text("{}")
    ensemble.path(segments[0]).unlink()
    ensemble.path(segments[2]).write_bytes(b"PAR1")
    assert [problem.code for problem in verify(ensemble)] == ["E704", "E703", "E704", "E703"]


def test_a_gap_in_the_chain_of_manifests_is_found(ensemble: Ensemble) -> None:
    three_segments(ensemble)
    manifest_path(ensemble.manifests, 2).unlink()
    (problem,) = verify(ensemble)
    assert problem.code == "E704"
    assert "00000002.json" in problem.message


def test_a_manifest_that_does_not_follow_from_the_one_before_is_found(ensemble: Ensemble) -> None:
    manifest = dataclasses.replace(three_segments(ensemble), parent="0" * 64)
    manifest_path(ensemble.manifests, 3).write_bytes(manifest.content())
    (problem,) = verify(ensemble)
    assert "does not follow" in problem.message


def test_a_wrong_root_is_found_though_the_manifests_own_digest_is_right(ensemble: Ensemble) -> None:
    manifest = dataclasses.replace(three_segments(ensemble), root="0" * 64)
    manifest_path(ensemble.manifests, 3).write_bytes(manifest.content())
    (problem,) = verify(ensemble)
    assert "a root that its runs do not have" in problem.message


def test_a_file_with_other_bytes_is_found_though_its_rows_are_the_same(ensemble: Ensemble) -> None:
    segment = three_segments(ensemble).segments[0]
    path = ensemble.path(segment)
    header = read_header(path, segment, ensemble.id)
    table = pq.read_table(path)
    with pq.ParquetWriter(path, table.schema, compression="none", version="1.0") as file:
        file.write_table(table)
        file.add_key_value_metadata(header.metadata())
    assert read_segment(path, ensemble.id).sha256 != segment.sha256
    (problem,) = verify(ensemble)
    assert problem.code == "E703"
    assert "its SHA-256 is not" in problem.message
