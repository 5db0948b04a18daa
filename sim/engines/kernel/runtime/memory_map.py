"""The names of the cells in the kernel's two arrays, `f` of reals and `n` of whole numbers.

Both begin with a header that every model shares: where a run stands, and where the other parts are. Then come the
frame, a block for each clock, and what the scenario brings. `layout` says where each part of one model is.
"""

# The header of `f`. The frame follows, so that its first slot, the time, has a cell of its own.
START, HORIZON, TICKS, LAST, BEGAN, TIME = range(6)
FIRST_KEPT_REAL = BEGAN  # what stands from here on is kept at the end of the past: see `kept_past`

# The header of `n`, cell by cell.
(
    SITE,  # where the last error came up: one of the AT_ numbers below, and whose
    REFUSED, REFUSED_ROWS,  # the same, for a rate, which lets the event come to its end; the rows that stood then
    FIRED,  # the rule that it was fired by, -1 for none
    CHOICE_RUN, CLOCK_RUN,  # the run whose draws decide choices and marks; the run whose draws the clocks have
    ROWS, MARKS,  # rows and marks written
    FIRST_ROW,  # where this run's rows begin
    ROOM,  # how many rows there is room for
    MOST,  # how many events a run may have; one more stops it
    ENOUGH,  # with how many rows, marks and measures no further run is begun
    MARKS_ROOM,
    RECORDING,  # whether the branch is over: what happens is written down
    ENDED,  # whether the run has ended
    AT_ONCE,  # events without time passing
    NEXT,  # the next event of the timetable
    STOPPED,  # whether the run was stopped because it had so many
    RULES,  # how many rules there are
    DUE_AT,  # when each is due, in order of rank, in `f`
    CLOCKS_AT,  # their blocks in `f`
    STATES_AT,  # their blocks in `n`
    OUTCOMES, OPEN_AT,  # how many there are, and whether each is still open, in `n`: see CAME
    MEASURES, MEASURED_AT,  # how many there are, and the measures so far, two cells of `f` each
    MEASURES_AT,  # where each run's measures are kept, in `f`
    HORIZON_ROW, LIMIT_ROW,  # the codes of the rows that end a run at its horizon, and one that is stopped
    CODES_AT, TIMES_AT, MARKS_AT,  # where rows go, in `n`; their times, in `f`; all marks, in `f`
    STARTS_AT,  # where each run's first row is kept, in `n`
    RUN, RUNS, DONE,  # the first run to make, how many to make, and how many are made
    PAST, PAST_AT, PAST_TIMES_AT,  # how many events the past has, where they are in `n`, and their times in `f`
    TIMETABLE, TIMETABLE_AT, TIMETABLE_TIMES_AT,  # the same of the timetable
    PARAMETERS,
    FIRST_PARAMETER,  # the first parameter's slot; whole ones have a real there as well, for the log's first row
    PRIORS,  # how many parameters are drawn
    PRIORS_AT,  # the number of each one's prior, where its table is in `f`, its slot
    PRIOR_KEYS_AT,
    FACTORS_AT,  # what each one's quantile is multiplied with, in `f`
    CHANCES_AT,  # each one's uniform, in `f`
    KEYS_AT, PAST_KEYS_AT, RUNS_PER_DRAW,
    FROM_RUN, SAME_STREAMS, PAST_RUN,  # whether a run is gone on from, whether its streams are kept, and its number
    TURNS,  # how many turns there are, as `sim.model.scenario` has them: in the past, at the branch, and after it
    TURNS_AT,  # a block for each, and before them one for what holds at first; see `TURN`
    FIRST_CHANGE,  # the number of the first turn after the branch
    VALUES_AT,  # the values that turns bring: a slot, a cell of `f` and whether it is a whole number, three by three
    AFFECTED_AT,  # the rules that they concern, by number
    CHANGED_ROW,  # the code of the rows that tell of turns after the branch
    REPLACED,  # how many parameters of the past the log's first row tells of
    MOTION,  # whether anything moves between events
    LOOKS,  # how many moments there are until which what moves has been followed: of clocks, then of flags
    MOMENTS, MOMENTS_AT,  # those, in `f`, and after them the moments at which flags flip; how many there are
    DEPENDENT, DEPENDENT_AT,  # how many steps draw priors that read other parameters, and where they are; see `STEP`
    ARGUMENTS_AT,  # where in `f` the table of such a prior is laid
    DRAWS_AT, DRAWS,  # room for the rules, keys and occurrences of that many draws at once, in `n`
    UNIFORMS_AT,  # and for their uniforms, in `f`
    AT_HAND,  # the number of the run at hand
    WANTED_AT,  # a block for each run where they are wanted one by one, see `WANTED`; 0: they are consecutive
    UNDONE_AT,  # the block of the run at hand if a firing is undone in it, else 0
    KEEPING, KEPT,  # how much of the past is folded once: see FOLDED_EACH; and whether it has been
    REALS, WHOLES,  # where the cells of the model end, in `f` and in `n`
    KEPT_REALS_AT, KEPT_WHOLES_AT,  # where their copies of the end of the past begin
    # What follows, up to the end of the model's cells, is kept at the end of the past: see `kept_past`.
    WATCHED,  # whether outcomes are watched
    DRAWING,  # whether clocks draw
    RATES_DEFERRED,  # whether rates that are sure to be fine are left for the end of the past
    PARENT_BEGUN,  # whether a run that is gone on from had begun
    TURNED,  # how many turns have been made
) = range(86)  # fmt: skip
HEADER = 86
FIRST_KEPT_WHOLE = WATCHED

