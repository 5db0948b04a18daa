"""All models with known answers, by name, and how small a p-value must be before it means a fault."""

from tests.engines.conformance import clocks, memories, renewals
from tests.engines.conformance.answers import Counts, Times
from tests.engines.conformance.engines import ENGINES
from tests.engines.conformance.known import Known, Question

FAMILY_ERROR = 1e-6

KNOWN: dict[str, Known] = {known.name: known for theme in (clocks, memories, renewals) for known in theme.KNOWN}


def held(question: Question) -> int:
    """Return how many p-values a question has."""
    answer = question.answer
    if isinstance(answer, Counts):
        return 3 if answer.number and not answer.never else 1
    return 2 if isinstance(answer, Times) and answer.mean is not None else 1


NUMBER = len(ENGINES) * sum(held(question) for known in KNOWN.values() for question in known.questions)
# Bonferroni's bound: among all p-values together a right engine has one below it once in a million suites.
RED = FAMILY_ERROR / NUMBER
