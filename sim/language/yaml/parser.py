"""YAML text to plain data, with the offsets of every key and value.

YAML 1.2 core schema: only `true`, `false`, `null` and numbers are not text, so `no` is a word. Anchors,
aliases, merge keys, tags and duplicate keys are refused, and so is what is too large: all are checked on
the parser's events, before anything is built. What the data must look like is said in `sim.language.shapes`.

The same text under the same name is parsed once.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from sim.language.diagnostics import Complaints, Diagnostic, LanguageError, Span
from sim.language.files import MOST_REMEMBERED, UnfitError, document_bytes
from sim.language.yaml.not_yaml import BrokenYaml, begun, in_words

Keys: TypeAlias = tuple[str | int, ...]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MOST_DEPTH = 24
MOST_NODES = 100_000
MOST_DIGITS = 40

_SUFFIXES = (".yaml", ".yml")
_KINDS = ("model", "part", "scenario", "history", "sources", "counterexample")
_OURS = re.compile(rf"^[\"']?(?:{'|'.join(_KINDS)})[\"']?\s*:", re.MULTILINE)

_CONSTANTS: Mapping[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# YAML's characters, without the line breaks of old (U+0085, U+2028, U+2029) that no editor counts as such.
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class NodeOffsets:
    """Where a key and its value stand, as character offsets. `text` is a scalar as it was written, with
    line breaks as spaces, so that an offset in it is an offset in the file from `text_start` on.
    """

    key: tuple[int, int] | None
    value: tuple[int, int]
    text: str | None = None
    text_start: int = 0


@dataclass(eq=False)
class Document:
    """One file: its data, and where each part of it stands. `content` is what was read, where it stands in a file.

    `refused` has the places of parts that were complained of, or may be meant by one that was: nothing more is said
    about them, about what is below them, or about what their holder lacks. `removed` has the names of what an
    assembled document leaves out, with what is said of each.
    """

    path: str
    text: str
    content: bytes = b""
    data: Any = None
    offsets: dict[Keys, NodeOffsets] = field(default_factory=dict)
    line_starts: list[int] = field(default_factory=list)
    lines: dict[int, str] = field(default_factory=dict)
    refused: set[Keys] = field(default_factory=set)
    holders: set[Keys] = field(default_factory=set)  # of refused parts
    removed: dict[str, str] = field(default_factory=dict)

    def refuse(self, keys: Keys) -> None:
        self.refused.add(keys)
        self.holders.add(keys[:-1])

    def is_refused(self, keys: Keys) -> bool:
        """Return whether the part at `keys`, or one that it is in, was refused."""
        return bool(self.refused) and any(keys[:length] in self.refused for length in range(len(keys) + 1))

    def words(self, keys: Keys) -> set[str]:
        """Return all words of the part at `keys`, its key among them: names and ids."""
        place = self.offsets.get(keys)
        if place is None:
            return set()
        text = self.text[place.value[0] : place.value[1]]
        if place.key is not None:
            text = f"{self.text[slice(*place.key)]} {text}"
        found = {*re.findall(r"\w+", text), *re.findall(r"[\w.-]+", text)}
        return {word for word in found if not word.isdecimal()}

    def offset(self, mark: Any) -> int:
        """Return the offset of one of PyYAML's marks."""
        known = mark.line < len(self.line_starts)
        return min(self.line_starts[mark.line] + mark.column, len(self.text)) if known else len(self.text)

    def span(self, start: int, end: int) -> Span:
        """Return the span of the characters from `start` up to `end`, cut at the end of its first line."""
        line = bisect_right(self.line_starts, start) - 1
        first = self.line_starts[line]
        last = self.line_starts[line + 1] if line + 1 < len(self.line_starts) else len(self.text)
        if line not in self.lines:  # kept, so that many complaints about one long line share its text
            self.lines[line] = self.text[first:last].rstrip("\r\n")
        text = self.lines[line]
        length = max(1, min(end, first + max(len(text), 1)) - start)
        return Span(path=self.path, line=line + 1, column=start - first + 1, length=length, text=text)

    def value_span(self, keys: Keys) -> Span:
        """Return where the value at `keys` stands, or its nearest parent that is in the file."""
        place = self.offsets[self.nearest(keys)]
        start, end = place.value
        return self.span(*place.key) if place.key and start == end else self.span(start, end)

    def key_span(self, keys: Keys) -> Span:
        """Return where the key at `keys` stands; for an item of a list or the whole file, the value."""
        place = self.offsets[self.nearest(keys)]
        return self.span(*(place.key or place.value))

    def span_of(self, place: str, text: str) -> Span:
        """Return the span of an expression of this file, by its place and its text; see `tree.Expression`."""
        line, column = (int(part) for part in place.rsplit(":", 2)[1:])
        start = self.line_starts[line - 1] + column - 1
        return self.span(start, start + len(text))

    def nearest(self, keys: Keys) -> Keys:
        while keys and keys not in self.offsets:
            keys = keys[:-1]
        return keys


