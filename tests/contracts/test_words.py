"""Words that must not come back: each with what to write instead. The page on architecture says what the others mean.

A reader of English finds plain words in the standard terms of the field, one word for one meaning. What is looked at:
names in Python, docstrings and comments, texts that a user reads (messages, help, tables) and the pages.
"""

import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim.docs.markdown import NOTICE

ROOT = Path(__file__).parents[2]

# The folders and files whose prose, and whose names, keep to the lists below.
PROSE = ("sim", "README.md")
NAMES = ("sim",)

# Parts of names, such as `luck` in `past_luck` and in `AnyLuck`.
IN_NAMES = {
    "luck": "streams",
    "rigged": "controlled",
    "desk": "context",
    "crew": "pool",
    "hired": "open_pool",
    "hire": "start",
    "seat": "server",
    "errand": "call",
    "parcel": "assignment",
    "hands": "workers",
    "mate": "other",
    "mates": "others",
    "handing": "dispatch",
    "shelf": "ledger",
    "clockwork": "calendar",
    "happening": "event",
    "happenings": "events",
    "told": "reported, primary, message",
    "ignorance": "epistemic",
    "barred": "excluded",
    "keeps": "retention",
    "gain": "variance_reduction",
    "slips": "typos",
    "utils": "the subject",
    "helpers": "the subject",
    "manager": "the subject",
}

# Names that a user writes or reads elsewhere, by file: options, names of other libraries.
ALLOWED_NAMES = {
    "sim/cli/commands/running/run.py": {"luck"},
    "sim/study/api.py": {"luck"},
    "sim/engines/kernel/compiler/machine_code.py": {"getModulePassManager"},
}

# In docstrings, comments and pages. `(?i)` where a sentence may begin so.
IN_PROSE = {
    r"\b[Dd]esks?\b": "worker context",
    r"\bcrews?\b": "pool",
    r"\bhired?\b": "open, start",
    r"\bshel(f|ves)\b": "ledger",
    r"\berrands?\b": "call in the background",
    r"\bparcels?\b": "assignment",
    r"\bsits? down\b": "start",
    r"\bbusiness\b": "'... does that', or '... decides that'",
    r"\bslip of the pen\b": "typo",
    r"(?<![Tt]here )\bis no [a-z]": "'is not a ...', or 'expected ..., got ...'",
    r"(?<![Tt]here )\bare no (?!longer|more)[a-z]": "'are not ...', or 'there are no ...'",
    r"\b[Ww]hoever\b": "the caller, the reader, a user",
    r"\bnought\b": "zero",
    r"\brigged\b": "controlled",
    r"\bclockwork\b": "calendar",
    r"\bSay (whether|which|who|how|what)\b": "Return whether, ...",
    r"\bGive back\b": "Return",
    r"\bthe (first|second|last) (half|part) of\b(?= building)": "the subject",
    r"\banew\b": "again",
}

# In docstrings of functions and classes: the imperative, and one form for what they raise.
IN_DOCSTRINGS = {r"\bRaises\b": "Raise", r"^(Returns|Yields|Gives|Makes|Lets|Says)\b": "the imperative"}

# Messages of run errors are part of a log, and so of its digest: they stay as they are.
LOGGED = ("sim/model/expression.py",)

# In texts that a user reads.
IN_MESSAGES = {
    r"(?<![Tt]here )\bis no [a-z]": "'expected ..., got ...', or 'is not a ...'",
    r"\bslip of the pen\b": "typo",
    r"\bnought\b": "zero",
    r"\bbusiness\b": "'... does that', or '... decides that'",
    r"\b[Ww]hoever\b": "anybody who, a user",
    r"\berrands?\b": "background",
    r"\bseats?\b": "worker",
}

# Modules that share a name, where one folder has a file for each command.
ONE_A_SUBJECT = ("sim/cli/commands/",)
SAME_MODULE_NAME = {
    "__main__": "what `python -m` runs",
    "checks": "what a check is, and how it is built",
    "measures": "what a measure means, and how it is built",
    "model": "what a model is, and how it is built",
    "scenario": "what a scenario is, and how it is built",
}


@dataclass(frozen=True)
class Found:
    path: str
    line: int
    text: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: '{self.text}': {self.instead}"


