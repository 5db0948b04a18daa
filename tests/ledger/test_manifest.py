import json
import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import LedgerError
from sim.ledger import Ensemble, verify
from sim.ledger.manifest import Manifest, joined, manifest_path
from sim.ledger.spec import canonical
from sim.model.event_table import table_of
from tests.ledger.logs import TINY, log

ranges = st.builds(lambda start, size: range(start, start + size), st.integers(0, 30), st.integers(1, 8))


@given(st.lists(ranges))
def test_joined_ranges_have_the_same_runs_and_gaps_between_them(pieces: list[range]) -> None:
    union = joined(pieces)
    assert {run for piece in union for run in piece} == {run for piece in pieces for run in piece}
    assert all(one.stop < other.start for one, other in pairwise(union))


def two_manifests(ensemble: Ensemble) -> Manifest:
    ensemble.seal([ensemble.publish(table_of(0, [TINY]))], {"host": "here"})
    return ensemble.seal([ensemble.publish(table_of(1, [log(5)]))], {"host": "here"})


def test_a_flipped_bit_anywhere_in_a_manifest_is_found(ensemble: Ensemble) -> None:
    manifest = two_manifests(ensemble)
    path = manifest_path(ensemble.manifests, 2)
    whole = path.read_bytes()
    dice = random.Random(3)  # noqa: S311
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(LedgerError) as caught:
            ensemble.manifest()
        assert caught.value.code in ("E703", "E705")
    path.write_bytes(whole)
    assert ensemble.manifest() == manifest


def test_a_manifest_without_a_checksum_is_read_as_it_was_when_there_was_none(ensemble: Ensemble) -> None:
    manifest = two_manifests(ensemble)
    manifest_path(ensemble.manifests, 2).write_bytes(manifest.old_content())
    assert ensemble.manifest() == manifest
    assert verify(ensemble) == ()


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b'{"format":1}', b"[" * 100_000])
def test_a_damaged_manifest_says_what_to_do(ensemble: Ensemble, content: bytes) -> None:
    two_manifests(ensemble)
    path = manifest_path(ensemble.manifests, 2)
    path.write_bytes(content)
    for act in (
        ensemble.manifest,
        ensemble.logs,
        lambda: ensemble.missing(2),
        lambda: ensemble.seal([ensemble.publish(table_of(2, [TINY]))], {}),
    ):
        with pytest.raises(LedgerError, match=r"00000002\.json") as caught:
            act()
        assert caught.value.code == "E703"
        assert "the manifest before it stays valid" in caught.value.notes[0]
    assert [problem.code for problem in verify(ensemble)] == ["E703"]
    path.unlink()
    assert ensemble.missing(2) == (range(1, 2),)
    assert verify(ensemble) == ()


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (lambda fields: fields.update(root="0" * 64), "was changed"),
        (lambda fields: fields.update(number=7), "was changed"),
        (lambda fields: fields["segments"][0].update(file="../../../etc/passwd"), "was changed"),
        (lambda fields: fields["segments"][0].pop("file"), "does not hold a manifest"),
        (lambda fields: fields.update(segments=3), "does not hold a manifest"),
    ],
)
def test_a_manifest_edited_by_hand_is_found(
    ensemble: Ensemble, change: Callable[[dict[str, Any]], object], finding: str
) -> None:
    two_manifests(ensemble)
    path = manifest_path(ensemble.manifests, 2)
    fields = json.loads(path.read_bytes())
    change(fields)
    path.write_bytes(canonical(fields))
    with pytest.raises(LedgerError, match=finding) as caught:
        ensemble.manifest()
    assert caught.value.code == "E703"


def test_a_manifest_of_a_newer_format_is_told_apart_from_a_damaged_one(ensemble: Ensemble) -> None:
    two_manifests(ensemble)
    path = manifest_path(ensemble.manifests, 2)
    path.write_bytes(b'{"format": 3, "everything": "else"}')
    with pytest.raises(LedgerError, match="format 3") as caught:
        ensemble.manifest()
    assert caught.value.code == "E705"


def test_a_manifest_copied_from_elsewhere_is_found(ensemble: Ensemble) -> None:
    two_manifests(ensemble)
    content = manifest_path(ensemble.manifests, 1).read_bytes()
    manifest_path(ensemble.manifests, 3).write_bytes(content)
    with pytest.raises(LedgerError, match="is a copy of manifest 1"):
        ensemble.manifest()
    foreign = Manifest("0" * 64, 3, "", (), "")
    manifest_path(ensemble.manifests, 3).write_bytes(foreign.content())
    with pytest.raises(LedgerError, match="belongs to another ensemble"):
        ensemble.manifest()
