import re

import pytest

from sim.language.expressions.indices import MOST_MEMBERS, indices_in, members_in


@pytest.mark.parametrize(
    ("family", "members"),
    [
        ("i in 1..3", ["1", "2", "3"]),
        ("i in -1 .. 0", ["-1", "0"]),
        ("p in north, south", ["north", "south"]),
        ("p in {north, south}", ["north", "south"]),
        ("i in 1..2, j in 0..1", ["1,0", "1,1", "2,0", "2,1"]),
        ("i in 1..3, j in 1..3 if i < j", ["1,2", "1,3", "2,3"]),
        ("p in north, south, q in north, west if p != q", ["north,west", "south,north", "south,west"]),
        ("i in 1..2, p in north, south if i == 1 or p == south", ["1,north", "1,south", "2,south"]),
        ("i in 1..6 if not (i % 2 == 0 or i // 4 == 1) and 0 < i <= k", ["1", "3"]),
    ],
)
def test_each_member_has_its_indices_in_the_order_in_which_they_are_counted(family: str, members: list[str]) -> None:
    found = members_in(family, {"k": 4})

    assert [",".join(map(str, one.values())) for one in found] == members
    assert all(list(one) == indices_in(family) for one in found)


@pytest.mark.parametrize(
    ("family", "why"),
    [
        ("i in 3..1", "'3..1' names no members"),
        ("i in 1..3, j in 2..1", "'2..1' names no members"),
        ("p in north, north", "'north, north' names no members"),
        ("i in 1..2, j in 1..2 if i > j + 3", "'i in 1..2, j in 1..2 if i > j + 3' names no members"),
        ("i in 1..40, j in 1..40", "'i in 1..40, j in 1..40' names 1600 members"),
        ("i in 1..900, j in 1..900 if i == j", "has more than 20,000 combinations of indices"),
        ("i in 1..3 if", "'1..3 if' names no members"),
        ("i in 1..3 if x > 1", "'x' is neither an index nor a value of one"),
        ("i in 1..3 if i + 1", "'i + 1' does not compare indices"),
        ("p in north, south if p < south", "'p < south' does not compare indices"),
        ("i in 1..3 if i == ", "'i ==' does not compare indices"),
        ("i in 1..3 if i == __import__", "'__import__' is neither an index nor a value of one"),
        ("i", "'i' lists no values of an index"),
        ("x i in 1..3", "'x i in 1..3' lists no values of an index"),
    ],
)
def test_what_lists_no_members_is_refused_with_its_reason(family: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)) as caught:
        members_in(family, {})

    _, note = caught.value.args
    assert note.startswith("expected")


def test_a_family_may_have_as_many_members_as_there_may_be_and_no_more() -> None:
    assert len(members_in(f"i in 1..{MOST_MEMBERS}", {})) == MOST_MEMBERS
    with pytest.raises(ValueError, match="names no members"):
        members_in(f"i in 1..{MOST_MEMBERS + 1}", {})


def test_only_where_it_may_be_does_a_condition_leave_out_all() -> None:
    assert members_in("j in 1..3 if j > k", {"k": 3}, may_be_none=True) == []
