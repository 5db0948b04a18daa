"""The names of the cells in which a run is traced, and of its parts: in `g` of reals and in `m` of whole numbers.

Both are arrays beside those of `memory_map`. Frames stand in `g`, all slots as reals; the rest is whole numbers, with
places of reals in `g`.
"""

# The header of `m`, cell by cell.
(
    INTS_END, REALS_END,  # the first free cells of `m` and of `g`
    INTS_ROOM, REALS_ROOM,  # how many cells there are
    FULL,  # whether there was no room
    TRACED, TO_TRACE,  # how many runs have been traced, and how many are to be
    NUMBERS_AT,  # their numbers
    BLOCKS_AT,  # a block for each; see `RUN_BLOCK`
    WIDTH,  # how many slots a frame has
    WHOLES_AT,  # for each slot, whether its value is a whole number
    WHOLES, WHOLE_SLOTS_AT,  # how many such slots there are, and which
    RUNNING_AT,  # for each rule, the occurrence of the clock that runs, and the place where it began; see `NOT_RUNNING`
    LATEST_AT,  # for each rule, its last stretch
    NOTED, NOTED_AT, NOTED_ROOM,  # the places of this run's events that left frames
    PAST_EVENTS_AT,  # the event blocks of the past
    PAST_REALS_AT,  # the times of the past, in `g`
    CATEGORIES_AT,  # what the rows' codes mean; see `CATEGORY`
) = range(21)  # fmt: skip
TRACE_HEADER = 21

# A run's block: whether it could be traced; how many events it has, its past included, their blocks, and their times in
# `g`; for each number of events the place in `g` of the frame after them; where its first ending stands, or its last
# event; the number of that outcome, or NO_OUTCOME; whether it came true before the horizon; the place at which the run
# began; its stretches, and the first of each rule; its number.
(
    IS_TRACED, EVENTS, EVENTS_AT, TIMES_AT_PLACES, FRAMES_AT, LAST_PLACE, ENDING, CAME_TRUE, BRANCH_PLACE, STRETCHES_AT,
    FIRST_STRETCHES_AT, NUMBER_OF_RUN,
) = range(12)  # fmt: skip
RUN_BLOCK = 12
NO_OUTCOME = -1

# An event's block: its kind, its type's number or its outcome's, its rule or -1, its occurrence, where its marks are in
# `g`, how many it has, and the how manieth scheduled event it is.
EVENT_KIND, EVENT_TYPE, EVENT_RULE, EVENT_OCCURRENCE, EVENT_MARKS_AT, EVENT_MARKS, EVENT_SCHEDULED = range(7)
EVENT_BLOCK = 7
DOCUMENTED, FIRED_KIND, SCHEDULED_KIND, STARTED_KIND, OTHER_KIND = range(5)

# A category's block: kind, type or outcome, rule or -1, number of marks, and which ending: NO_ENDING, one that comes
# true, or one that is left at the horizon.
CATEGORY = 5
CATEGORY_ENDING = 4
NO_ENDING, COMES_TRUE, OTHERWISE = range(3)

# A stretch's block: rule, occurrence, the places at which it began and ended, how it ended, and the rule's next one.
STRETCH_RULE, STRETCH_OCCURRENCE, STRETCH_BEGAN, STRETCH_ENDED, STRETCH_HOW, STRETCH_NEXT = range(6)
STRETCH = 6
BY_FIRING, BY_STOP, BY_RESTART, BY_END = range(4)

INITIALLY = -1  # the place of what held before any event
NOT_RUNNING = -2
NONE = -1
