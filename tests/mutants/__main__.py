"""Does the suite notice a small fault? Plants many, one at a time, and runs the tests on each.

    python -m tests.mutants                     all of them: the named tests first, the whole quick suite if they pass
    python -m tests.mutants --only outcome      those whose name or place has this in it
    python -m tests.mutants --whole             the whole quick suite for each, however long it takes
    python -m tests.mutants --named-only        never the whole suite

Ends with the survivors by name. Exit code 0 if at least 95 % were killed, 1 if not, 2 if the tests could not be run.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.fault import Fault
from tests.mutants.listed import FAULTS
from tests.mutants.trials import PATIENCE_WHOLE, WHOLE, Copy, Verdict, tried

WANTED = 0.95


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    chosen = [fault for fault in FAULTS if options.only.lower() in f"{fault.name} {fault.place}".lower()]
    if not chosen:
        _say(f"no fault has '{options.only}' in its name or place")
        return 2
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = [Copy(Path(folder, str(number))) for number in range(min(options.jobs, len(chosen)))]
        named = sorted({path for fault in chosen for path in fault.tests})
        wrong = copies[0].check([*WHOLE, *([] if options.whole else named)])
        if wrong:
            _say(wrong)
            return 2
        verdicts = []
        for verdict in verdicts_of(copies, chosen, whole=options.whole, named_only=options.named_only):
            _say(f"{verdict.fate:<8} {verdict.seconds:6.1f} s  {verdict.fault.name}: {verdict.by or 'by no test'}")
            verdicts.append(verdict)
    return summed_up(verdicts)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description="Plant faults and run the tests.")
    parser.add_argument("--only", metavar="WORDS", default="", help="faults with these words in their name or place")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="so many faults at a time, in as many copies")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--whole", action="store_true", help="run the whole quick suite for each, not named tests first")
    which.add_argument("--named-only", action="store_true", help="run the named tests of each, and no others")
    return parser.parse_args(arguments)


def verdicts_of(copies: Sequence[Copy], faults: Sequence[Fault], *, whole: bool, named_only: bool) -> Iterator[Verdict]:
    """Yield a verdict for each fault. The whole suite uses all the cores by itself, so it comes last, one by one."""
    passed = list(faults)
    if not whole:
        passed = []
        for verdict in _by_named_tests(copies, faults):
            if verdict.fate == "survived" and not named_only:
                passed.append(verdict.fault)
            else:
                yield verdict
    # A suite that fails without a fault would seem to kill every one.
    wrong = copies[0].check(WHOLE) if passed and not whole else ""
    for fault in passed:
        yield Verdict(fault, "error", wrong, 0.0) if wrong else tried(copies[0], fault, WHOLE, PATIENCE_WHOLE)


def _by_named_tests(copies: Sequence[Copy], faults: Sequence[Fault]) -> Iterator[Verdict]:
    free: SimpleQueue[Copy] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def work(fault: Fault) -> Verdict:
        copy = free.get()
        try:
            return tried(copy, fault, fault.tests)
        except (OSError, ValueError) as error:
            return Verdict(fault, "error", str(error), 0.0)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        yield from pool.map(work, faults)


def summed_up(verdicts: Sequence[Verdict]) -> int:
    """Say how many were killed and which were not, and return the exit code."""
    killed = sum(verdict.fate == "killed" for verdict in verdicts)
    share = killed / len(verdicts)
    _say(f"\nkilled {killed} of {len(verdicts)} ({share:.1%})".replace("%", " %"))
    for fate, title in (("survived", "survivors:"), ("error", "without a verdict:")):
        names = [verdict.fault.name for verdict in verdicts if verdict.fate == fate]
        if names:
            _say("\n  ".join([title, *names]))
    if any(verdict.fate == "error" for verdict in verdicts):
        return 2
    return 0 if share >= WANTED else 1


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
