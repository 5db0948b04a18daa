"""The causal past of an event as a picture: its events in their order in time, joined to what each rests on.

Owns what a box says and the course of the lines. What rests on what is for `sim.explain.why`, names and full words for
`causal_trees`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sim.explain.because import Because
from sim.explain.decisive_changes import ValueRead
from sim.explain.followed_run import INITIAL
from sim.explain.why import Why
from sim.report.causes.causal_trees import Naming
from sim.report.model_pictures.picture_head import MARGIN, draw_foot, draw_head
from sim.report.model_pictures.vector_drawing import Sheet, VectorPicture, n
from sim.report.pictures.style import DOCUMENTED, FAINT, PALETTE, SOFT
from sim.report.pictures.text_width import wrapped
from sim.report.timeline import doubt
from sim.statistics.estimates import percent

TITLE, SMALL = 11.5, 9.5
LINE, SMALL_LINE = TITLE * 1.3, SMALL * 1.4
BOX, PADDING, GAP = 520.0, 10.0, 12.0
LANE, ROOM = 11.0, 16.0  # pixels between two lanes, and between the boxes and the first


@dataclass(frozen=True, slots=True)
class Ground:
    """A line of a box: what an event rests on, and the place of the event that it leads back to, if there is one."""

    text: str
    behind: int | None = None
    indent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CausalBox:
    """An event as it is drawn: where it is, with its lines of text, from the top of the picture."""

    place: int
    heading: str
    title: Sequence[str]
    grounds: Sequence[tuple[Ground, Sequence[str]]]
    colour: str
    is_documented: bool

    @property
    def height(self) -> float:
        lines = sum(len(lines) for _, lines in self.grounds)
        return SMALL_LINE + len(self.title) * LINE + lines * SMALL_LINE + PADDING


def causal_picture(why: Why, naming: Naming, of: str, foot: Sequence[str]) -> VectorPicture:
    """Draw the causal past of an event, the earliest event at the top; `of` says of which run it is."""
    title = f"Why: {naming.what(why.root)}"
    colours = {name: PALETTE[at % len(PALETTE)] for at, name in enumerate(_factions(naming))}
    boxes = [_box(why, naming, place, colours) for place in sorted(why.causes)]
    lanes = _lanes(boxes)
    width = max(2 * MARGIN + BOX + ROOM + LANE * (1 + max(lanes.values(), default=0)), 620.0)
    sheet = Sheet()
    when = naming.model.calendar.placed(naming.run.events[why.root].time)
    subtitle = (
        f"Event {naming.called(why.root)}, {when}, {of}. The earliest event is at the top. A line leads from an "
        "event to each later one that made use of what it did."
    )
    top = draw_head(sheet, title, subtitle, (), width)
    tops: dict[int, float] = {}
    for box in boxes:
        tops[box.place] = top
        top += box.height + GAP
    _draw_lines(sheet, boxes, tops, lanes)
    for box in boxes:
        _draw_box(sheet, box, tops[box.place])
    return sheet.finished(title, width, draw_foot(sheet, foot, top + 4, width))


def _factions(naming: Naming) -> Sequence[str]:
    model = naming.model
    order = [*model.shown_order.get("factions", ()), *model.factions]
    return [name for name in dict.fromkeys(order) if name in model.factions]


def _box(why: Why, naming: Naming, place: int, colours: Mapping[str, str]) -> CausalBox:
    because = why.causes[place]
    event = because.event
    known = naming.documented.get(place)
    rule = naming.model.rules.get(event.rule) if event.kind == "fired" and known is None else None
    grounds = [*_grounds(why, naming, because)] if known is None else []
    if known is not None and known.citations:
        grounds.append(Ground("; ".join(str(one) for one in known.citations)))
    by = f"  {naming.model.factions[rule.faction]}" if rule else "  documented" if known else ""
    heading = f"{naming.called(place)}  {naming.model.calendar.moment(event.time)}{by}"
    room = BOX - 2 * PADDING
    said = f"{doubt(known.status)}{known.claim}" if known is not None else naming.what(place)
    return CausalBox(
        place=place, heading=heading, title=wrapped(said, room, TITLE, bold=place == why.root),
        grounds=[(ground, wrapped(ground.text, room - 12 * ground.indent, SMALL)) for ground in grounds],
        colour=colours[rule.faction] if rule else DOCUMENTED if known else FAINT, is_documented=known is not None,
    )  # fmt: skip


def _grounds(why: Why, naming: Naming, because: Because) -> Iterator[Ground]:
    event, calendar = because.event, naming.model.calendar
    if event.kind == "scheduled":
        yield Ground("assumed by the scenario")
    wait = because.wait
    if wait is not None and wait.quantile is not None:
        early = f"{percent(wait.quantile)} of draws would have brought it as early or earlier"
        awaited = wait.began if wait.began in why.behind(because.place) else None
        earlier = f", and {calendar.length(wait.earlier, digits=3)} before" if wait.earlier else ""
        yield Ground(f"after {calendar.length(wait.time, digits=3)}{earlier}; {early}", awaited)
    elif wait is not None and wait.began in why.behind(because.place):
        yield Ground(f"{calendar.length(wait.time, digits=3)} after {naming.called(wait.began)}", wait.began)
    if because.choice is not None:
        chosen = sum(share for name, share in because.choice.shares if name == event.type)
        yield Ground(f"chosen by a draw with a probability of {percent(chosen)}")
    if because.came_with is not None:
        yield Ground(f"with {naming.called(because.came_with)}", because.came_with)
    for read in _once(because):
        yield from _read(why, naming, read, 0)


def _once(because: Because) -> Iterator[ValueRead]:
    """Yield the reads of an event's parts, each variable with its decisive change once."""
    seen = set[tuple[str, int | None]]()
    for _, read in because.reads():
        key = read.name, None if read.change is None else read.change.place
        if key not in seen:
            seen.add(key)
            yield read


