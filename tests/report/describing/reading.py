"""A description read again: its headings, anchors, links and tables."""

import re
from itertools import pairwise

ANCHOR = re.compile(r'<a id="([^"]*)"></a>')
LINK = re.compile(r"\]\(#([^)]*)\)")
CELLS = re.compile(r"(?<!\\)\|")


def anchors(text: str) -> list[str]:
    return ANCHOR.findall(text)


def assert_sound(text: str) -> None:
    """Check that links lead somewhere, anchors are unique, headings are in order, and rows have as many cells."""
    found = anchors(text)
    assert len(found) == len(set(found))
    assert set(LINK.findall(text)) <= set(found)
    depths = [len(line) - len(line.lstrip("#")) for line in text.splitlines() if re.match(r"#+ ", line)]
    assert depths[:2] == [1, 2]
    assert depths.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(depths))
    for block in text.split("\n\n"):
        lines = block.splitlines()
        if lines and lines[0].startswith("| "):
            widths = {len(CELLS.findall(line)) for line in lines}
            assert len(widths) == 1, block
    assert text.endswith("\n")
    assert "\n\n\n" not in text