# The past is folded in each run; or in the first one, and what depends on parameters again in each; or in the first
# one alone.
FOLDED_EACH, FOLDED_AGAIN, FOLDED_ONCE = range(3)

# A step in `n`: the number of a prior of the model's own, whose value is drawn into the frame, and the cell of `f` that
# has a copy of it; or BRANCH_VALUES, and where the turn's block is whose values the frame takes.
PRIOR, COPY = range(2)
STEP = 2
BRANCH_VALUES = -1

# A turn's block in `n`: where its values begin and end, and among the rules concerned those that it stops, that follow
# it, that it renews, and that it starts again; and by which number the log calls it.
VALUES, VALUES_END, STOPPED_FROM, FOLLOWERS, RENEWED, WOKEN, WOKEN_END, NUMBER = range(8)
TURN = 8

# The block in `n` of a run that is wanted by itself: its number; the rule and the occurrence of the firing that is
# undone, -1 if none is; the event type and the code of what comes instead, -1 if the rule is excluded; and where
# its time is in `f`, and after that its marks.
WANTED_RUN, UNDONE_RULE, UNDONE_OCCURRENCE, INSTEAD, INSTEAD_CODE, INSTEAD_AT = range(6)
WANTED = 6

# A clock's block in `f`: since when it runs, what it had before (age or hazard), the greatest hazard that its threshold
# is known to exceed, its rate, its threshold, its law's parameters; and in `n`.
SINCE, ELAPSED, REACHED, RATE, THRESHOLD, LAW = range(6)
CLOCK = 8
STATE, OCCURRENCE, HAS_THRESHOLD, KEY, KIND, RANK, MEMORYLESS = range(7)
CELL, LOOK = range(7, 9)  # where, in `f`, the cell of a clock is whose rate moves, and its moment among MOMENTS; else 0
CLOCK_INTS = 9

# A cell's block in `f`: where it ends (infinite: there is none), the rate at its beginning, its middle and its end, its
# factor, its integral; and the width of the last cell.
CELL_END, CELL_FIRST, CELL_MIDDLE, CELL_FINAL, CELL_FACTOR, CELL_WHOLE, CELL_WIDTH = range(7)
CELL_BLOCK = 7

# What stands in the past, and in the timetable, instead of the number of an event type.
A_START, A_CHANGE, AN_OUTCOME = -1, -2, -3

# What a clock does.
OFF, ENABLED, PAUSED, EDGE_USED, EXCLUDED = range(5)

# An outcome is open, or closed for good. Of an ending that a run goes on after, `otherwise` knows whether it came true.
CLOSED, OPEN, CAME = range(3)

# Kinds of clocks; a law's kind is FIRST_LAW plus its number. A rate that moves and laws with a speed have their own.
RATES, IMMEDIATE, DATE, EVERY, FIRST_LAW = range(5)
MOVING_RATE = 32
FIRST_PACED_LAW = 33

# A flag is true or false, or has no value.
NO_VALUE = 2

# Where an error came up, plus the number of the rule, the event type or the outcome.
SITES = 1 << 20
AT_CLOCKS, AT_DECIDE, AT_EFFECT, AT_OUTCOME, AT_COUNT, AT_INITIAL = range(SITES, 7 * SITES, SITES)
AT_START, AT_FULL, AT_BEGIN, AT_PAST_BEGIN, AT_TURN, AT_WHILE = range(7 * SITES, 13 * SITES, SITES)
AT_WAKE, AT_ASSIGN, AT_SETTLE, AT_FLIPPED, AT_ROLL, AT_FLIP, AT_PARAMETERS = range(13 * SITES, 20 * SITES, SITES)

# So many uniforms are drawn at once; there is room for a multiple of it.
AT_ONCE_DRAWN = 8

# Parameters from 0 up to this are moderate: what is sure of a rate then is known from its text.
MODERATE = 1e9

SECOND = 1 << 32  # a row's occurrence stands above its code, which has 32 bits