def _read(why: Why, naming: Naming, read: ValueRead, indent: int) -> Iterator[Ground]:
    if not (why.all_read or read.mattered):
        return
    now, change = naming.named(read.name, read.value), read.change
    if change is None:
        written = read.written if read.written in why.causes else None
        yield Ground(f"{read.name} was {now}", written, indent)
        return
    before = naming.named(read.name, change.before)
    behind = change.place if change.place in why.causes else None
    text = {
        "drawn": f"{read.name} was drawn as {now}; its central value is {before}",
        "passing": f"{read.name} was {now}; it went there with time from {before}",
    }.get(change.how, f"{read.name} was {now}; before it was {before}")
    yield Ground(
        text + (" at the start" if change.how == "passing" and change.place == INITIAL else ""), behind, indent
    )
    for inner in change.through:
        yield from _read(why, naming, inner, indent + 1)


def _lanes(boxes: Sequence[CausalBox]) -> dict[int, int]:
    """Return the lane, counted from the boxes, of each event that others rest on: no two overlap in one."""
    order = {box.place: at for at, box in enumerate(boxes)}
    last: defaultdict[int, int] = defaultdict(int)
    for box in boxes:
        for ground, _ in box.grounds:
            if ground.behind is not None:
                last[ground.behind] = max(last[ground.behind], order[box.place])
    lanes: dict[int, int] = {}
    taken: list[list[tuple[int, int]]] = []
    for place in sorted(last, key=lambda one: (last[one] - order[one], order[one])):
        start, end = order[place], last[place]
        free = (at for at, held in enumerate(taken) if all(end < one or other < start for one, other in held))
        lane = next(free, len(taken))
        taken += [[]] if lane == len(taken) else []
        taken[lane].append((start, end))
        lanes[place] = lane
    return lanes


def _draw_lines(
    sheet: Sheet, boxes: Sequence[CausalBox], tops: Mapping[int, float], lanes: Mapping[int, int]
) -> None:  # fmt: skip
    """Draw a line down from each event that others rest on, with a branch to each of these."""
    right = MARGIN + BOX
    by_place = {box.place: box for box in boxes}
    ends: defaultdict[int, list[float]] = defaultdict(list)
    for box in boxes:
        y = tops[box.place] + SMALL_LINE + len(box.title) * LINE + PADDING / 2
        for ground, lines in box.grounds:
            if ground.behind is not None:
                ends[ground.behind].append(y + SMALL_LINE * 0.5)
            y += len(lines) * SMALL_LINE
    for place, found in ends.items():
        box = by_place[place]
        x, start = right + ROOM + LANE * lanes[place], tops[place] + SMALL_LINE * 0.7
        sheet.path(f"M{n(right)} {n(start)}H{n(x)}V{n(max(found))}", stroke=box.colour, thick=1.3)
        for y in found:
            sheet.path(f"M{n(x)} {n(y)}H{n(right + 6)}", stroke=box.colour, thick=1.3)
            sheet.path(
                f"M{n(right + 1)} {n(y)}L{n(right + 8)} {n(y - 3.4)}L{n(right + 8)} {n(y + 3.4)}Z", fill=box.colour
            )


def _draw_box(sheet: Sheet, box: CausalBox, y: float) -> None:
    sheet.box(MARGIN, y, BOX, box.height, fill="#f6f3ec" if box.is_documented else "white", stroke=box.colour,
              thick=1.1, round_by=2)  # fmt: skip
    sheet.box(MARGIN, y, 4, box.height, fill=box.colour)
    left = MARGIN + PADDING
    y = sheet.lines(left, y + 3, [box.heading], SMALL, colour=SOFT)
    y = sheet.lines(left, y, box.title, TITLE) + 2
    for ground, lines in box.grounds:
        for line in lines:
            sheet.text(left + 12 * ground.indent, y + SMALL, line, SMALL, colour=SOFT)
            y += SMALL_LINE
