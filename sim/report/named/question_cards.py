"""Outcomes, measures, checks and base rates as cards: what is asked, and what an ensemble answers."""

from dataclasses import asdict
from typing import Any

from sim.analysis.labels import unit_of
from sim.explain.last_causes import Chain, LastCauses
from sim.language.counts import counted
from sim.report.bases import written_share
from sim.report.named.card import Card, Entry, entries
from sim.report.named.ensemble_figures import Figures, share_text
from sim.report.named.link_texts import part, read
from sim.report.named.named_part import NamedPart
from sim.report.named.source_texts import basis_data, basis_texts, sources_data
from sim.report.result_tables import bounds
from sim.report.sentences.question_sentences import base_rate_sentence, measure_sentence, outcome_sentence
from sim.statistics.estimates import NO_INTERVAL

MOST_CHAINS = 5
HOW = (
    "Each cause is what the next one waited for, or what last wrote what the condition of its rule reads. A chain ends "
    "at the past, or after three. A cause need not have helped: what it wrote may only have left the condition true."
)


def outcome_card(named: NamedPart) -> Card:
    """Return the card of an outcome."""
    outcome = named.model.outcomes[named.name]
    figures = named.figures
    share = None if figures is None else figures.results.outcomes[outcome.name]
    found = None if figures is None or outcome.otherwise else figures.causes(outcome.name)
    runs = [] if share is None else [f"probability {share_text(share)}"]
    chains = () if found is None else entries(("came about", _chains(named, found)), ("how read", HOW))
    of_runs = named.of_figures(runs, of_events=bool(chains))
    data: dict[str, Any] = {
        "in_words": outcome_sentence(outcome, named.terms), "ending": outcome.ending, "ends_run": outcome.ends_run,
        "probability": None if share is None else {**asdict(share), "share": share.share},
        "last_causes": None if found is None else _chains_data(found),
    }  # fmt: skip
    claims = [part(link.target) for link in named.out_of if link.target.kind in ("base rate", "check")]
    return named.card(
        outcome.title,
        *entries(
            ("in words", outcome_sentence(outcome, named.terms)), ("reads", read(named.into)), ("held against", claims)
        ),
        *of_runs[:1],
        *chains,
        *of_runs[1:],
        *named.how_to_ask("how likely it is and how it comes about"),
        data=data,
    )


def _chains(named: NamedPart, found: LastCauses) -> list[str]:
    """Return the commonest chains of causes, each with its share of the runs in which the outcome came true."""
    few = ", too few to say much" if found.hits < 30 else ""
    first = named.figures.first if named.figures else ""
    texts = [f"it came true in {found.hits:,} of {first}{found.runs:,} runs; shares are of these {found.hits:,}{few}:"]
    for chain, share in found.chains[:MOST_CHAINS]:
        shown = "all" if share.bounded else str(share)
        interval = "" if share.bounded else f" ({NO_INTERVAL if found.nested else share.interval})"
        texts.append(f"- {shown}{interval}: {_chain(named, chain)}")
    left = len(found.chains) - MOST_CHAINS
    if left > 0:
        rest = sum(share.hits for _, share in found.chains[MOST_CHAINS:])
        texts.append(f"- the other {rest:,} runs: {counted(left, 'more chain')}")
    return texts


def _chain(named: NamedPart, chain: Chain) -> str:
    """Return a chain with the first cause in front."""
    where = {"fired": "", "past": " (before the branch)", "scheduled": " (at its date)"}
    return (
        ", then ".join(f"{named.terms.event(cause.event)}{where[cause.how]}" for cause in reversed(chain))
        or "time alone"
    )


def _chains_data(found: LastCauses) -> dict[str, Any]:
    return {
        "runs": found.runs, "hits": found.hits,
        "chains": [
            {
                "causes": [{"event": one.event, "how": one.how} for one in reversed(chain)], "hits": share.hits,
                "share": share.hits / share.runs, "low": None if found.nested else share.low,
                "high": None if found.nested else share.high,
            }
            for chain, share in found.chains
        ],
    }  # fmt: skip


def measure_card(named: NamedPart) -> Card:
    """Return the card of a measure."""
    measure = named.model.measures[named.name]
    runs: list[str] = []
    data: dict[str, Any] | None = None
    if named.figures is not None and not named.figures.withheld:
        runs, data = _measured(named.figures, measure.name)
    return named.card(
        measure.title,
        *entries(("in words", measure_sentence(measure, named.terms)), ("reads", read(named.into))),
        *named.of_figures(runs),
        *named.how_to_ask("what it comes to"),
        data={"in_words": measure_sentence(measure, named.terms), "in_runs": data},
    )


def _measured(figures: Figures, name: str) -> tuple[list[str], dict[str, Any] | None]:
    found = figures.results.measures[name]
    low, high = found.quantiles[0.05].value, found.quantiles[0.95].value
    if found.mean.value is None or found.median.value is None:
        return ["no run has it"], None
    unit = unit_of(figures.results.model, name)
    whose = f"of the {found.runs:,} runs that have it; {found.missing:,} have not" if found.missing else ""
    texts = [
        whose,
        f"mean {found.mean.value:.4g}{unit} ({bounds(found.mean)}), median {found.median.value:.4g}{unit} "
        f"({bounds(found.median)})",
        f"middle 90 % of runs: {low:.4g} to {high:.4g}{unit}",
    ]
    return texts, {"mean": asdict(found.mean), "median": asdict(found.median), "runs": found.runs}


def check_card(named: NamedPart) -> Card:
    """Return the card of a check."""
    check = named.model.checks[named.name]
    return named.card(
        f"A claim about every run, because {check.because}",
        *entries(("claim", f"`{' '.join(check.claim.split())}`"), ("reads", read(named.into)), _tried(named)),
        data={"claim": check.claim, "because": check.because},
    )


def _tried(named: NamedPart) -> tuple[str, str]:
    return "tried by", f"sim test {named.case.shown}" if not named.case.of_ensemble else ""


def base_rate_card(named: NamedPart) -> Card:
    """Return the card of a base rate."""
    rate = named.model.base_rates[named.name]
    found: tuple[Entry, ...] = entries(
        ("in words", base_rate_sentence(rate, named.terms)),
        ("share", written_share(rate.count)),
        ("basis", basis_texts(named.case, rate.basis)),
        _tried(named),
    )
    data = {
        "outcome": rate.outcome,
        "hits": rate.count.hits,
        "cases": rate.count.cases,
        "basis": basis_data(rate.basis),
        "sources": sources_data(named.case, rate.basis),
    }
    return named.card(rate.title, *found, data=data)
