"""Suggestions for a wrong name: the one that is close, where exactly one is, else the list of what is allowed."""

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST_LIST = 12
MOST_COMPARED = 100


def did_you_mean(word: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """Return the notes that help somebody who wrote `word` where one of `allowed` was expected.

    >>> did_you_mean("tensoin", ["tension", "trust"])
    ("did you mean 'tension'?",)
    """
    names = sorted(set(allowed))
    close = _close(word, names)
    meant = _meant(word, close)
    if meant:
        return (f"did you mean '{meant}'?",)
    if close:
        return ("close names: " + ", ".join(close),)
    if not names:
        return ()
    if len(names) <= LONGEST_LIST:
        return ("allowed here: " + ", ".join(names),)
    return ()


def nearest(word: str, allowed: Iterable[str]) -> str:
    """Return the one of `allowed` that somebody who wrote `word` must have meant; an empty text if none or several."""
    return _meant(word, _close(word, sorted(set(allowed))))


def _meant(word: str, close: list[str]) -> str:
    if word.lower() in close:
        return word.lower()
    if len(close) == 1 or (len(close) > 1 and close[0].replace("_", "") == word.replace("_", "")):
        return close[0]
    return ""


def _close(word: str, names: list[str]) -> list[str]:
    compared = names
    if len(names) > MOST_COMPARED:  # comparing takes time, and a file may be wrong at hundreds of places
        near = [name for name in names if name[:1] == word[:1] and abs(len(name) - len(word)) <= 2]
        compared = near[:MOST_COMPARED]
    small = [word.lower()] if word.lower() in names and word.lower() != word else []
    return small or get_close_matches(word, compared, n=3, cutoff=0.66)


def named_or_near(word: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """Return the note for a wrong name: the one that was meant, or all that there are."""
    names = list(allowed)
    return did_you_mean(word, names) or ("there are " + ", ".join(names),)
