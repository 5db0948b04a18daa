"""Located complaints about documents: a span, a code, what is wrong, what was expected.

Owns their form as text and as data. The passes decide what to complain of; `codes` says what each code means.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from sim.errors import SimError
from sim.language.counts import counted
from sim.language.visible import columns, visible_line

MOST_SHOWN = 20
MOST_KEPT = 200
WIDEST_LINE = 110


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one line of a file. Lines and columns count from 1; `text` is the whole line.

    `through` says what led to the file where that is not plain; a stretch is the same whatever did.
    """

    path: str
    line: int
    column: int
    length: int
    text: str
    through: str = field(default="", compare=False)

    @property
    def location(self) -> str:
        """`path:line:column`, as editors read it."""
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One complaint: an error (its code begins with E), or a warning (W), which stops nothing.

    `span` is None where there is no text to point at; then `path` alone says where.
    """

    code: str
    message: str
    span: Span | None = None
    notes: tuple[str, ...] = ()
    path: str = ""

    @property
    def file(self) -> str:
        return self.span.path if self.span else self.path

    @property
    def all_notes(self) -> tuple[str, ...]:
        """The notes, and what led to the file."""
        return (*self.notes, self.span.through) if self.span and self.span.through else self.notes

    @property
    def severity(self) -> Literal["error", "warning"]:
        return "warning" if self.code.startswith("W") else "error"

    def __str__(self) -> str:
        where = self.span.location if self.span else self.path
        lines = [f"{where}: {self.severity} {self.code}: {self.message}"]
        if self.span and self.span.text.strip():
            text, column, length = _window(self.span)
            number = str(self.span.line)
            gutter = " " * len(number)
            underline = " " * (column - 1) + "^" * length
            lines += [f"{gutter} |", f"{number} | {text}", f"{gutter} | {underline}"]
        lines += [f"   = {note}" for note in self.all_notes]
        return "\n".join(lines)

    def as_data(self) -> dict[str, object]:
        """Return the complaint as JSON-ready data, for editors and scripts."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "path": self.file,
            "line": self.span.line if self.span else None,
            "column": self.span.column if self.span else None,
            "length": self.span.length if self.span else None,
            "notes": list(self.all_notes),
        }


def _window(span: Span) -> tuple[str, int, int]:
    """Return the part of a long line around the caret, the caret's column in it, and how many columns it underlines."""
    text = span.text
    start = 0 if len(text) <= WIDEST_LINE else max(0, span.column - 1 - WIDEST_LINE // 3)
    piece = text[start : start + (WIDEST_LINE if start or len(text) > WIDEST_LINE else len(text))]
    before, rest = piece[: span.column - 1 - start], piece[span.column - 1 - start :]
    head, tail = ("..." if start else ""), ("..." if start + len(piece) < len(text) else "")
    shown = [visible_line(part) for part in (before, rest[: span.length], rest[span.length :])]
    return head + "".join(shown) + tail, columns(head + shown[0]) + 1, max(1, columns(shown[1]))


class LanguageError(SimError):
    """One or more documents are wrong. Holds every diagnostic of the pass, in file order."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics[0].code, self.diagnostics[0].message)

    def __str__(self) -> str:
        shown = [str(diagnostic) for diagnostic in self.diagnostics[:MOST_SHOWN]]
        hidden = len(self.diagnostics) - len(shown)
        if hidden:
            shown.append(f"and {hidden} more")
        errors = counted(len(self.diagnostics), "error")
        files = counted(len({diagnostic.file for diagnostic in self.diagnostics}), "file")
        first = min(diagnostic.code for diagnostic in self.diagnostics)
        return "\n\n".join([*shown, f"{errors} in {files}; more: sim explain {first}"])


@dataclass
class Complaints:
    """Collects the diagnostics of one pass. The same complaint at the same place is kept once.

    The pass ends at complaint number MOST_KEPT: a file so wrong need not be read to its end. What is wrong is
    complained of once: `doubtful` has the words of refused parts, which may have declared what then seems unknown, and
    `muted` the codes of complaints that could only follow from one that was made. Warnings, which stop nothing, are
    kept apart.
    """

    found: dict[Diagnostic, None] = field(default_factory=dict)
    warnings: dict[Diagnostic, None] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    muted: set[str] = field(default_factory=set)

    def add(self, code: str, message: str, span: Span | None, *notes: str, path: str = "") -> None:
        self.extend([Diagnostic(code=code, message=message, span=span, notes=notes, path=path)])

    def warn(self, code: str, message: str, span: Span | None, *notes: str) -> None:
        self.warnings.setdefault(Diagnostic(code=code, message=message, span=span, notes=notes))

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        for diagnostic in diagnostics:
            if diagnostic.code in self.muted:
                continue
            self.found.setdefault(diagnostic)
            if len(self.found) >= MOST_KEPT:
                self.raise_any()

    def take(self, others: "Complaints") -> None:
        """Take over what another pass has found."""
        self.extend(others.found)
        self.warnings.update(others.warnings)
        self.doubtful |= others.doubtful
        self.muted |= others.muted

    @property
    def none_yet(self) -> bool:
        """Whether nothing is wrong or doubtful so far, so that a pass finds what it would find by itself."""
        return not (self.found or self.doubtful or self.muted)

    def doubts(self, name: str) -> bool:
        """Return whether a name, or the family or the member that it names, stands in a part that was refused."""
        return name in self.doubtful or any(word in self.doubtful for word in name.rstrip("]").split("["))

    def __bool__(self) -> bool:
        return bool(self.found)

    def raise_any(self) -> None:
        """Raise a LanguageError with everything found, in file order; do nothing if nothing was found."""
        if self.found:
            raise LanguageError(sorted(self.found, key=file_order))


def file_order(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    """Return what sorts diagnostics by file, line and column; what is about a whole file comes first."""
    span = diagnostic.span
    return (span.path, span.line, span.column, diagnostic.code) if span else (diagnostic.path, 0, 0, diagnostic.code)
