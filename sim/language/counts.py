"""Counts in words."""


def counted(number: int, one: str, many: str = "") -> str:
    """Return a count with its noun, whose plural is made by an `s` unless it is given.

    >>> counted(1, "faction"), counted(1200, "run")
    ('1 faction', '1,200 runs')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
