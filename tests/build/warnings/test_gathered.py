import pytest

from sim.build.warnings.gathered import members_of

RULES = dict.fromkeys(["ties[1,2]", "ties[2,1]", "cuts"])


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("cuts", ["cuts"]),
        ("ties", ["ties[1,2]", "ties[2,1]"]),
        ("ties[1, 2]", ["ties[1,2]"]),
        ("ties[2,1]", ["ties[2,1]"]),
        ("ties[1]", []),
    ],
)
def test_a_text_names_a_rule_or_all_of_a_family(text: str, rules: list[str]) -> None:
    assert members_of(text, RULES) == rules
