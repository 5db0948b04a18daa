"""The reference pages of clocks, priors and laws of marks, with their pictures, from `sim.distributions`."""

import re
from collections.abc import Callable, Mapping

from sim.distributions.clock_laws import LAWS, Law
from sim.distributions.law_descriptions import CLOCK_LAWS, ONE_OF, OTHER_CLOCKS, LawDescription
from sim.distributions.law_descriptions import MARK_LAWS as MARK_WORDS
from sim.distributions.law_descriptions import PRIORS as PRIOR_WORDS
from sim.distributions.marks import MARK_LAWS, one_of
from sim.distributions.priors import PRIORS, prior_quantile
from sim.docs.density_plots import Quantile, density
from sim.docs.markdown import block, facts, page, section, table
from sim.numerics.elementary import log1p

FOLDER = "reference/plots"


def files() -> dict[str, str]:
    """Return the pages and pictures by path."""
    pictures: dict[str, str] = {}
    return {
        "reference/clocks.md": _clocks(pictures),
        "reference/priors.md": _priors(pictures),
        "reference/marks.md": _marks(pictures),
        **pictures,
    }


def _clocks(pictures: dict[str, str]) -> str:
    forms = [
        _entry(name, known, example=f"clock: {known.example}", topics=", ".join(_OTHER_WORDS.get(name, ())))
        for name, known in OTHER_CLOCKS.items()
    ]
    laws = []
    for name, law in LAWS.items():
        known = CLOCK_LAWS[name]
        quantile = _clock_quantile(law, known.example)
        given = " or ".join(f"`{{{', '.join(form.parameters)}}}`" for form in law.forms) if name != "fixed" else ""
        laws.append(
            _entry(name, known, example=f"clock: {known.example}", after=facts(given_by=given),
                   picture=_picture(pictures, f"clocks/{name}", quantile, f"How likely each time is with {name}"),
                   figures=_figures(quantile, "days", times=True))
        )  # fmt: skip
    return page(
        "Clocks of rules",
        "A clock is the random time that an enabled rule still needs. It starts when the rule's guard turns true, and "
        "when it runs out the rule fires. `clock` holds one of these.",
        "A clock whose law has the cumulative hazard H(t) fires at the age t at which H reaches -log(U), where U is a "
        "uniform random number of its own (Anderson 2007). Arguments are expressions: they may read the state and "
        "parameters, and are evaluated when the clock starts. Only a `rate` and a `speed` are followed afterwards.",
        table(
            ["clock", "what it is"],
            [(f"[`{name}`](#{name})", known.meaning) for name, known in {**OTHER_CLOCKS, **CLOCK_LAWS}.items()],
        ),
        *forms,
        *laws,
        topics="clock laws, law",
    )


_OTHER_WORDS: Mapping[str, tuple[str, ...]] = {
    "within": ("percent", "30 % within 14 days", "chance"), "at": ("date of a clock",), "every": ("beat",),
}  # fmt: skip


def _priors(pictures: dict[str, str]) -> str:
    parts = []
    for name, prior in PRIORS.items():
        known = PRIOR_WORDS[name]
        numbers = _numbers(known.example)
        quantile = _prior_quantile(name, numbers)
        scaled = [parameter for parameter, has in zip(prior.parameters, prior.scaled, strict=True) if has]
        units = (
            f"{', '.join(f'`{one}`' for one in scaled)} in the parameter's unit" if scaled else "none: plain numbers"
        )
        central = f"{prior.central(*numbers):.4g} in the example"
        parts.append(
            _entry(name, known, example=f"prior: {known.example}",
                   before=facts(written=f"`{name}: [{', '.join(prior.parameters)}]`"),
                   after=facts(units=units, central_value=f"{central}: what `--central` takes"),
                   picture=_picture(pictures, f"priors/{name}", quantile, f"How likely each value is with {name}"),
                   figures=_figures(quantile, "", times=False))
        )  # fmt: skip
    return page(
        "Priors of parameters",
        "A prior says what is known about a parameter before any run. Each run draws its own value, once; `--central` "
        "keeps all at their central values. The numbers stand in a list, in this order.",
        table(["prior", "numbers", "what it is"],
              [(f"[`{name}`](#{name})", ", ".join(prior.parameters), PRIOR_WORDS[name].meaning)
               for name, prior in PRIORS.items()]),
        *parts,
        topics="prior",
    )  # fmt: skip


