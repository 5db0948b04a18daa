"""The lines of one function in LLVM's language: its values, labels, and the cells of its local names."""

import struct
from typing import TypeAlias

from sim.engines.kernel.compiler.subset import BOOL, FLOAT, INT, INTS, NOTHING, REALS, WORDS, Function, NotInSubset

# A value: its type's letter, and how LLVM calls it.
Value: TypeAlias = tuple[str, str]

TYPES = {FLOAT: "double", INT: "i64", BOOL: "i1", REALS: "ptr", INTS: "ptr", WORDS: "ptr", NOTHING: "void"}
CELLS = {REALS: "double", INTS: "i64", WORDS: "i32"}


def llvm_type(kind: str) -> str:
    """Return how LLVM calls a type: a tuple's is a struct."""
    if kind.startswith("("):
        return "{" + ", ".join(TYPES[part] for part in kind[1:-1]) + "}"
    return TYPES[kind]


def written(value: float) -> str:
    """Write a float so that LLVM reads the same bits."""
    return "0x" + struct.pack(">d", value).hex().upper()


class Listing:
    """The lines of one function so far, and what its names are."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.lines: list[str] = []
        self.cells: list[str] = []
        self.names: dict[str, tuple[str, str]] = {}
        self.pointers: dict[str, tuple[str, str]] = {}
        self.values: dict[str, Value] = {}
        self.fixed = _given_once(function)
        self.open = True
        self.here = "entry"
        self._count = 0

    def line(self, text: str) -> None:
        self.lines.append(f"  {text}")
        if text.startswith(("br ", "ret ", "unreachable")):
            self.open = False

    def new(self, text: str) -> str:
        """Write an operation, and return the name of its value."""
        self._count += 1
        name = f"%v{self._count}"
        self.lines.append(f"  {name} = {text}")
        return name

    def labels(self, *names: str) -> list[str]:
        self._count += 1
        return [f"{name}.{self._count}" for name in names]

    def label(self, name: str) -> None:
        self.lines.append(f"{name}:")
        self.here = name
        self.open = True

    def cell(self, kind: str) -> str:
        self._count += 1
        name = f"%c{self._count}"
        self.cells.append(f"{name} = alloca {llvm_type(kind)}")
        return name

    def store_name(self, name: str, value: Value) -> None:
        """Give a local name a value. A name keeps its type; one that is given a value once needs no cell."""
        if name in self.fixed:
            self.values[name] = value
            return
        if name not in self.names:
            self.names[name] = (value[0], self.cell(value[0]))
        kind, cell = self.names[name]
        if kind != value[0]:
            raise NotInSubset(f"{self.function.symbol}: {name} is a {kind} and is given a {value[0]}")
        self.line(f"store {llvm_type(kind)} {value[1]}, ptr {cell}")


def _given_once(function: Function) -> frozenset[str]:
    """Return the names that have one value throughout: parameters never set, and what the body's own level sets."""
    facts = function.facts
    names = {name for name, _ in function.parameters if name not in facts.stores}
    return frozenset(names | {name for name in facts.above if facts.stores[name] == 1})
