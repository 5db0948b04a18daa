"""The claims that only many runs can decide: a probability that something follows, and the sign of a trend.

Runs are simulated by the reference engine with parameters drawn from their priors. A claim counts as broken only where
chance alone would hardly show as much against it if it were true: see `Tried`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sim.engines.reference import ReferenceEngine
from sim.model.checks import LeadsTo, NeverRaises, Trend
from sim.model.event import Event, Log
from sim.model.replay import CHANGING, parameters_before
from sim.statistics.differences import paired_difference
from sim.statistics.estimates import percent, proportion
from sim.testing.strategies import quantile
from sim.testing.subject import Subject
from sim.testing.watch import Breach, LeadsToClaim, Watch

# The chance that a true claim about probabilities is called broken, for all of them together.
FALSE_ALARMS = 0.001
LOW, HIGH = 0.05, 0.95


@dataclass
class Followed:
    """How often what a `leads_to` waits for came in time, from its first beginning in each run."""

    led: int = 0
    late: int = 0
    ended: int = 0
    first: int | None = None  # the number of the first run in which it did not come

    def count(self, number: int, result: str) -> None:
        """Count one run by what came of it: led, late, ended, or uncounted."""
        self.led += result == "led"
        self.late += result == "late"
        self.ended += result == "ended"
        if result in ("late", "ended") and self.first is None:
            self.first = number

    def __add__(self, other: "Followed") -> "Followed":
        first = min((one.first for one in (self, other) if one.first is not None), default=None)
        return Followed(self.led + other.led, self.late + other.late, self.ended + other.ended, first)


@dataclass
class Simulated:
    """What simulated runs have shown; two of them about other runs can be added."""

    runs: int = 0
    events: int = 0
    fired: set[str] = field(default_factory=set)
    reached: set[str] = field(default_factory=set)
    happened: set[str] = field(default_factory=set)  # event types
    broken: dict[str, tuple[int, Breach]] = field(default_factory=dict)  # the first run, and how
    followed: dict[str, Followed] = field(default_factory=dict)

    def __add__(self, other: "Simulated") -> "Simulated":
        return Simulated(
            runs=self.runs + other.runs,
            events=self.events + other.events,
            fired=self.fired | other.fired,
            reached=self.reached | other.reached,
            happened=self.happened | other.happened,
            broken={**other.broken, **self.broken},
            followed={name: mine + other.followed[name] for name, mine in self.followed.items()},
        )


def simulate(subject: Subject, numbers: Iterable[int], seed: int) -> Simulated:
    """Simulate runs by their numbers, and watch them."""
    scenario = subject.case.scenario
    engine = ReferenceEngine(subject.program, scenario, seed)
    claims = subject.watchers.probable
    found = Simulated(followed={claim.check.name: Followed() for claim in claims})
    for number in numbers:
        log = engine.run(number)
        found.runs += 1
        found.events += len(log)
        found.fired |= {event.rule for event in log if event.kind == "fired"}
        found.reached |= {event.type for event in log if event.kind == "outcome"}
        found.happened |= {event.type for event in log if event.kind in CHANGING}
        watching = Watch(subject.watchers, parameters_before(subject.program, scenario, log))
        for event in scenario.past:
            watching.follow(event)
        following = [_Following(claim, scenario.horizon) for claim in claims]
        for event in log:
            for one in following:
                one.before(event, watching)
            watching.follow(event)
            for one in following:
                one.after(event, watching)
        for one in following:
            found.followed[one.claim.check.name].count(number, one.closed())
        for name, breach in watching.breaches.items():
            found.broken.setdefault(name, (number, breach))
    return found


class _Following:
    """One `leads_to` in one run: when it first begins after the branch, and what comes of it.

    `result` is empty while that is open. A beginning whose time is not over by the horizon is `uncounted`.
    """

    def __init__(self, claim: LeadsToClaim, horizon: float) -> None:
        self.claim = claim
        self.horizon = horizon
        self.due: float | None = None
        self.result = ""
        self.began = False

    def before(self, event: Event, watching: Watch) -> None:
        """Look at the state before the next event."""
        if self.due is not None and event.time > self.due:
            self.result = self.result or "late"
        # What is true at the branch already begins there.
        if event.kind != "started":
            self.began = watching.began(self.claim, event, watching.frame)

    def after(self, event: Event, watching: Watch) -> None:
        """Look at the state after the event."""
        if self.due is None and watching.begins(self.claim, event, began=self.began):
            self.due = event.time + self.claim.within
            self.result = "uncounted" if self.due > self.horizon else ""
        if self.due is not None and not self.result:
            led = watching.value(self.claim, event, watching.frame, self.claim.evaluate)
            self.result = "led" if led else ""

    def closed(self) -> str:
        """Return what came of it once the run is over: what has begun and not come has `ended` first."""
        return self.result or ("ended" if self.due is not None else "uncounted")


@dataclass
class Paired:
    """One outcome with a parameter low and high, with common random numbers: how many pairs of runs differ, and how."""

    pairs: int = 0
    only_low: int = 0
    only_high: int = 0
    between: str = ""  # the two values, with their unit

    def __add__(self, other: "Paired") -> "Paired":
        low, high = self.only_low + other.only_low, self.only_high + other.only_high
        return Paired(self.pairs + other.pairs, low, high, self.between or other.between)


def pair_up(subject: Subject, trend: Trend, numbers: Sequence[int], seed: int) -> Paired:
    """Run each number twice, with the trend's parameter at the 5 % and at the 95 % quantile of its prior."""
    scenario = subject.case.scenario
    parameter = subject.model.parameters[trend.parameter]
    known = subject.model.parameters
    ends = [quantile(known, trend.parameter, chance) / parameter.scale for chance in (LOW, HIGH)]
    found = Paired(between=f"{ends[0]:.4g} to {ends[1]:.4g} {parameter.unit}".rstrip())
    engines = []
    for chance in (LOW, HIGH):
        fixed = replace(
            parameter, value=quantile(known, trend.parameter, chance), prior="", arguments=(), given=(), experts=()
        )
        model = replace(subject.model, parameters={**subject.model.parameters, trend.parameter: fixed})
        engines.append(ReferenceEngine(subject.program, replace(scenario, model=model), seed))
    for number in numbers:
        low, high = (_reaches(engine.run(number), trend.outcome) for engine in engines)
        found.pairs += 1
        found.only_low += low and not high
        found.only_high += high and not low
    return found