def _marks(pictures: dict[str, str]) -> str:
    parts = []
    for name, law in MARK_LAWS.items():
        known = MARK_WORDS[name]
        numbers = _numbers(known.example)

        def quantile(u: float, law: Callable[..., float] = law.quantile, numbers: tuple[float, ...] = numbers) -> float:
            return float(law(*numbers, u))

        label = f"How likely each value is with {name}"
        kinds = {"int": "a whole number", "real": "a real number", "bool": "a condition"}
        parts.append(
            _entry(name, known, before=facts(written=f"`{name}({', '.join(law.parameters)})`", gives=kinds[law.type]),
                   example=f"emits: {{event: shots_fired, deaths: {known.example}}}" if law.type == "int"
                   else known.example,
                   picture=_picture(pictures, f"marks/{name}", quantile, label, whole=law.type in ("int", "bool")),
                   figures="" if law.type == "bool" else _figures(quantile, "", times=False))
        )  # fmt: skip
    return page(
        "Random marks",
        "A mark is a value that an event carries. Where a rule emits an event, its marks may be drawn at random, by "
        "these functions; nowhere else (E309). Each draw has a random number of its own.",
        table(
            ["function", "what it is"],
            [(f"[`{name}`](#{name})", known.meaning) for name, known in {**MARK_WORDS, "one_of": ONE_OF}.items()],
        ),
        *parts,
        _values(pictures),
        topics="mark, random mark",
    )


def _values(pictures: dict[str, str]) -> str:
    numbers = _numbers(ONE_OF.example)
    values, weights = numbers[::2], numbers[1::2]
    label = "How likely each value is with one_of in the example"
    return _entry(
        "one_of", ONE_OF, example=f"emits: {{event: shots_fired, deaths: '{ONE_OF.example}'}}",
        before=facts(written="`one_of(value, ...)` or `one_of(value: weight, ...)`", gives="what the values are"),
        picture=_picture(pictures, "marks/one_of", lambda u: values[one_of(weights, u)], label, whole=True),
        topics="list of values, weighted values, pick",
    )  # fmt: skip


def _entry(
    name: str,
    known: LawDescription,
    *,
    example: str,
    picture: str = "",
    before: str = "",
    after: str = "",
    figures: str = "",
    topics: str = "",
) -> str:
    """Return the section of a distribution; facts stand `before` and `after` the table of its arguments."""
    return section(
        name,
        known.meaning,
        picture,
        before,
        table(["argument", "what it is"], [(f"`{one}`", words) for one, words in known.arguments.items()]),
        after,
        facts(formula=f"`{known.formula}`" if known.formula else "", source=known.source),
        f"Example:\n\n{block('yaml', example)}",
        facts(in_the_example=figures, take_care=known.trap),
        topics=topics,
    )


def _clock_quantile(law: Law, example: str) -> Quantile:
    form = next(
        form for form in law.forms if law.name == "fixed" or all(f"{name}:" in example for name in form.parameters)
    )
    canonical = form.canonical(*_numbers(example))
    return lambda u: law.age(*canonical, -log1p(-u))


def _prior_quantile(name: str, numbers: tuple[float, ...]) -> Quantile:
    return lambda u: prior_quantile(name, numbers, u)


def _numbers(example: str) -> tuple[float, ...]:
    return tuple(float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", example))


def _picture(pictures: dict[str, str], name: str, quantile: Quantile, label: str, *, whole: bool = False) -> str:
    pictures[f"{FOLDER}/{name}.svg"] = density(quantile, whole=whole, label=label)
    return f"![{label}](plots/{name}.svg)"


def _figures(quantile: Quantile, unit: str, *, times: bool) -> str:
    low, middle, high = (f"{quantile(u):.3g}" for u in (0.05, 0.5, 0.95))
    what, unit = ("times" if times else "draws"), f" {unit}" if unit else ""
    return f"one in twenty {what} is below {low}{unit}, half are below {middle}, one in twenty is above {high}"