def python_files() -> list[str]:
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / "sim").rglob("*.py"))]


def pages() -> list[str]:
    """Return the paths of all pages but those written from the code, whose words are looked for there."""
    own = [path for path in sorted((ROOT / "sim").rglob("*.md")) if NOTICE not in path.read_text()]
    return ["README.md", *(str(path.relative_to(ROOT)) for path in own)]


def explanations() -> list[str]:
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / "sim/language/codes").glob("*.yaml"))]


def within(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def parts_of(name: str) -> set[str]:
    """Return the words that a name is made of: `any_luck` and `AnyLuck` have `luck`."""
    return {part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def looked_for(patterns: dict[str, str], text: str, path: str, line: int) -> Iterator[Found]:
    for pattern, instead in patterns.items():
        for match in re.finditer(pattern, text, re.MULTILINE):
            yield Found(path, line + text.count("\n", 0, match.start()), match.group(), instead)


def words_in(text: str, path: str, *, names: bool, prose: bool) -> Iterator[Found]:
    """Find the words of one Python file."""
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        line = token.start[0]
        if token.type == tokenize.NAME and names and token.string not in ALLOWED_NAMES.get(path, ()):
            for part in parts_of(token.string) & IN_NAMES.keys():
                yield Found(path, line, token.string, f"{IN_NAMES[part]} for '{part}'")
        elif token.type == tokenize.COMMENT and prose:
            yield from looked_for(IN_PROSE, token.string, path, line)
        elif token.type == tokenize.STRING and prose:
            stands_alone = before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)
            if stands_alone and token.string.startswith(('"""', 'r"""')):
                inner = token.string.strip("r").removeprefix('"""')
                yield from looked_for(IN_PROSE | IN_DOCSTRINGS, inner, path, line)
            elif path not in LOGGED:
                yield from looked_for(IN_MESSAGES, token.string, path, line)
        if token.type not in (tokenize.NL, tokenize.COMMENT):
            before = token.type


def test_no_word_that_was_given_up_comes_back() -> None:
    found: list[Found] = []
    for path in python_files():
        names, prose = within(path, NAMES), within(path, PROSE)
        if names or prose:
            found += words_in((ROOT / path).read_text(), path, names=names, prose=prose)
    for path in explanations():
        found += looked_for(IN_MESSAGES, (ROOT / path).read_text(), path, 1)
    for path in pages():
        if within(path, PROSE):
            found += looked_for(IN_PROSE, (ROOT / path).read_text(), path, 1)
    assert not found, "\n".join(["", *map(str, found)])


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("past_luck = 1\n", "past_luck"),
        ("class AnyLuck: ...\n", "AnyLuck"),
        ("# who does it is the driver's business\n", "business"),
        ('def f():\n    """Say whether it rains."""\n', "Say whether"),
        ('def f():\n    """Rain. Raises E101."""\n', "Raises"),
        ('raise ValueError(f"{x} is no number")\n', "is no n"),
        ('Thread(name="sim-errand")\n', "errand"),
    ],
)
def test_a_word_that_was_given_up_is_found_where_it_stands(text: str, word: str) -> None:
    assert [found.text for found in words_in(text, "sim/x.py", names=True, prose=True)] == [word]


@pytest.mark.parametrize(
    "text", ["gained = 1\n", "# there is no other way\n", '"""A model says which event fires."""\n']
)
def test_a_word_that_only_looks_like_one_is_left_alone(text: str) -> None:
    assert not list(words_in(text, "sim/x.py", names=True, prose=True))


def test_no_two_modules_share_a_name_by_accident() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for path in python_files():
        if within(path, NAMES) and not path.startswith(ONE_A_SUBJECT) and not path.endswith("__init__.py"):
            homes[Path(path).stem].append(path)
    twice = {name: paths for name, paths in homes.items() if len(paths) > 1 and name not in SAME_MODULE_NAME}
    assert not twice, twice


def test_no_two_classes_share_a_name() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for path in python_files():
        if within(path, NAMES):
            for name in re.findall(r"^class ([A-Z]\w*)", (ROOT / path).read_text(), re.MULTILINE):
                homes[name].append(path)
    twice = {name: paths for name, paths in homes.items() if len(paths) > 1}
    assert not twice, twice
