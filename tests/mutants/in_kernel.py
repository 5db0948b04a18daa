"""Slips in the kernel and in what is kept of its runs: the reference, and what is sealed, must give them away."""

from tests.mutants.fault import Fault

SAME = "tests/engines/kernel/test_same_log.py"
LEFT_OUT = "tests/engines/kernel/test_left_out.py"
FAILURES = "tests/engines/kernel/test_failures.py"
TRANSLATED = "tests/engines/kernel/test_translate.py"
MACHINE = "tests/engines/kernel/test_machine.py"
KEEPS = "tests/experiment/test_keeps.py"
GOLDEN = "tests/experiment/test_golden.py"
AGAINST = "tests/experiment/test_against.py"
REPAIR = "tests/experiment/test_repair.py"
TABLE = "tests/numerics/test_log_table.py"

CLOCKWORK = "engines/kernel/runtime/clockwork.py"
LOOP = "engines/kernel/runtime/loop.py"
TEXT = "engines/kernel/generator/clocks.py"
HAPPENINGS = "engines/kernel/generator/happenings.py"

FAULTS = (
    Fault(
        "a clock's hazard goes on being counted from before the branch",
        CLOCKWORK,
        "                f[at + GONE] = 0.0\n                f[at + REACHED] = 0.0\n",
        "                f[at + REACHED] = 0.0\n",
        (LEFT_OUT, SAME),
    ),
    Fault(
        "a clock that repeats its draw forgets at the branch what it has reached",
        "engines/kernel/generator/layout.py",
        "cells[block + places.MEMORYLESS] = int(rule.memoryless)",
        'cells[block + places.MEMORYLESS] = int(rule.kind == "rate")',
        (LEFT_OUT, SAME),
    ),
    Fault(
        "the past looks at no rate, however wrong a parameter makes it",
        "engines/kernel/generator/text.py",
        'body += [f"if not 0.0 <= {value} <= MODEST:", "    n[LAZY] = 0"]',
        'body += [f"if not {value} <= MODEST:", "    n[LAZY] = 0"]',
        (LEFT_OUT,),
    ),
    Fault(
        "a parameter of any size counts as modest",
        "engines/kernel/generator/text.py",
        'body += [f"if not 0.0 <= {value} <= MODEST:", "    n[LAZY] = 0"]',
        'body += [f"if not 0.0 <= {value}:", "    n[LAZY] = 0"]',
        (LEFT_OUT,),
    ),
    Fault(
        "rates that were left for the end of the past are forgotten there",
        LOOP,
        "        rates(f, n)\n",
        "        pass\n",
        (LEFT_OUT, SAME),
    ),
    Fault(
        "a rate is adjusted though the event ends what it is for",
        HAPPENINGS,
        "if clock.adjusts and name not in clock.guarded_by:",
        "if clock.adjusts:",
        (LEFT_OUT, SAME),
    ),
    Fault(
        "a clock that stands still is adjusted as if it ran",
        TEXT,
        "f\"if n[{self.own}] != ENABLED{' or n[LAZY] != 0' if self.lazy else ''}:\"",
        "f\"if n[{self.own}] == BARRED{' or n[LAZY] != 0' if self.lazy else ''}:\"",
        (LEFT_OUT, SAME),
    ),
    Fault(
        "the last of clocks due at the same time fires first",
        LOOP,
        "place0 = at if due0 < least0 else place0",
        "place0 = at if due0 <= least0 else place0",
        (SAME,),
    ),
    Fault(
        "of two lanes the later one is taken where both are due at once",
        LOOP,
        "if least1 < least0 or (least1 == least0 and place1 < place0):",
        "if least1 <= least0:",
        (SAME,),
    ),
    Fault(
        "an event of the timetable waits for a rule that is due at the same time",
        LOOP,
        "and f[n[TABLE_TIMES_AT] + n[NEXT]] <= due\n",
        "and f[n[TABLE_TIMES_AT] + n[NEXT]] < due\n",
        (SAME,),
    ),
    Fault(
        "a run that fills its room loses a mark of the run before",
        LOOP,
        "                n[MARKS] = first_mark\n",
        "                n[MARKS] = max(first_mark - 1, 0)\n",
        (LEFT_OUT,),
    ),
    Fault(
        "runs that share a draw of the parameters have one each",
        LOOP,
        "number = run // n[RUNS_PER_DRAW]",
        "number = run",
        (SAME,),
    ),
    Fault(
        "a rate that is refused ends the run before the event has come to its end",
        "engines/kernel/runtime/rows.py",
        "    if n[REFUSED] == 0:\n        n[REFUSED] = n[SITE]\n",
        "    if n[REFUSED] != 0:\n        n[REFUSED] = n[SITE]\n",
        (FAILURES,),
    ),
    Fault(
        "memory is used again while someone reads it",
        "engines/kernel/engine.py",
        "all(references == nobodys for",
        "all(references >= nobodys for",
        (LEFT_OUT, KEEPS),
    ),
    Fault(
        "a quotient of whole numbers is cut off instead of going down",
        "engines/kernel/compiler/operations.py",
        "return self.new(f\"sub i64 {quotient}, {self.new(f'zext i1 {off} to i64')}\")",
        "return quotient",
        (TRANSLATED,),
    ),
    Fault(
        "a damaged file of compiled code is loaded",
        "engines/kernel/cache.py",
        "if hashlib.sha256(data[_SIZE:]).digest() == data[:_SIZE]:",
        "if data[_SIZE:]:",
        (MACHINE,),
    ),
    Fault(
        "the logarithm's table leaves out what its first numbers round off",
        "numerics/log_table.py",
        "high / 2**42, low / 2**_BITS]",
        "high / 2**42, 0.0]",
        (TABLE, "tests/numerics/test_elementary.py", "tests/numerics/test_bits.py"),
    ),
    Fault(
        "a machine that computes other numbers is let in",
        "experiment/golden.py",
        "if found != DIGEST:",
        'if found == "":',
        (GOLDEN,),
    ),
    Fault(
        "a run that comes out otherwise on another engine is not noticed",
        "experiment/against.py",
        "if digest != opened.ensemble.run_digests(range(run, run + 1)):",
        "if not digest:",
        (AGAINST,),
    ),
    Fault(
        "logs made again are not held against their digests",
        "experiment/jobs.py",
        "if found != known[SIZE * place : SIZE * (place + 1)]:",
        "if not digest:",
        (KEEPS,),
    ),
)
