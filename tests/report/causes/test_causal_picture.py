"""The causal past as a picture: every event with what it rests on, and no line upon another."""

import re
from collections import defaultdict
from itertools import pairwise

from hypothesis import given

from sim.explain.reasons import Reasons
from sim.explain.why import Why
from sim.report.causes.causal_picture import causal_picture
from sim.report.causes.causal_trees import Naming
from tests.examples import fewer
from tests.explain.followed_runs import followed

TEXT = re.compile(r">([^<]*)</text>")
DOWN = re.compile(r'd="M[\d.]+ ([\d.]+)H([\d.]+)V([\d.]+)"')


@fewer
@given(followed())
def test_every_event_of_the_past_is_drawn_and_no_two_lines_run_in_one_place(run):
    why = Why(Reasons(run), len(run.events) - 1)
    naming = Naming(run, {})

    drawn = causal_picture(why, naming, "in a run", ["foot"]).svg()

    texts = TEXT.findall(drawn)
    for place in why.causes:
        assert any(text.startswith(naming.called(place)) for text in texts)
    lanes = defaultdict(list)
    for top, x, bottom in DOWN.findall(drawn):
        lanes[x].append((float(top), float(bottom)))
    rested_on = {behind for place in why.causes for behind in why.behind(place)}
    assert sum(map(len, lanes.values())) == len(rested_on)
    for found in lanes.values():
        found.sort()
        assert all(before[1] < after[0] for before, after in pairwise(found))
