"""The text of what follows where slots of the frame have changed: flags that depend on them, and clocks.

Which those are is known beforehand; whether a slot has changed is a bit of its own: see `changed_bits`. What is read by
a rate that moves, or by a flag, has a name of its own as well.

The bits are kept in `n` before anything follows: who looks for an error again looks at what the kernel looked at.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from sim.engines.kernel.generator.changed_bits import BITS, noted, tested, words
from sim.engines.kernel.generator.clock_text import ClockText
from sim.engines.kernel.generator.layout import Layout
from sim.engines.kernel.generator.lines import indented
from sim.model.moving.moving_parts import Flag

FEW = 30  # so many clocks are written out after an event; more are grouped by the variables that they read


class FollowText:
    """Writes what follows where some of `slots` have changed; the flags that depend on them come after them."""

    def __init__(self, layout: Layout, clocks: Mapping[int, ClockText], slots: Sequence[int]) -> None:
        self.layout = layout
        self.program = layout.program
        self.clocks = clocks
        self.flags = _depending(layout, slots)
        changing = _changing(layout, slots)
        self.bits = {slot: 1 << index for index, slot in enumerate(changing)}
        self.words = words(len(changing))
        read = layout.paced.union(*(flag.reads for flag in self.flags))
        self.named = [slot for slot in changing if slot in read]

    def begun(self) -> list[str]:
        """Return the lines before any of the slots has changed."""
        return [*(f"{word} = 0" for word in self.words), *(f"at{slot} = False" for slot in self.named)]

    def changed(self, slot: int) -> list[str]:
        """Return the lines that note that a slot has changed."""
        return [noted(self.bits[slot]), *([f"at{slot} = True"] if slot in self.named else [])]

    def replanned(self, now: str = "now") -> list[str]:
        """Return the lines that set the flags which depend on what has changed."""
        lines = []
        for flag in self.flags:
            tests = [f"at{slot}" for slot in self.named if slot in flag.reads]
            cell = f"n[{self.layout.whole(flag.slot)}]"
            lines += [
                f"if {' or '.join(tests)}:",
                f"    before = {cell}",
                f"    plan_{flag.number}(f, n, {now})",
                f"    if {cell} != before:",
                *indented(self.changed(flag.slot), 2),
            ]
        return lines

    def followed(self, listeners: Collection[int] = (), fired: Collection[int] = ()) -> list[str]:
        """Let the clocks follow that may be concerned: those that read what changed, that wait, that fired."""
        readers = {reader for slot in self.bits for reader in self.program.readers.get(slot, ())}
        grouped = len(readers) > FEW
        moving = {one for one in readers if self.program.rules[one].moves}
        lines = [f"n[{self.layout.changed + index}] = {word}" for index, word in enumerate(self.words)]
        for one in sorted({*listeners, *fired, *moving} if grouped else {*readers, *listeners, *fired}):
            more = self._more(one, fired=one in fired, heard=one in listeners)
            call = f"follow_{one}(f, n, now{more})"
            if one in listeners:
                lines += [call]
                continue
            guard, rate = self._masks(one)
            tests = [tested(guard)] if guard else []
            tests += [f"fired == {one}"] if one in fired else []
            lines += [f"if {' or '.join(tests)}:", f"    {call}"] if tests else []
            adjusted = self._bends(one) if one in moving else tested(rate) if rate else "False"
            if rate and adjusted != "False":
                lines += [f"{'elif' if tests else 'if'} {adjusted}:", f"    adjust_{one}(f, n, now)"]
        if grouped:
            for slot, bit in self.bits.items():
                if any(one not in moving for one in self.program.readers.get(slot, ())):
                    lines += [f"if {tested(bit)}:", f"    readers_{slot}(f, n, now)"]
        return lines

    def _masks(self, one: int) -> tuple[int, int]:
        """Return the bits of the slots after which a clock must be followed, and after which its rate alone."""
        clock = self.clocks[one]
        whole = rate = 0
        for slot, bit in self.bits.items():
            if one not in self.program.readers.get(slot, ()):
                continue
            if clock.adjusts and slot not in clock.guarded_by:
                rate |= bit
            else:
                whole |= bit
        return whole, rate

    def _more(self, one: int, *, fired: bool, heard: bool) -> str:
        rule = self.program.rules[one]
        own = (f", fired == {one}" if fired else ", False") if self.clocks[one].own_firing else ""
        return own + (f", {heard}" if rule.rule.on else "") + (f", {self._bends(one)}" if rule.moves else "")

    def _bends(self, one: int) -> str:
        """Write whether something has changed on which a rule's moving rate depends."""
        names = [f"at{slot}" for slot in self.named if slot in self.program.rules[one].paced_by]
        return " or ".join(names) or "False"


def slots_written(layout: Layout, event: str) -> list[int]:
    """Return the slots that an event of a type writes, but for its marks."""
    program = layout.program
    slots = [program.slots["state", name] for name in program.model.events[event].effects]
    return [*slots, program.motion.last[event]] if event in program.motion.last else slots


def slots_changed(layout: Layout, slots: Sequence[int], n: Any) -> Iterator[int]:
    """Yield those of some slots that have changed, and of the flags that depend on them, as `n` last had it."""
    for index, slot in enumerate(_changing(layout, slots)):
        word, bit = divmod(index, BITS)
        if int(n[layout.changed + word]) >> bit & 1:
            yield slot


def _changing(layout: Layout, slots: Sequence[int]) -> list[int]:
    """Return slots, and those of the flags that depend on them, in the order of their bits."""
    return [*dict.fromkeys([*slots, *(flag.slot for flag in _depending(layout, slots))])]


def _depending(layout: Layout, slots: Iterable[int]) -> list[Flag]:
    """Return the flags that depend on slots, or on one another, in their order."""
    changing = set(slots)
    pending = [place for slot in changing for place in layout.flags_reading.get(slot, ())]
    heapify(pending)
    found: list[Flag] = []
    last = -1
    while pending:
        place = heappop(pending)
        flag = layout.flags[place]
        if place <= last or flag.slot in changing:
            continue
        last = place
        changing.add(flag.slot)
        found.append(flag)
        for other in layout.flags_reading.get(flag.slot, ()):
            heappush(pending, other)
    return found
