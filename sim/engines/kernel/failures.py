"""What stopped a run of the kernel: the step that failed is taken again, in Python, on the same state.

The kernel only says where it stopped. The reference's own functions then raise the error with its message, so that
both engines say the same.
"""

import math
from collections.abc import Sequence
from typing import Any

from sim.engines.kernel.generator.follow_text import slots_changed, slots_written
from sim.engines.kernel.generator.layout import Layout, law_size
from sim.engines.kernel.runtime import memory_map
from sim.errors import RunError
from sim.language.expressions.types import Bool
from sim.model.clocks import Clocks
from sim.model.decide import decide
from sim.model.event_table import Category
from sim.model.evolve import assigned, evolve, initial
from sim.model.expression import Frame
from sim.model.moving.motion import settle
from sim.model.moving.rate_cells import Cell
from sim.model.outcomes import holds
from sim.model.program import TIME
from sim.model.random_streams import RandomStreams
from sim.model.run import endless
from sim.model.scenario import Scenario, turns_of


def failure(
    layout: Layout, streams: RandomStreams, scenario: Scenario, f: Any, n: Any, log: Sequence[Category]
) -> RunError:
    """Return the error that stopped the run whose state is in `f` and `n`; `log` is what its events were so far."""
    try:
        _again(layout, streams, scenario, f, n, log)
    except RunError as error:
        return error
    where = f"run {n[memory_map.CHOICE_RUN]} of '{scenario.name}' at {n[memory_map.SITE]:#x}"
    raise AssertionError(f"the kernel stopped {where}, where Python goes on")


def _again(layout: Layout, streams: RandomStreams, scenario: Scenario, f: Any, n: Any, log: Sequence[Category]) -> None:
    program = layout.program
    site, number = divmod(int(n[memory_map.SITE]), memory_map.SITES)
    frame = frame_of(layout, f, n)
    fired = int(n[memory_map.FIRED])
    turns = turns_of(program, scenario)
    match site * memory_map.SITES:
        case memory_map.AT_PARAMETERS:
            run = int(n[memory_map.AT_HAND])
            if error := streams.undrawn(scenario, run, central=False):
                raise error
        case memory_map.AT_INITIAL:
            initial(program, program.parameters_of(frame))
        case memory_map.AT_START:
            clocks = Clocks(program, streams.thresholds(0))
            clocks.exclude(turns.asleep)
            clocks.start(frame)
        case memory_map.AT_PAST_BEGIN:
            _clocks(layout, streams, f, n).begin(frame)
        case memory_map.AT_BEGIN:
            _clocks(layout, streams, f, n).begin(frame, afresh=not n[memory_map.SAME_STREAMS])
        case memory_map.AT_TURN:
            _clocks(layout, streams, f, n).make(frame, turns.all()[number - 1])
        case memory_map.AT_WAKE:
            clocks = _clocks(layout, streams, f, n)
            clocks.exclude(turns.asleep_at(number - 1))
            clocks.include(frame, turns.all()[number - 1].enabled)
        case memory_map.AT_ASSIGN:
            assigned(program, frame, number)
        case memory_map.AT_SETTLE:
            settle(program.motion, frame)
        case memory_map.AT_FLIPPED | memory_map.AT_FLIP as at:
            flags = [flag.slot for flag in program.motion.flags]
            slots = flags if at == memory_map.AT_FLIPPED else [flags[number]]
            _clocks(layout, streams, f, n).follow(frame, None, [*slots_changed(layout, slots, n)], None)
        case memory_map.AT_ROLL:
            clocks = _clocks(layout, streams, f, n)
            cell = clocks.clocks[number].cell
            assert cell is not None, "what is followed on has been followed in a cell"
            clocks.build(clocks.clocks[number], frame, cell.end)
        case memory_map.AT_CLOCKS:
            name = list(program.model.events)[number]
            changed = [*slots_changed(layout, slots_written(layout, name), n)]
            _clocks(layout, streams, f, n).follow(frame, name, changed, fired if fired >= 0 else None)
        case memory_map.AT_DECIDE:
            occurrence = int(n[layout.state(number) + memory_map.OCCURRENCE])
            decide(program.rules[number], frame, streams.uniforms(int(n[memory_map.CHOICE_RUN]), number, occurrence))
        case memory_map.AT_EFFECT:
            name = list(program.model.events)[number]
            marks = [(program.slots["mark", mark], kind) for mark, kind in program.model.events[name].marks.items()]
            values = tuple(float(layout.value(slot, kind, f, n)) for slot, kind in marks)
            try:
                evolve(program, frame, name, values, frame[TIME])
            except RunError as error:
                error.rule = program.rules[fired].rule.name if fired >= 0 and n[memory_map.RECORDING] else ""
                raise
        case memory_map.AT_OUTCOME | memory_map.AT_WHILE as at:
            item = program.outcomes[number]
            condition = item.when if at == memory_map.AT_OUTCOME else item.safe
            assert condition is not None, "only a condition that is there can have no value"
            holds(item, condition, frame)
        case memory_map.AT_COUNT:
            rule = program.rules[fired].rule.name if fired >= 0 else ""
            types = [event.type for event in log[-50:] if event.kind == "fired"]
            raise endless(types, rule, float(f[memory_map.TIME]), program)


