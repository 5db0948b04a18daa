"""Which slots of the frame have changed: a bit for each, in as many whole numbers of the kernel as they need.

Owns how a set of bits is written and tested. Which slots have bits is left to `follow_text`.
"""

BITS = 60  # of one whole number


def words(count: int) -> list[str]:
    """Return the names of the whole numbers that so many bits stand in."""
    return ["bits", *(f"bits{number}" for number in range(1, -(-count // BITS)))]


def noted(bit: int) -> str:
    """Write that a bit is set."""
    ((word, part),) = _parts(bit)
    return f"{word} = {word} | {part}"


def tested(mask: int) -> str:
    """Write whether a bit of a mask is set."""
    tests = [f"{word} & {part} != 0" for word, part in _parts(mask)]
    return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"


def _parts(mask: int) -> list[tuple[str, int]]:
    """Return the words that a mask has bits in, each with those."""
    parts = [(word, mask >> BITS * index & (1 << BITS) - 1) for index, word in enumerate(words(mask.bit_length()))]
    return [(word, part) for word, part in parts if part]
