"""What is wrong with an ensemble: all that the ledger finds in its files, and whether it can be opened."""

from collections.abc import Iterator

from sim.errors import LedgerError, SimError
from sim.experiment.prepare import opened, opening, spec_of
from sim.ledger.ensemble import Ensemble
from sim.ledger.ledger import Ledger
from sim.ledger.stored_documents import document_sets, read_documents
from sim.ledger.verify import Finding, examine

ANOTHER_SIM = "E713"  # says nothing against a file


def examine_whole(ensemble: Ensemble, ledger: Ledger) -> tuple[Finding, ...]:
    """Examine an ensemble's files, and open it as every command that reads it does.

    Documents that do not mean what the id says are "documents" where others do; where none do, the finding is
    "opening", and nothing in the ledger can mend it. What the ledger found anyway is said once.
    """
    found = examine(ensemble)
    return (*found, *_opening(ensemble, ledger, found))


def _opening(ensemble: Ensemble, ledger: Ledger, found: tuple[Finding, ...]) -> Iterator[Finding]:
    if any(finding.what == "spec" for finding in found) or ensemble.is_begun():
        return
    try:
        spec = spec_of(ensemble)
        _, right = opening(ensemble, ledger)
    except SimError as problem:
        known = {finding.problem.message for finding in found}
        if problem.message not in known and _is_used(ensemble):
            yield Finding("opening", ensemble.folder, problem)
        return
    for path in document_sets(ensemble.folder):
        if path in right.parents or any(finding.path == path for finding in found):
            continue
        try:
            opened(ensemble, ledger, spec, path / read_documents(path)[0])
        except SimError as problem:
            if problem.code == "E703":
                yield Finding("documents", path, problem)


def _is_used(ensemble: Ensemble) -> bool:
    """Return whether anything was made of an ensemble; who was killed right after creating it has lost nothing."""
    try:
        return ensemble.manifest() is not None or bool(document_sets(ensemble.folder))
    except LedgerError:
        return True