def read(path: Path, shown: str, complaints: Complaints | None = None) -> Document:
    """Read the file at `path`, called `shown` in messages, as YAML. Raise as `parse` does."""
    document, found = _parsed(_content_of(path, shown), shown)
    if complaints is None:
        found.raise_any()
    else:
        complaints.extend(found.found)
    return document


@lru_cache(MOST_REMEMBERED)
def _parsed(content: bytes, shown: str) -> tuple[Document, Complaints]:
    complaints = Complaints()
    document = parse(content.decode("utf-8-sig"), shown, complaints)
    document.content = content
    return document, complaints


def _content_of(path: Path, shown: str) -> bytes:
    def refuse(code: str, message: str, *notes: str) -> LanguageError:
        return LanguageError([Diagnostic(code=code, message=message, span=None, notes=notes, path=shown)])

    try:
        content = document_bytes(path)
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse("E109", f"byte {error.start} is not UTF-8 text", "expected a YAML file in UTF-8") from None
    except (FileNotFoundError, NotADirectoryError, ValueError):
        near = sorted(other.name for other in path.parent.glob("*.yaml"))[:12] if path.parent.is_dir() else []
        notes = ["files beside it: " + ", ".join(near)] if near else []
        raise refuse("E108", "there is no such file", *notes) from None
    except UnfitError as error:
        raise refuse("E107" if error.too_large else "E108", f"this is {error}", "expected a YAML file") from None
    except OSError as error:
        raise refuse("E108", f"the file cannot be read: {error.strerror}") from None
    if text.strip() and path.resolve().suffix not in _SUFFIXES and not _OURS.search(text):
        kinds = "expected a YAML file, in which a line begins with " + ", ".join(f"'{kind}:'" for kind in _KINDS)
        raise refuse("E109", "this is not a file of a case; what is in it is not shown", kinds)
    return content


def parse(text: str, shown: str, going_on: Complaints | None = None) -> Document:
    """Parse YAML text. Raise LanguageError with every complaint that can be found in one pass.

    With `going_on`, complaints about parts that can be passed over go there and the parts are marked as refused; what
    is raised then is only that the rest cannot be read.
    """
    document = Document(path=shown, text=text)
    document.line_starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]
    complaints = Complaints()
    strange = _NOT_YAML.search(text)
    if strange:
        message = f"character U+{ord(strange.group()):04X} may not stand in a YAML file"
        complaints.add("E109", message, document.span(*strange.span()), "expected a text file; is this a binary one?")
    elif not text.strip():
        complaints.add("E109", "the file is empty", None, "expected a YAML document", path=shown)
    complaints.raise_any()
    reader = _Reader(document, complaints)
    try:
        try:
            reader.read(_LOADER)
        except yaml.MarkedYAMLError as error:
            if "nesting depth" not in str(error.problem):
                raise
            # From 0.2.6 on libyaml refuses such a text as a whole. PyYAML's own parser comes to where it is too deep.
            document.offsets.clear()
            reader = _Reader(document, complaints)
            reader.read(yaml.SafeLoader)
        reader.read_on = reader.read_on and bool(document.offsets)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = document.offset(mark) if mark else 0
        span = document.span(at, at + 1)
        message, notes = in_words(BrokenYaml(str(error.problem), span.text, span.column - 1))
        if error.context and error.context_mark and error.context.startswith("while"):
            start = document.offset(error.context_mark)
            outer = document.span(start, start + 1)
            if outer.line != span.line:
                notes = (*notes, f"the {begun(error.context)} begins at {outer.location}")
        complaints.add("E101", f"this is not YAML: {message}", span, *notes)
    except yaml.YAMLError:
        complaints.add("E101", "this is not YAML", None, "expected a YAML document", path=shown)
    if not document.offsets:
        complaints.add("E109", "the file has nothing but comments", None, "expected a YAML document", path=shown)
    if going_on is None or not reader.read_on:
        complaints.raise_any()
    else:
        going_on.extend(complaints.found)
    return document


def is_word(text: str) -> bool:
    """Return whether a scalar without quotes is text."""
    return text not in _CONSTANTS and not _REAL.fullmatch(text)


