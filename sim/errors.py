"""The errors that a user can cause, the one warning that is about no document, and nothing else.

    SimError
    +-- LanguageError   a document is wrong; holds every diagnostic of the pass
    +-- RunError        one run cannot go on
    +-- LedgerError     what is on disk is missing, damaged, or cannot be written
    +-- UsageError      a request that makes no sense, whatever the documents say
    SimWarning          stops nothing, whatever the documents say

Codes tell kinds apart, not classes. Their explanations are in `sim.language.codes.entries`.
"""


class SimError(Exception):
    """What a user can mend. The command line prints it and exits with 1, never with a traceback."""

    def __init__(self, code: str, message: str, *notes: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.notes = notes

    def __reduce__(self) -> tuple[object, ...]:
        # A worker process hands its errors to the driver; what Exception pickles by itself is the message alone.
        return _remade, (type(self), self.args, self.__dict__)

    def __str__(self) -> str:
        return "\n".join([f"error {self.code}: {self.message}", *(f"   = {note}" for note in self.notes)])


def _remade(kind: type[SimError], arguments: tuple[object, ...], state: dict[str, object]) -> SimError:
    error = kind.__new__(kind, *arguments)
    error.args = arguments
    error.__dict__.update(state)
    return error


class RunError(SimError):
    """One run cannot go on: a negative rate, a value out of range, an endless chain of immediate rules.

    `rule` names the rule whose firing or clock failed ("" when none did) and `time` is in the model's unit.
    """

    def __init__(self, code: str, message: str, *notes: str, rule: str = "", time: float = 0.0) -> None:
        super().__init__(code, message, *notes)
        self.rule = rule
        self.time = time


class LedgerError(SimError):
    """Something in a ledger is missing, damaged, of a newer format, or cannot be written."""


class UsageError(SimError):
    """A request that cannot be met, whatever the documents say: the command line exits with 2."""


def lacks_memory(error: BaseException) -> bool:
    """Return whether an error comes of too little memory: a library without room raises ImportError or OSError."""
    before = error.__cause__ or error.__context__
    here = isinstance(error, MemoryError) or any(words in str(error) for words in _NO_ROOM)
    return here or (before is not None and lacks_memory(before))


_NO_ROOM = ("failed to map segment", "Cannot allocate memory")
FEWER = (
    "where it makes runs: take fewer workers (`--workers 1`) or fewer runs, or keep outcomes alone (`--keep outcomes`)",
    "what is sealed stays, and the same command goes on from there",
)


def out_of_memory(what: str, *notes: str) -> SimError:
    """Return E616: there is not enough memory for something. `notes` say what helps, by default what helps a run."""
    return SimError("E616", f"there is not enough memory for {what}", *(notes or FEWER))


class SimWarning(UserWarning):
    """What a user should know and nothing stops for. It goes to `warnings.warn`; its text is one line.

    What is about a document is a diagnostic instead, which has a place.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"warning {self.code}: {self.message}"
