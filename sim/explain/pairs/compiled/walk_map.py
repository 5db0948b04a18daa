"""The names of the cells in which the walk over a pair of traced runs works. Those of `trace_map` come before them.

Names that end in `_AT` are places of tables: in `m`, or in `g` where the comment says so. Tables of the two sides come
one after the other.
"""

from sim.engines.kernel.runtime.trace_map import TRACE_HEADER

(
    PAIRS, PAIRS_AT,  # how many pairs there are, and the blocks of each pair's runs
    START,  # the name of the node from which the walk goes back
    ASSUMPTIONS,  # how many assumptions there are
    SIDES_AT,  # the pair at hand: a block for each side; see `SIDE`
    CAUSES, CAUSES_AT, STRENGTHS_AT,  # the causes of the node at hand: node and how; their strengths, in `g`
    NODES, NODES_AT, COSTS_AT,  # the nodes that were met: see `NODE`; cost and strength of each, in `g`
    INDEX_AT, STAMP,  # where each node is, by its digest: the number of the walk, and the node; this walk's number
    QUEUE, QUEUE_AT, QUEUE_COSTS_AT, PUSHED,  # a heap of nodes, by cost (in `g`) and by when they were pushed
    ASKED,  # where the question at hand is; see `QUESTION`
    MERGED_AT, NAMED_AT,  # a question that is made up of several, and whether it reads each slot
    MODE, EVENT_AT, SLOT, MODE_SIDE,  # how it is answered: see PLAIN; and for which event, which variable, which side
    DIFFERING, DIFFERING_AT, EXCHANGED_AT,  # the slots that differ; whether each is exchanged
    ALONE_AT,  # whether each turns the answer alone
    SHARES_AT, HERE_AT, THERE_AT, TRIED_AT,  # in `g`: the strength of each; answers
    RULES_AT, EFFECTS_AT, SLOTS_AT, OUTCOMES_AT,  # see `RULE_TABLE`; by type and slot, an effect's question or NONE
    BOUNDS_AT, BRANCH_TIME_AT, WEIGHTS_AT,  # in `g`: of each slot, its bounds; when side 0 branches; weights at hand
    MARK_SLOTS_AT,  # for each type of event, where the slots of its marks are
    WRITTEN_AT,  # for each type of event, where the slots are that it writes, and how many
    SUMS, SUMS_AT, SUM_REALS_AT,  # what adds up to a difference in progress: nodes, and in `g` how much
    WAYS_AT, WAYS_REALS_AT,  # where the ways go that are found, and in `g` their costs and strengths
    WAYS_END, WAYS_REALS_END, WAYS_ROOM, WAYS_REALS_ROOM,
) = range(TRACE_HEADER, TRACE_HEADER + 50)  # fmt: skip
WALK_HEADER = TRACE_HEADER + 50

MOST_NODES = 1 << 12  # of a pair; with more the walk is given up
INDEX_SIZE = 1 << 13
MOST_PLACES = 1 << 20
MOST_CAUSES = 1 << 13
MOST_QUEUED = 1 << 14
MOST_MERGED = 64  # parts of a question that is made up of several

# A side's block: its run's block; for each place the place of the same event in the other run, or NONE, and how many
# events of the other run stand before it; which assumption each of its scheduled events is, or NONE; the places of the
# events that wrote each slot, slot by slot, and where those of each slot begin, and those of the last end.
RUN_AT, PARTNERS_AT, BEFORES_AT, SCHEDULED_AT, WRITES_AT, WRITES_OF_AT = range(6)
SIDE = 6

# A node: its name, the node from which the cheapest way came, how, and whether the walk is done with it. A name has its
# kind in the lowest two bits: an end of ENDS, an event by side and place, a variable by its slot and its writers, or an
# assumption.
NODE_NAME, NODE_FROM, NODE_HOW, NODE_DONE = range(4)
NODE = 4
ENDED, OCCURRED, DIFFERS, ASSUMED = range(4)
ENDS = EITHER, FIRST, LATER = range(3)

# A question: the parts whose values answer it, the slots of variables and parameters that they read, other slots that
# they read; and whether the answer is a number.
PARTS_AT, PARTS, READS_AT, READS, OTHERS_AT, OTHERS, IS_NUMBER = range(7)
QUESTION = 7

# How a question is answered: by the values of its parts, by what a rule would choose, or by what an effect assigns.
PLAIN, CHOICE, EFFECT = range(3)

# A rule's row: the questions of its guard, of its rate or law (NONE: none), and of its weights; whether it has a rate;
# its emissions; the assumptions that switch it; its stream's key.
GUARD, PACE, WEIGHTS, HAS_RATE, EMISSIONS_AT, EMISSIONS, SWITCHED_AT, SWITCHED, STREAM = range(9)
RULE_TABLE = 9
# An emission's row: its type of event, and the questions of its marks.
EMITTED, MARKS_AT, MARKS = range(3)
EMISSION_TABLE = 3
# A slot's row: whether it is a state variable or a parameter, the question of its initial value, whether it saturates,
# and the assumptions that a parameter rests on.
SCOPE, INITIAL, SATURATES, RESTS_AT, RESTS = range(5)
SLOT_TABLE = 5
OTHER_SCOPE, STATE_SCOPE, PARAMETER_SCOPE = range(3)
# An outcome's row: the question of its condition (NONE: it has none), and whether it comes with events.
CONDITION, COMES_WITH_EVENTS = range(2)
OUTCOME_TABLE = 2

# How a cause is one, in the order of `difference_nodes.How`: of the first two, what is read is a condition.
(
    BY_CONDITION, BY_GUARD, BY_WEIGHTS, BY_MARK, BY_RATE, BY_LAW, BY_SPEED, BY_EFFECT, BY_INITIAL, BY_COURSE,
    BY_START, BY_STOPPING, BY_BEING_OVER, BY_COMING, BY_SWITCH, BY_ASSUMPTION,
) = range(16)  # fmt: skip

NO_ANSWER = -1.2345678901234567e300  # of a part that has no value
