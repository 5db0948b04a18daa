"""Functions of the subset into LLVM's language, as text: statements here, expressions in `instructions`.

Every local name is a cell on the stack; LLVM's passes make registers of them. An error is a flag in a cell that the
caller hands down: a function that raises sets it and returns, and its caller looks at it, as far up as a `try`. No flag
of any operation allows LLVM to change a float's bits: nothing is fused, reassociated or approximated.
"""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sim.engines.kernel.compiler.instructions import Operations, Table
from sim.engines.kernel.compiler.listing import CELLS, Value, llvm_type, written
from sim.engines.kernel.compiler.subset import FLOAT, INT, NOTHING, REALS, TEXT, WORDS, Function, NotInSubset, raising


def translate(
    functions: Sequence[Function], exported: Collection[object], known: Mapping[object, Function],
    known_raising: Collection[object] = (), inlined: Collection[object] = (),
) -> str:  # fmt: skip
    """Return a module of LLVM's language with these functions; `exported` are the keys of those seen from outside.

    `known` are functions of modules that it will be linked with, by their keys, `known_raising` those that may raise.
    Those `inlined` stand wherever they are called.
    """
    may_raise = raising(functions, known_raising)
    table = {**known, **{function.key: function for function in functions}}
    used: set[object] = set()
    constants: dict[str, Table] = {}
    texts = []
    for function in functions:
        body = _Body(function, table, may_raise)
        linkage = "" if function.key in exported else "internal "
        texts.append(body.text(linkage, " alwaysinline" if function.key in inlined else ""))
        used |= body.used
        constants |= body.constants
    own = {function.key for function in functions}
    others = [table[key] for key in used if key not in own]
    declarations = [_declaration(one, one.key in may_raise) for one in others if not one.symbol.startswith(PRIMITIVE)]
    tables = [_table(name, numbers) for name, numbers in sorted(constants.items())]
    return "\n".join([*sorted(declarations), *_INTRINSICS, *tables, *texts])


# What the symbols of functions begin with that `primitives.ll` defines.
PRIMITIVE = "primitive."

_INTRINSICS = (
    "declare double @llvm.sqrt.f64(double)",
    "declare double @llvm.floor.f64(double)",
    "declare double @llvm.ceil.f64(double)",
    "declare double @llvm.fabs.f64(double)",
)


def _table(name: str, numbers: Table) -> str:
    cells = [f"double {written(one)}" if isinstance(one, float) else f"i64 {one}" for one in numbers]
    kind = cells[0].partition(" ")[0]
    return f'@"{name}" = internal constant [{len(cells)} x {kind}] [{", ".join(cells)}], align 64'


def _declaration(function: Function, may_raise: bool) -> str:  # noqa: FBT001 - one of two signatures
    kinds = [llvm_type(kind) for kind in function.kinds] + (["ptr"] if may_raise else [])
    return f'declare {llvm_type(function.result)} @"{function.symbol}"({", ".join(kinds)}) nounwind'


