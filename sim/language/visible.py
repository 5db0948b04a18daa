"""Text that others wrote, made fit to be seen: whatever in it acts instead of being read is written out.

Titles, file names, values of a query, lines of a document may hold control characters, which move a cursor, set a
window's title or fill a clipboard; marks that turn the order of what follows; characters without width that make two
different names look alike. They are written as Python writes them, such as \\x1b and \\u202e. What can be seen stays:
letters of every script, accents, emoji. So do the joiners without which Persian, Hindi or an emoji of several parts
would be other words, between the letters that they join, and a mark that selects a letter's or an emoji's form.

What is to be written out is Unicode's: the categories Cc, Cs, Zl and Zp, noncharacters, and the property
Default_Ignorable_Code_Point (Unicode 15, DerivedCoreProperties.txt).
"""

import re
import shlex
import unicodedata

_JOINERS = "\u200c\u200d"
_FORMS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_NO_CHARACTERS = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    f"\U0001d173-\U0001d17a\U000e0000-\U000e0fff{_NO_CHARACTERS}]"
)
_FORM = re.compile(f"[{_FORMS}]")
_SHORT = {"\t": "\\t", "\r": "\\r"}
_EMOJI = "\ufe0f"  # makes an emoji of the sign before it
_LEAST_JOINED = 0x600  # the first script whose letters are joined
# Hebrew, Arabic, Syriac, Thaana, N'Ko and their neighbours; presentation forms; the old scripts of the second plane.
_LEFTWARD = "[\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
_LEFTWARDS = re.compile(rf"{_LEFTWARD}(?:(?: (?! )|[^\w\s\x1b]|\d){{0,6}}{_LEFTWARD})*")
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


def visible(text: str) -> str:
    """Return text with all that cannot be seen in it written out, but for line feeds; done twice, it changes nothing.

    A byte of a file's name or of an argument that is not text (a lone surrogate from U+DC80 to U+DCFF) is written as
    that byte.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub(_written, text)


def visible_line(text: str) -> str:
    """Return text as `visible` does, in one line: a space stands for a line feed."""
    return visible(text).replace("\n", " ")


def quoted(text: str) -> str:
    """Return text as a word of a shell's command, all of it visible: in `$'...'` where something is written out."""
    if visible_line(text) == text:
        return shlex.quote(text)
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"$'{_UNSEEN.sub(_for_a_shell, escaped)}'"


def _for_a_shell(found: re.Match[str]) -> str:
    return _escaped(found[0], 0x80)


def _escaped(letter: str, first: int) -> str:
    """Return a character by its number: from `first` on by that of a character, before it by that of a byte."""
    code = ord(letter)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"  # a byte of a name that is not text
    return f"\\x{code:02x}" if code < first else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def columns(text: str) -> int:
    """Return how many columns of a terminal a visible line takes: two for a wide letter, none for an accent."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1


def _written(found: re.Match[str]) -> str:
    letter = found[0]
    if _stays(letter, found.string, found.start()):
        return letter
    return _SHORT.get(letter) or _escaped(letter, 0x100)


def _stays(letter: str, text: str, at: int) -> bool:
    """Return whether an unseen character has its effect: it joins two letters, or selects the form of one."""
    if letter in _JOINERS:
        return _is_joined(text, at - 1) and _is_joined(text, at + 1)
    before = text[at - 1] if at else " "
    return bool(_FORM.match(letter)) and unicodedata.category(before)[0] not in "CZM"


def _is_joined(text: str, at: int) -> bool:
    """Return whether a joiner may stand beside the character at `at`: a letter of some scripts, or an emoji."""
    if not 0 <= at < len(text) or ord(text[at]) < _LEAST_JOINED:
        return False
    if _UNSEEN.match(text[at]):
        return text[at] == _EMOJI and _stays(_EMOJI, text, at)
    return unicodedata.category(text[at]) in ("Lo", "Lm", "Mn", "Mc", "So", "Sk")


def isolated(text: str) -> str:
    """Put what is written from right to left between isolates, so that figures beside it stay where they are.

    Where letters are put in order, a figure that follows an Arabic or Hebrew title would go to its other side. `text`
    is `visible`: then the isolates here are its only ones, and each has its end.
    """
    if text.isascii():
        return text
    return _LEFTWARDS.sub(lambda found: f"{_ISOLATE}{found[0]}{_END_OF_ISOLATE}", text)