def frame_of(layout: Layout, f: Any, n: Any) -> Frame:
    """Return the frame that stands in the arrays, without marks."""
    program = layout.program
    frame: Frame = [None] * program.width
    frame[TIME] = float(f[memory_map.TIME])
    kinds = {("state", name): variable.type for name, variable in program.model.variables.items()}
    kinds |= {("parameter", name): parameter.type for name, parameter in program.model.parameters.items()}
    for key, kind in kinds.items():
        slot = program.slots[key]
        value = layout.value(slot, kind, f, n)
        frame[slot] = value != 0 if isinstance(kind, Bool) else value
    motion = program.motion
    courses = [slot for one in motion.variables.values() for slot in (one.anchor, one.target, one.decay)]
    for slot in (*courses, *motion.last.values()):
        frame[slot] = float(f[layout.real(slot)])
    for flag in motion.flags:
        truth = int(n[layout.whole(flag.slot)])
        frame[flag.slot] = None if truth == memory_map.NO_VALUE else bool(truth)
        frame[flag.due], frame[flag.look] = float(f[layout.flip(flag.number)]), float(f[layout.flag_look(flag.number)])
        frame[flag.flipped] = float(f[layout.real(flag.flipped)])
    return frame


def _clocks(layout: Layout, streams: RandomStreams, f: Any, n: Any) -> Clocks:
    """Return the clocks as they stand in the arrays."""
    clocks = Clocks(layout.program, streams.thresholds(int(n[memory_map.CLOCK_RUN])))
    clocks.drawing = bool(n[memory_map.DRAWING])
    for clock in clocks.clocks:
        at, own = layout.clock(clock.program.number), layout.state(clock.program.number)
        state = int(n[own + memory_map.STATE])
        clock.enabled, clock.paused = state == memory_map.ENABLED, state == memory_map.PAUSED
        clock.edge_used, clock.excluded = state == memory_map.EDGE_USED, state == memory_map.EXCLUDED
        clock.occurrence, clock.due = int(n[own + memory_map.OCCURRENCE]), float(f[int(n[own + memory_map.RANK])])
        clock.since, clock.reached = float(f[at + memory_map.SINCE]), float(f[at + memory_map.REACHED])
        clock.rate = float(f[at + memory_map.RATE])
        clock.progress = float(f[at + memory_map.ELAPSED])
        clock.law = tuple(float(f[at + memory_map.LAW + index]) for index in range(law_size(clock.program)))
        clock.threshold = float(f[at + memory_map.THRESHOLD]) if n[own + memory_map.HAS_THRESHOLD] else None
        if clock.program.moves:
            at = layout.moving_cell(clock.program.number)
            end, first, middle, last, factor, whole, clock.width = map(float, f[at : at + memory_map.CELL_BLOCK])
            clock.edge = float(f[layout.look(clock.program.number)])
            if end < math.inf:
                clock.cell = Cell(
                    start=clock.since,
                    end=end,
                    first=first,
                    middle=middle,
                    last=last,
                    factor=factor,
                    whole=whole,
                    width=clock.width,
                )
    return clocks
