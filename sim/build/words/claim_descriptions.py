"""What each claim of `checks` is in words: how it is tried, an example, its trap.

The reference page and `sim explain` show these. Which keys make a claim is in `checks`.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDescription:
    """What a claim says. `example` is one entry of `checks`, in YAML."""

    meaning: str
    tried: str
    example: str
    trap: str = ""


HISTORIES = "on histories that the model allows, with parameters anywhere in their priors"
RUNS = "on simulated runs: 200 with `--quick`, 1,000 by default, 10,000 with `--deep`"
PAIRS = "on pairs of runs with the same luck: 40 with `--quick`, 400 by default, 4,000 with `--deep`"

CLAIMS: Mapping[str, ClaimDescription] = {
    "always": ClaimDescription(
        meaning="A condition holds before any event, and after each.",
        tried=HISTORIES,
        example="accord_ends_fire: {always: talks != signed or tension < 0.9, because: an accord calms both sides}",
        trap="It is looked at after whole events: what is true between two assignments of one event is never seen.",
    ),
    "never": ClaimDescription(
        meaning="A condition holds at no time.",
        tried=HISTORIES,
        example="no_sudden_accord: {never: talks == signed and not happened(talks_opened), because: talks come first}",
    ),
    "never_falls": ClaimDescription(
        meaning="No event makes a number smaller.",
        tried=HISTORIES,
        example="troops_stay: {never_falls: troops, because: nobody withdraws in this model}",
    ),
    "never_rises": ClaimDescription(
        meaning="No event makes a number larger.",
        tried=HISTORIES,
        example="trust_is_spent: {never_rises: trust, because: nothing here builds trust}",
    ),
    "holds": ClaimDescription(
        meaning="A condition is true right `before` some events, or right `after` them.",
        tried=HISTORIES,
        example="accord_from_talks: {before: accord_signed, holds: talks == open, because: an accord is talked out}",
        trap="It may read the events' marks and `time`; other claims cannot.",
    ),
    "happened": ClaimDescription(
        meaning="When some events happen, others have happened before, in the run or in its past.",
        tried=HISTORIES,
        example="accord_after_talks: {after: accord_signed, happened: talks_opened, because: talks come first}",
        trap="Several events under `happened` must all have happened.",
    ),
    "leads_to": ClaimDescription(
        meaning="After some events, or from when a condition first holds, another condition comes true within a time; "
        "with a `probability`, in at least that share of runs.",
        tried=f"without a probability {HISTORIES}; with one {RUNS}",
        example="talks_end: {after: talks_opened, leads_to: talks == signed, within: 200 days, probability: 0.05, "
        "because: most such talks did}",
        trap="Without a probability a run that ends first breaks nothing; with one it counts as a failure.",
    ),
    "unchanged_by": ClaimDescription(
        meaning="Some events leave a value as it is.",
        tried=HISTORIES,
        example="shots_move_nobody: {unchanged_by: shots_fired, value: troops, because: reinforcements take weeks}",
    ),
    "changed_only_by": ClaimDescription(
        meaning="All events but some leave a value as it is.",
        tried=HISTORIES,
        example="by_talking: {changed_only_by: [talks_opened, accord_signed], value: talks, because: only they talk}",
    ),
    "never_lowers": ClaimDescription(
        meaning="Raising a parameter makes an outcome no less likely.",
        tried=PAIRS,
        example="patience_helps: {monotone: patience, never_lowers: peace, because: patience gives the envoy time}",
        trap="The parameter needs a prior: it is raised within what is known of it.",
    ),
    "never_raises": ClaimDescription(
        meaning="Raising a parameter makes an outcome no likelier.",
        tried=PAIRS,
        example="haste_hurts: {monotone: incident_rate, never_raises: peace, because: incidents cost trust}",
        trap="The parameter needs a prior: it is raised within what is known of it.",
    ),
    "reachable": ClaimDescription(
        meaning="Rules and outcomes that can happen at all; `all` for every one of the model.",
        tried="by a search that aims at each, under every scenario of a folder",
        example="nothing_is_dead: {reachable: all, because: no rule is there for nothing}",
        trap="It is called broken when the search finds no way to it: `--deep` looks longer.",
    ),
}
