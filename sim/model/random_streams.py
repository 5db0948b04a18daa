"""The random streams of one run of one scenario: which rule, choice or parameter draws from which.

A draw is a function of (seed, name of what draws, run, occurrence, index) alone; see `sim.numerics.streams`. So
scenarios with the same seed have common random numbers, which users know as "the same luck". A parameter is drawn once
a run, from a stream of its own, so it never changes the draws of a clock or of another parameter.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from sim.errors import RunError
from sim.language.expressions.tree import Value
from sim.model.evolve import typed
from sim.model.model import Parameter
from sim.model.priors.joint_prior import Drawn, JointPrior
from sim.model.program import Program
from sim.model.scenario import Scenario
from sim.numerics.streams import stream_key, threshold, uniform


class Streams(Protocol):
    """What a run needs of its random streams; see `RandomStreams`, which draws them."""

    def thresholds(self, run: int) -> Callable[[int, int], float]: ...

    def uniforms(self, run: int, number: int, occurrence: int) -> Callable[[int], float]: ...

    def parameters(self, scenario: Scenario, run: int, *, central: bool) -> tuple[Value, ...]: ...

    def replaced(self, scenario: Scenario, run: int, *, central: bool) -> tuple[Value, ...]: ...

    def changed(self, scenario: Scenario, run: int, *, central: bool) -> tuple[Mapping[str, Value], ...]: ...

    def undrawn(self, scenario: Scenario, run: int, *, central: bool) -> RunError | None: ...


class RandomStreams:
    """The streams of one (program, seed), shared by all runs. A branch that draws afresh has a `salt` of its own.

    Runs 0 to `runs_per_draw` - 1 share the first draw of the parameters, the next as many the second, and so on.
    """

    def __init__(self, program: Program, seed: int, salt: str = "", *, runs_per_draw: int = 1) -> None:
        self.runs_per_draw = runs_per_draw
        self.keys = tuple(stream_key(seed, f"rule:{name}", salt) for name in program.model.rules)
        self.parameter_keys = {name: stream_key(seed, f"parameter:{name}") for name in program.model.parameters}
        self._joint: tuple[Scenario, JointPrior, JointPrior] | None = None  # of the scenario that was asked for last

    def thresholds(self, run: int) -> Callable[[int, int], float]:
        """Return the function from (rule number, occurrence) to its unit exponential in this run."""
        keys = self.keys
        return lambda number, occurrence: threshold(keys[number], run, occurrence)

    def uniforms(self, run: int, number: int, occurrence: int) -> Callable[[int], float]:
        """Return the function from an index to the uniform of this rule's firing in this run."""
        key = self.keys[number]
        return lambda index: uniform(key, run, occurrence, index)

    def parameters(self, scenario: Scenario, run: int, *, central: bool) -> tuple[Value, ...]:
        """Return the run's parameters in order of names: central values, or drawn from their priors.

        One that cannot be drawn has its central value; `undrawn` says so.
        """
        model = scenario.model
        if scenario.parameters is not None:
            kinds = [parameter.type for parameter in model.parameters.values()]
            return tuple(typed(kind, value) for kind, value in zip(kinds, scenario.parameters, strict=True))
        return self._drawn(self._joint_priors(scenario)[0], run, central=central).values

    def replaced(self, scenario: Scenario, run: int, *, central: bool) -> tuple[Value, ...]:
        """Return the run's values of the parameters that the scenario replaces at the branch, in order of names."""
        if scenario.lineage is not None:
            return ()  # the log of the run that is gone on from has them
        before = self._joint_priors(scenario)[1]
        values = dict(zip(before.parameters, self._drawn(before, run, central=central).values, strict=True))
        return tuple(values[name] for name in sorted(scenario.replaced))

    def undrawn(self, scenario: Scenario, run: int, *, central: bool) -> RunError | None:
        """Return the error of a parameter that this run cannot draw, of those of its past first."""
        if scenario.parameters is not None:
            return None
        now, before = self._joint_priors(scenario)
        for joint in (before, now):
            drawn = self._drawn(joint, run, central=central) if joint.dependent else None
            if drawn is not None and drawn.error is not None:
                drawn.error.time = scenario.start
                return drawn.error
        return None

    def _joint_priors(self, scenario: Scenario) -> tuple[JointPrior, JointPrior]:
        """Return the parameters of a scenario, and those that hold before its branch."""
        if self._joint is None or self._joint[0] is not scenario:
            now = JointPrior(scenario.model.parameters)
            own = {**scenario.model.parameters, **scenario.replaced}
            self._joint = scenario, now, JointPrior(own) if scenario.replaced else now
        return self._joint[1:]

    def _drawn(self, joint: JointPrior, run: int, *, central: bool) -> Drawn:
        if central:
            return Drawn(joint.central())
        number = run // self.runs_per_draw
        return joint.draw(lambda name: uniform(self.parameter_keys[name], number, 0, 0))

    def changed(self, scenario: Scenario, run: int, *, central: bool) -> tuple[Mapping[str, Value], ...]:
        """Return, for each change of the scenario, the run's values of the parameters that get a value or a prior.

        A prior is asked for the quantile at which the run has drawn the parameter all along, so that nothing but the
        prior makes the difference.
        """
        return tuple(
            {name: self._value(parameter, run, central=central) for name, parameter in change.known.items()}
            for change in scenario.changes
        )

    def _value(self, parameter: Parameter, run: int, *, central: bool) -> Value:
        if central or not parameter.prior:
            return parameter.value
        return self._draw(parameter, run // self.runs_per_draw)

    def _draw(self, parameter: Parameter, number: int) -> float:
        return parameter.quantile(uniform(self.parameter_keys[parameter.name], number, 0, 0))
