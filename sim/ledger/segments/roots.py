"""Which runs a root is the digest of: all that an ensemble has sealed, or the first so many of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.ledger.ensemble import Ensemble
from sim.ledger.segments.digest import SIZE, growing_roots
from sim.ledger.segments.digest_ranges import DigestRanges

FEWEST_DIGITS = 8  # of a root that is looked for: fewer could be met by chance


@dataclass(frozen=True, slots=True)
class Rooted:
    """An ensemble, how many runs a root is of, the root, and whether those are all that are sealed."""

    ensemble: Ensemble
    runs: int
    root: str
    everything: bool


def with_root(ensemble: Ensemble, beginning: str) -> Iterator[Rooted]:
    """Give every number of runs whose root begins with `beginning`, in hexadecimal, by what the sealed files state.

    Usually that is none or one. Raise what `Ensemble.digests` raises.
    """
    manifest = ensemble.manifest()
    if manifest is None:
        return
    sealed = sum(map(len, manifest.runs))
    digests = DigestRanges((segment, ensemble.digests(segment)) for segment in manifest.segments).beginning()
    for runs, root in enumerate(growing_roots(digests), 1):
        if root.startswith(beginning):
            yield Rooted(ensemble, runs, root, everything=runs == sealed)
    if len(digests) < SIZE * sealed and manifest.root.startswith(beginning):
        yield Rooted(ensemble, sealed, manifest.root, everything=True)