def plain(text: str) -> Any:
    """Return the value of a scalar without quotes that is not text: None, a truth value or a number."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return int(text) if _INTEGER.fullmatch(text) else float(text)


class _Reader:
    """One pass over the parser's events. Each open mapping or list is a frame on a stack, so depth costs
    no recursion, and the limits hold before the data grows.
    """

    def __init__(self, document: Document, complaints: Complaints) -> None:
        self.document = document
        self.complaints = complaints
        self.nodes = 0
        self.read_on = False  # whether all of the file was read, though parts of it may be refused

    def read(self, loader: Any) -> None:
        stack: list[_Open] = []
        documents = 0
        for event in yaml.parse(self.document.text, Loader=loader):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.complain("E103", "a second document in one file", event, "expected one document a file")
                    self.read_on = True
                    return
            if not isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
                continue
            if isinstance(event, yaml.CollectionEndEvent):
                done = stack.pop()
                place = self.document.offsets[done.keys]
                end = self.document.offset(event.end_mark)
                self.document.offsets[done.keys] = NodeOffsets(place.key, (place.value[0], end))
                continue
            self.nodes += 1
            if self.nodes > MOST_NODES:
                self.complain("E107", f"more than {MOST_NODES:,} values in one file", event)
                return
            if len(stack) >= MOST_DEPTH:
                self.complain("E107", f"nested deeper than {MOST_DEPTH} levels", event)
                return
            self.refuse_indirection(event)
            parent = stack[-1] if stack else None
            if parent is not None and parent.wants_key:
                self.take_key(parent, event)
                if not isinstance(event, yaml.ScalarEvent):
                    return
                continue
            self.take_value(parent, event, stack)
        self.read_on = True

    def take_key(self, parent: "_Open", event: Any) -> None:
        start, end = self.extent(event)
        if isinstance(event, yaml.AliasEvent):
            return
        if not isinstance(event, yaml.ScalarEvent):
            self.complain("E103", "a key must be a word, not a mapping or a list", event)
            return
        name = event.value
        if name == "<<":
            self.complain("E103", "merge keys ('<<') are not part of this language", event, "write the keys out")
            self.document.refuse((*parent.keys, name))
        elif name in parent.key_places:
            first = self.document.span(*parent.key_places[name])
            self.complain("E102", f"the key '{name}' stands here twice", event, f"first at {first.location}")
            name = f"{name} (again at {start})"
            self.document.refuse((*parent.keys, name))
        parent.key_places[name] = (start, end)
        parent.key = name
        parent.wants_key = False

    def take_value(self, parent: "_Open | None", event: Any, stack: list["_Open"]) -> None:
        start, end = self.extent(event)
        key = None
        keys: Keys = ()
        if parent is not None:
            last: str | int = parent.key if parent.is_mapping else len(parent.data)
            key = parent.key_places[parent.key] if parent.is_mapping else None
            keys = (*parent.keys, last)
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            value = self.scalar(event, keys)
            text, text_start = self.raw(event, start, end)
            self.document.offsets[keys] = NodeOffsets(key, (start, end), text, text_start)
        elif isinstance(event, yaml.AliasEvent):
            value = None
            self.document.offsets[keys] = NodeOffsets(key, (start, end))
            self.document.refuse(keys)
        else:
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            value = {} if is_mapping else []
            self.document.offsets[keys] = NodeOffsets(key, (start, start + 1))
            stack.append(_Open(keys=keys, data=value, is_mapping=is_mapping, wants_key=is_mapping))
        if parent is None:
            self.document.data = value
        elif parent.is_mapping:
            parent.data[parent.key] = value
            parent.wants_key = True
        else:
            parent.data.append(value)

    def scalar(self, event: Any, keys: Keys) -> Any:
        text: str = event.value
        if event.style or is_word(text):
            return text
        if sum(character.isdigit() for character in text) > MOST_DIGITS:
            self.complain("E107", f"a number of more than {MOST_DIGITS} digits", event)
            self.document.refuse(keys)
            return 0
        return plain(text)

    def raw(self, event: Any, start: int, end: int) -> tuple[str, int]:
        """Return a scalar as written, without quotes or block marks, and where it starts in the file."""
        written = self.document.text[start:end]
        if event.style in ("'", '"'):
            written, start = written[1:-1], start + 1
            if "\\" in written or "''" in written:
                return re.sub(r"[\r\n\t]", " ", event.value), start
        elif event.style in ("|", ">"):
            head = len(written) - len(written.split("\n", 1)[-1])
            written, start = written[head:], start + head
        return re.sub(r"[\r\n\t]", " ", written).rstrip(), start

    def refuse_indirection(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.complain("E103", "aliases ('*name') are not part of this language", event, "write the value out")
        elif event.anchor is not None:
            self.complain("E103", "anchors ('&name') are not part of this language", event, "write the value out")
        if getattr(event, "tag", None) is not None and not (isinstance(event, yaml.ScalarEvent) and event.tag == "!"):
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.complain("E103", f"tags ('{tag}') are not part of this language", event)

    def extent(self, event: Any) -> tuple[int, int]:
        return self.document.offset(event.start_mark), self.document.offset(event.end_mark)

    def complain(self, code: str, message: str, event: Any, *notes: str) -> None:
        start, end = self.extent(event)
        span = self.document.span(start, max(end, 1))
        self.complaints.add(code, message, span, *notes)


@dataclass
class _Open:
    """A mapping or a list whose end has not come yet."""

    keys: Keys
    data: Any
    is_mapping: bool
    wants_key: bool
    key: str = ""
    key_places: dict[str, tuple[int, int]] = field(default_factory=dict)
