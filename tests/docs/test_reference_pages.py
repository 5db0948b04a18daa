"""The reference pages say what the code says: they are current and complete, and their examples are right."""

import math
import re
from collections.abc import Callable, Mapping
from functools import partial

import pytest

from sim.build.checks import CLAIMS
from sim.build.model import loads_model
from sim.build.words.claim_descriptions import CLAIMS as CLAIM_WORDS
from sim.cli.main import COMMANDS
from sim.cli.topics import find, pages
from sim.distributions import law_descriptions
from sim.distributions.clock_laws import LAWS
from sim.distributions.marks import LARGEST_MEAN, MARK_LAWS
from sim.distributions.priors import PRIORS
from sim.docs import reference_pages
from sim.docs.density_plots import density
from sim.docs.reference_pages import PAGES, generated, written_before
from sim.language.codes.entries import CODES
from sim.language.expressions.expression_descriptions import FUNCTIONS, NAMES, OCCURRENCES, OPERATORS, UNCERTAIN
from sim.language.expressions.operations import FUNCTIONS as KNOWN_FUNCTIONS
from sim.language.expressions.operations import OCCURRENCES as KNOWN_OCCURRENCES
from sim.language.expressions.operations import ONE_OF
from sim.language.expressions.uncertain import ABOUT
from sim.language.shapes.documents import ClockShape
from sim.numerics.gamma import LARGEST_SHAPE
from sim.testing.session import BUDGETS

SAMPLE = re.findall(r"```yaml title=\"sample.yaml\"\n(.*?)```", pages()["reference/sample.md"], re.DOTALL)[0]


@pytest.mark.parametrize("path", generated())
def test_a_page_that_is_written_from_the_code_is_current(path: str) -> None:
    assert (PAGES / path).read_text(encoding="utf-8") == generated()[path], "write it again: python -m sim.docs"


def test_no_page_is_left_of_what_is_not_there_any_more() -> None:
    assert set(written_before()) == set(generated())