class _Body(Operations):
    """One function on its way."""

    def __init__(self, function: Function, table: Mapping[object, Function], may_raise: Collection[object]) -> None:
        super().__init__(function, table, may_raise)
        self.loops: list[tuple[str, str]] = []

    def text(self, linkage: str, attributes: str) -> str:
        """Return the whole function."""
        function = self.function
        raises = function.key in self.may_raise
        passed = [(name, kind) for name, kind in function.parameters if kind != TEXT]
        heads = [f"{llvm_type(kind)}{' noalias' if kind in CELLS else ''} %p.{name}" for name, kind in passed]
        heads += ["ptr noalias %fault"] if raises else []
        for name, kind in passed:
            if kind in CELLS:
                self.pointers[name] = (kind, f"%p.{name}")
            else:
                self.store_name(name, (kind, f"%p.{name}"))
        if not raises and function.facts.catches:
            self.cells.append("%fault = alloca i64")
            self.line("store i64 0, ptr %fault")
        self.block(function.node.body)
        if self.open:
            self.line("ret void" if function.result == NOTHING else "unreachable")
        if raises:
            self.label("unwind")
            zero = "void" if function.result == NOTHING else f"{llvm_type(function.result)} zeroinitializer"
            self.line(f"ret {zero}")
        result = f"{linkage}{llvm_type(function.result)}"
        head = f'define {result} @"{function.symbol}"({", ".join(heads)}) nounwind{attributes}'
        return "\n".join([head + " {", "entry:", *(f"  {cell}" for cell in self.cells), *self.lines, "}"])

    def block(self, statements: Iterable[ast.stmt]) -> None:
        """Translate statements up to the first after which nothing is reached."""
        for statement in statements:
            if not self.open:
                return
            translate_one = getattr(self, f"do_{type(statement).__name__}", None)
            if translate_one is None:
                raise self.no(statement)
            translate_one(statement)

    def go_on(self, statements: Iterable[ast.stmt], end: str) -> bool:
        """Translate statements, and go to `end` after them; return whether they come to that."""
        self.block(statements)
        if not self.open:
            return False
        self.line(f"br label %{end}")
        return True

    def do_Expr(self, node: ast.Expr) -> None:  # noqa: N802 - named as the syntax is
        if not isinstance(node.value, ast.Constant):
            self.value(node.value)

    def do_Pass(self, node: ast.Pass) -> None:  # noqa: N802
        pass

    def do_Assign(self, node: ast.Assign) -> None:  # noqa: N802
        (target,) = node.targets
        if isinstance(target, ast.Tuple):
            for name, part in zip(target.elts, self.parts(node.value), strict=True):
                self.store(name, part)
        else:
            self.store(target, self.value(node.value))

    def do_AnnAssign(self, node: ast.AnnAssign) -> None:  # noqa: N802
        if node.value is not None:
            self.store(node.target, self.value(node.value))

    def do_AugAssign(self, node: ast.AugAssign) -> None:  # noqa: N802
        known = ast.Name(node.target.id) if isinstance(node.target, ast.Name) else node.target
        self.store(node.target, self.binary(node, node.op, self.value(known), self.value(node.value)))

    def store(self, target: ast.expr, value: Value) -> None:
        """Give a name or an array's cell a value."""
        if isinstance(target, ast.Name):
            self.store_name(target.id, value)
        elif isinstance(target, ast.Subscript):
            if not (isinstance(target.value, ast.Name) and target.value.id in self.pointers):
                raise self.no(target)
            kind, address = self.address(target)
            wanted = FLOAT if kind == REALS else INT
            if value[0] != wanted:
                raise self.no(target, f" is given a {value[0]}")
            if kind == WORDS:
                self.line(f"store i32 {self.new(f'trunc i64 {value[1]} to i32')}, ptr {address}")
            else:
                self.line(f"store {llvm_type(wanted)} {value[1]}, ptr {address}")
        else:
            raise self.no(target)

    def do_If(self, node: ast.If) -> None:  # noqa: N802
        yes, no, end = self.labels("yes", "no", "end")
        test = self.condition(node.test)
        self.line(f"br i1 {test}, label %{yes}, label %{no if node.orelse else end}")
        reached = not node.orelse
        for label, part in ((yes, node.body), (no, node.orelse)):
            if part:
                self.label(label)
                reached |= self.go_on(part, end)
        if reached:
            self.label(end)

    def do_Match(self, node: ast.Match) -> None:  # noqa: N802
        on = self.value(node.subject)[1]
        (end,) = self.labels("end")
        labels = self.labels(*(f"case{index}" for index in range(len(node.cases))))
        ways = []
        for label, case in zip(labels, node.cases, strict=True):
            if not (isinstance(case.pattern, ast.MatchValue) and isinstance(case.pattern.value, ast.Constant)):
                raise self.no(case.pattern)
            ways.append(f"i64 {case.pattern.value.value!r}, label %{label}")
        self.line(f"br label %{end}.switch")
        self.label(f"{end}.switch")
        self.line(f"switch i64 {on}, label %{end} [{' '.join(ways)}]")
        for label, case in zip(labels, node.cases, strict=True):
            self.label(label)
            self.go_on(case.body, end)
        self.label(end)

    def do_While(self, node: ast.While) -> None:  # noqa: N802
        head, body, end = self.labels("head", "body", "end")
        self.line(f"br label %{head}")
        self.label(head)
        self.line(f"br i1 {self.condition(node.test)}, label %{body}, label %{end}")
        self.label(body)
        with self.loop(head, end):
            self.go_on(node.body, head)
        self.label(end)

    def do_For(self, node: ast.For) -> None:  # noqa: N802
        call = node.iter
        if not (isinstance(call, ast.Call) and ast.unparse(call.func) == "range" and isinstance(node.target, ast.Name)):
            raise self.no(node)
        ends = [self.value(argument)[1] for argument in call.args]
        first, last = ("0", ends[0]) if len(ends) == 1 else (ends[0], ends[1])
        head, body, step, end = self.labels("head", "body", "step", "end")
        counter = self.cell(INT)
        self.line(f"store i64 {first}, ptr {counter}")
        self.line(f"br label %{head}")
        self.label(head)
        now = self.new(f"load i64, ptr {counter}")
        self.line(f"br i1 {self.new(f'icmp slt i64 {now}, {last}')}, label %{body}, label %{end}")
        self.label(body)
        self.store_name(node.target.id, (INT, now))
        with self.loop(step, end):
            self.go_on(node.body, step)
        self.label(step)
        self.line(f"store i64 {self.new(f'add i64 {now}, 1')}, ptr {counter}")
        self.line(f"br label %{head}")
        self.label(end)

    @contextmanager
    def loop(self, again: str, end: str) -> Iterator[None]:
        """Let `continue` and `break` know where to go."""
        self.loops.append((again, end))
        yield
        self.loops.pop()

    def do_Continue(self, node: ast.Continue) -> None:  # noqa: ARG002, N802
        self.line(f"br label %{self.loops[-1][0]}")

    def do_Break(self, node: ast.Break) -> None:  # noqa: ARG002, N802
        self.line(f"br label %{self.loops[-1][1]}")

    def do_Return(self, node: ast.Return) -> None:  # noqa: N802
        result = self.function.result
        if node.value is None:
            self.line("ret void")
        elif result.startswith("("):
            whole = "poison"
            for index, (kind, value) in enumerate(self.parts(node.value)):
                whole = self.new(f"insertvalue {llvm_type(result)} {whole}, {llvm_type(kind)} {value}, {index}")
            self.line(f"ret {llvm_type(result)} {whole}")
        else:
            kind, value = self.value(node.value)
            if kind != result:
                raise NotInSubset(f"{self.function.symbol}: returns a {kind}, not a {result}")
            self.line(f"ret {llvm_type(kind)} {value}")

    def do_Raise(self, node: ast.Raise) -> None:  # noqa: ARG002, N802
        self.line("store i64 1, ptr %fault")
        self.line(f"br label %{self.targets[-1]}")

    def do_Try(self, node: ast.Try) -> None:  # noqa: N802
        handler, end = self.labels("caught", "end")
        self.targets.append(handler)
        self.go_on(node.body, end)
        self.targets.pop()
        self.label(handler)
        self.line("store i64 0, ptr %fault")
        self.go_on(node.handlers[0].body, end)
        self.label(end)