def _reaches(log: Log, outcome: str) -> bool:
    return any(event.kind == "outcome" and event.type == outcome for event in log)


@dataclass(frozen=True)
class Tried:
    """Whether runs contradict a claim about probabilities, and what they show, in words.

    `contradicted`: if the claim were true, runs would show as much against it with a chance below FALSE_ALARMS, shared
    out among all such claims of the model. `shown`: the 95 % interval lies on the claim's side altogether.
    """

    contradicted: bool
    shown: bool
    why: str


def judge_followed(leads: LeadsTo, found: Followed, claims: int) -> Tried:
    """Hold a `leads_to` against its probability. A run that an outcome ended first has not led to it."""
    from scipy.stats import binom

    runs = found.led + found.late + found.ended
    if not runs:
        return Tried(contradicted=False, shown=False, why="it never began early enough in these runs")
    known = proportion(found.led, runs)
    chance = float(binom.cdf(found.led, runs, leads.probability))
    ended = f", and in {found.ended} the run ended first" if found.ended else ""
    first = f"; the first without it is run {found.first}" if found.first is not None else ""
    why = (
        f"it came in time in {found.led} of {runs} runs in which it began{ended}; 95 % interval "
        f"{percent(known.low)} to {percent(known.high)} ({known.method}), claimed {percent(leads.probability)} at least"
        f"{first}"
    )
    return Tried(chance < FALSE_ALARMS / claims, known.low >= leads.probability, why)


def judge_paired(trend: Trend, found: Paired, claims: int) -> Tried:
    """Hold a trend against the pairs in which it went the wrong way (the sign test)."""
    from scipy.stats import binom

    wrong, right = found.only_low, found.only_high
    if isinstance(trend, NeverRaises):
        wrong, right = right, wrong
    changed = wrong + right
    chance = float(binom.sf(wrong - 1, changed, 0.5)) if changed else 1.0
    difference = paired_difference(found.only_high, found.only_low, found.pairs)
    low, high = difference.low or 0.0, difference.high or 0.0
    why = (
        f"raised from its 5 % to its 95 % quantile, {found.between}, it moves the outcome by "
        f"{100 * (difference.value or 0.0):+.1f} percentage points, 95 % interval {100 * low:+.1f} to "
        f"{100 * high:+.1f} ({difference.method}); of {found.pairs} pairs it brought the outcome in {found.only_high} "
        f"and took it away in {found.only_low}"
    )
    shown = high <= 0.0 if isinstance(trend, NeverRaises) else low >= 0.0
    return Tried(chance < FALSE_ALARMS / claims, shown and changed > 0, why)