def test_writing_restores_what_was_changed_and_removes_what_is_left(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(reference_pages, "PAGES", tmp_path)
    old = tmp_path / "reference" / "old.md"
    old.parent.mkdir()
    old.write_text(generated()["reference/priors.md"], encoding="utf-8")

    assert set(reference_pages.write()) == {*generated(), "reference/old.md"}
    assert not old.exists()
    assert reference_pages.write() == []


def test_every_law_is_described_with_every_argument() -> None:
    assert set(law_descriptions.CLOCK_LAWS) == set(LAWS)
    for name, law in LAWS.items():
        assert set(law_descriptions.CLOCK_LAWS[name].arguments) == {
            one for form in law.forms for one in form.parameters
        }
    assert set(law_descriptions.CLOCK_LAWS) | set(law_descriptions.OTHER_CLOCKS) == {
        *ClockShape.model_fields, "within", "immediately",
    }  # fmt: skip
    for described, known in ((law_descriptions.PRIORS, PRIORS), (law_descriptions.MARK_LAWS, MARK_LAWS)):
        assert {name: tuple(words.arguments) for name, words in described.items()} == {
            name: law.parameters for name, law in known.items()
        }


def limits() -> list[tuple[str, str, Mapping[str, float], str, float, Callable[..., object]]]:
    """Return each argument whose words name a greatest value, with the numbers of the example and what takes them."""
    found = []
    for kind, described in KINDS.items():
        for name, words in described.items():
            given = re.findall(r"-?\d+(?:\.\d+)?", words.example)
            takes, parameters = taking(kind, name, words.example)
            numbers = dict(zip(parameters, map(float, given), strict=True))
            for argument, text in words.arguments.items():
                if limit := re.search(r"(?:from 0|up) to (\d[\d,]*)", text):
                    found.append((kind, name, numbers, argument, float(limit[1].replace(",", "")), takes))
    return found


KINDS = {
    "clock": law_descriptions.CLOCK_LAWS, "prior": law_descriptions.PRIORS, "mark": law_descriptions.MARK_LAWS,
}  # fmt: skip


def taking(kind: str, name: str, example: str) -> tuple[Callable[..., object], tuple[str, ...]]:
    """Return what refuses wrong arguments of a distribution, and their names in the order of its example."""
    if kind == "mark":
        return partial(half, MARK_LAWS[name].quantile), MARK_LAWS[name].parameters
    if kind == "prior":
        return PRIORS[name].check, PRIORS[name].parameters
    forms = LAWS[name].forms
    form = next(one for one in forms if len(forms) == 1 or all(f"{key}:" in example for key in one.parameters))
    return form.canonical, form.parameters


def half(quantile: Callable[..., object], *numbers: float) -> object:
    return quantile(*numbers, 0.5)


@pytest.mark.parametrize(("kind", "name", "numbers", "argument", "limit", "takes"), limits())
def test_the_words_name_the_greatest_value_that_an_argument_takes(
    kind: str, name: str, numbers: Mapping[str, float], argument: str, limit: float, takes: Callable[..., object]
) -> None:
    takes(*{**numbers, argument: limit}.values())

    with pytest.raises(ValueError, match="expected"):
        takes(*{**numbers, argument: math.nextafter(limit, math.inf)}.values())


def test_the_words_name_every_limit_that_the_code_has() -> None:
    large = {(kind, name, argument): limit for kind, name, _, argument, limit, _ in limits() if limit > 1}

    assert large == {
        ("clock", "gamma", "shape"): LARGEST_SHAPE,
        ("prior", "beta", "a"): LARGEST_SHAPE,
        ("prior", "beta", "b"): LARGEST_SHAPE,
        ("prior", "gamma", "shape"): LARGEST_SHAPE,
        ("mark", "beta", "a"): LARGEST_SHAPE,
        ("mark", "beta", "b"): LARGEST_SHAPE,
        ("mark", "binomial", "n"): LARGEST_MEAN,
        ("mark", "gamma", "shape"): LARGEST_SHAPE,
        ("mark", "poisson", "mean"): LARGEST_MEAN,
    }


def test_every_function_and_every_claim_is_described() -> None:
    assert set(FUNCTIONS) == set(KNOWN_FUNCTIONS)
    assert set(OCCURRENCES) == set(KNOWN_OCCURRENCES)
    assert set(CLAIM_WORDS) == set(CLAIMS)


@pytest.mark.parametrize(
    ("claim", "number"), [("leads_to", "runs"), ("never_lowers", "pairs"), ("never_raises", "pairs")]
)
def test_the_words_say_how_many_runs_a_claim_is_tried_on(claim: str, number: str) -> None:
    said = re.findall(r"(\d[\d,]*) (with `--quick`|by default|with `--deep`)", CLAIM_WORDS[claim].tried)

    tried = [f"{getattr(BUDGETS[name], number):,}" for name in ("quick", "default", "deep")]
    assert said == list(zip(tried, ("with `--quick`", "by default", "with `--deep`"), strict=True))


def test_every_command_and_every_code_has_a_section() -> None:
    for name in COMMANDS:
        assert find(f"sim {name}"), name
    text = "\n".join(pages().values())
    assert [code for code in CODES if f"## {code}: " not in text] == []


def accepts(**more: str) -> None:
    """Load the sample model with a further entry under some keys."""
    text = SAMPLE
    for key, entry in more.items():
        head = f"{key}:\n"
        text = text.replace(head, f"{head}  {entry}\n") if head in text else f"{text}{head}  {entry}\n"
    loads_model(text, "sample.yaml")


CLOCKS = {**law_descriptions.OTHER_CLOCKS, **law_descriptions.CLOCK_LAWS}


@pytest.mark.parametrize("name", CLOCKS)
def test_the_example_of_a_clock_is_one(name: str) -> None:
    accepts(rules=f"tried: {{faction: north, when: talks == none, clock: {CLOCKS[name].example}, emits: talks_opened}}")


@pytest.mark.parametrize("name", law_descriptions.PRIORS)
def test_the_example_of_a_prior_is_one(name: str) -> None:
    prior = law_descriptions.PRIORS[name].example
    accepts(parameters=f"tried: {{prior: {prior}, basis: {{judgement: an example}}}}")


@pytest.mark.parametrize("name", [*law_descriptions.MARK_LAWS, ONE_OF])
def test_the_example_of_a_mark_is_one(name: str) -> None:
    drawn = {**law_descriptions.MARK_LAWS, ONE_OF: law_descriptions.ONE_OF}[name].example
    kind = "int" if name == ONE_OF else MARK_LAWS[name].type
    accepts(
        events=f"tried: {{by: north, marks: {{amount: {kind}}}}}",
        rules=f"tried: {{faction: north, clock: {{every: 1 day}}, emits: {{event: tried, amount: '{drawn}'}}}}",
    )


def test_what_is_uncertain_is_described_by_what_may_be_written() -> None:
    (known,) = UNCERTAIN.values()

    accepts(derived=f"hot: {{value: '{known.example}'}}")
    assert list(UNCERTAIN) == [ABOUT]


CONDITIONS = {**NAMES, **OPERATORS, **FUNCTIONS, **OCCURRENCES}


@pytest.mark.parametrize("name", CONDITIONS)
def test_the_example_of_an_expression_is_a_condition(name: str) -> None:
    accepts(checks=f"tried: {{after: shots_fired, holds: '{CONDITIONS[name].example}', because: an example}}")


@pytest.mark.parametrize("name", CLAIM_WORDS)
def test_the_example_of_a_claim_is_one(name: str) -> None:
    accepts(checks=CLAIM_WORDS[name].example)


def test_a_picture_shows_a_density_or_the_bars_of_whole_numbers() -> None:
    flat = density(lambda u: 2 * u, label="flat")
    heights = {pair.split(",")[1] for pair in re.findall(r'points="([^"]*)"', flat)[0].split()[1:-1]}
    assert heights == {"12.0"}
    assert flat.count("<rect") == 1
    assert density(lambda u: float(u > 0.5), whole=True).count("<rect") == 3
