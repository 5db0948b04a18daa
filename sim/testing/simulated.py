"""The claims that only many runs can tell: a probability that something follows, and which way a parameter moves it.

Runs are simulated by the reference engine with parameters drawn from their priors. A claim counts as broken only where
chance alone would hardly show as much against it if it were true: see `Tried`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sim.analysis.differences import paired_difference
from sim.analysis.estimates import percent, proportion
from sim.engines.reference import ReferenceEngine
from sim.model.event import Event, Log
from sim.model.expression import Evaluate, Fault
from sim.model.model import Check
from sim.model.replay import parameters_of
from sim.model.scenario import Scenario
from sim.testing.strategies import quantile
from sim.testing.subject import Subject
from sim.testing.watch import Breach, Watch, Watchers, by_events

# The chance that a true claim about probabilities is called broken, for all of them together.
FALSE_ALARMS = 0.001
LOW, HIGH = 0.05, 0.95


@dataclass
class Followed:
    """How often what a `leads_to` waits for came in time, from its first beginning in each run."""

    led: int = 0
    late: int = 0
    ended: int = 0

    def __add__(self, other: "Followed") -> "Followed":
        return Followed(self.led + other.led, self.late + other.late, self.ended + other.ended)


@dataclass
class Simulated:
    """What simulated runs have shown; two of them about other runs can be added."""

    runs: int = 0
    events: int = 0
    fired: set[str] = field(default_factory=set)
    reached: set[str] = field(default_factory=set)
    broken: dict[str, tuple[int, Breach]] = field(default_factory=dict)  # the first run, and how
    followed: dict[str, Followed] = field(default_factory=dict)

    def __add__(self, other: "Simulated") -> "Simulated":
        followed = {name: mine + other.followed[name] for name, mine in self.followed.items()}
        return Simulated(
            self.runs + other.runs, self.events + other.events, self.fired | other.fired, self.reached | other.reached,
            {**other.broken, **self.broken}, followed,
        )  # fmt: skip


def simulate(subject: Subject, numbers: Iterable[int], seed: int) -> Simulated:
    """Simulate runs by their numbers, and watch them."""
    scenario = subject.case.scenario
    engine = ReferenceEngine(subject.program, scenario, seed)
    probable = [check for check in subject.checks.values() if check.kind == "leads_to" and not by_events(check)]
    found = Simulated(followed={check.name: Followed() for check in probable})
    followers = [_Follower(subject.watchers, check) for check in probable]
    for number in numbers:
        log = engine.run(number)
        found.runs += 1
        found.events += len(log)
        found.fired |= {event.rule for event in log if event.kind == "fired"}
        found.reached |= {event.type for event in log if event.kind == "outcome"}
        watching = Watch(subject.watchers, parameters_of(subject.program, log))
        for event in scenario.past:
            watching.follow(event)
        for event in log:
            watching.follow(event)
        for name, breach in watching.breaches.items():
            found.broken.setdefault(name, (number, breach))
        for follower in followers:
            follower.follow(scenario, log, found.followed[follower.check.name])
    return found


class _Follower:
    """Follows one `leads_to` through runs: when it first begins after the branch, and what comes of it."""

    def __init__(self, watchers: Watchers, check: Check) -> None:
        assert check.expression is not None, "it leads to something"
        self.watchers = watchers
        self.check = check
        self.target = watchers.compile(check.expression)
        self.when = watchers.compile(check.when) if check.when is not None else None

    def follow(self, scenario: Scenario, log: Log, found: Followed) -> None:
        """Count one run. A beginning so late that the horizon comes before its time is over does not count."""
        program = self.watchers.program
        watching = Watch(Watchers(program, ()), parameters_of(program, log))
        for event in scenario.past:
            watching.follow(event)
        due = None
        for event in log:
            if due is not None and event.time > due:
                found.late += 1
                return
            # What is true at the branch already begins there.
            held = event.kind != "started" and self.when is not None and self._holds(self.when, watching)
            watching.follow(event)
            if due is None and self._begins(event, watching, held=held):
                due = event.time + self.check.within
                if due > scenario.horizon:
                    return
            if due is not None and self._holds(self.target, watching):
                found.led += 1
                return
        if due is not None:
            found.ended += 1

    def _begins(self, event: Event, watching: Watch, *, held: bool) -> bool:
        if self.when is None:
            return event.type in self.check.on and event.kind != "outcome"
        return not held and self._holds(self.when, watching)

    def _holds(self, condition: Evaluate, watching: Watch) -> bool:
        try:
            return bool(condition(watching.frame))
        except Fault:
            return False


@dataclass
class Paired:
    """One outcome with a parameter low and high, on the same luck: in how many pairs it came with one of them alone."""

    pairs: int = 0
    only_low: int = 0
    only_high: int = 0

    def __add__(self, other: "Paired") -> "Paired":
        return Paired(self.pairs + other.pairs, self.only_low + other.only_low, self.only_high + other.only_high)


def pair_up(subject: Subject, check: Check, numbers: Sequence[int], seed: int) -> Paired:
    """Run each number twice, with the check's parameter at the 5 % and at the 95 % quantile of its prior."""
    scenario = subject.case.scenario
    parameter = subject.model.parameters[check.parameter]
    found = Paired()
    engines = []
    for chance in (LOW, HIGH):
        fixed = replace(parameter, value=quantile(parameter, chance), prior="", arguments=())
        parameters = {**subject.model.parameters, check.parameter: fixed}
        model = replace(subject.model, parameters=parameters)
        engines.append(ReferenceEngine(subject.program, replace(scenario, model=model), seed))
    (outcome,) = check.names
    for number in numbers:
        low, high = (_reaches(engine.run(number), outcome) for engine in engines)
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


def judge_followed(check: Check, found: Followed, claims: int) -> Tried:
    """Hold a `leads_to` against its probability. A run that an outcome ended first has not led to it."""
    from scipy.stats import binom

    runs = found.led + found.late + found.ended
    if not runs:
        return Tried(contradicted=False, shown=False, why="it never began early enough in these runs")
    known = proportion(found.led, runs)
    chance = float(binom.cdf(found.led, runs, check.probability))
    ended = f", and in {found.ended} the run ended first" if found.ended else ""
    why = (
        f"it came in time in {found.led} of {runs} runs in which it began{ended}; 95 % interval "
        f"{percent(known.low)} to {percent(known.high)} ({known.method}), claimed {percent(check.probability)} at least"
    )
    return Tried(chance < FALSE_ALARMS / claims, known.low >= check.probability, why)


def judge_paired(check: Check, found: Paired, claims: int) -> Tried:
    """Hold a trend against the pairs in which it went the wrong way (the sign test)."""
    from scipy.stats import binom

    wrong, right = found.only_low, found.only_high
    if check.kind == "never_raises":
        wrong, right = right, wrong
    changed = wrong + right
    chance = float(binom.sf(wrong - 1, changed, 0.5)) if changed else 1.0
    difference = paired_difference(found.only_high, found.only_low, found.pairs)
    low, high = difference.low or 0.0, difference.high or 0.0
    why = (
        f"raised from its 5 % to its 95 % quantile it moves the outcome by {100 * (difference.value or 0.0):+.1f} "
        f"percentage points, 95 % interval {100 * low:+.1f} to {100 * high:+.1f} ({difference.method}); of "
        f"{found.pairs} pairs it brought the outcome in {found.only_high} and took it away in {found.only_low}"
    )
    shown = low >= 0.0 if check.kind == "never_lowers" else high <= 0.0
    return Tried(chance < FALSE_ALARMS / claims, shown and changed > 0, why)
