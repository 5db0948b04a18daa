"""How an export comes to be on disk: as a whole folder under its final name, or not at all, and never over another."""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import Any, NoReturn, TypeAlias

from sim.errors import SimError
from sim.language.visible import visible, visible_line

WIDTH = 100
Paragraph: TypeAlias = "str | tuple[str, ...]"  # a text to be cut into lines, or lines


def refuse_what_stands(folder: Path) -> None:
    """Raise SimError E014 if something stands under the folder's name already; an empty folder is nothing."""
    try:
        if not os.path.lexists(folder):
            return
        if not folder.is_dir():
            raise SimError("E014", f"'{folder}' is not a folder", "nothing was changed; choose another name")
        if any(folder.iterdir()):
            raise SimError("E014", f"the folder '{folder}' is not empty", "nothing was changed; choose another name")
    except OSError as error:
        _refused(folder, error)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder beside the wanted one; it takes the wanted name at the end, or is gone after an error.

    Raise SimError E014 if something stands there, or the system refuses.
    """
    refuse_what_stands(folder)
    target = folder.resolve()
    fresh = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh.mkdir()
        yield fresh
        if target.is_dir():
            target.rmdir()  # it was empty; if somebody has put a file there since, this refuses
        fresh.rename(target)
    except OSError as error:
        _refused(folder, error)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _refused(folder: Path, error: OSError) -> NoReturn:
    reason = error.strerror or str(error) or type(error).__name__
    raise SimError("E014", f"cannot write '{folder}': {reason}", "nothing half-written is left there") from None


def files_in(folder: Path) -> tuple[str, ...]:
    """Return the paths of all files below a folder, seen from it, in order of names."""
    return tuple(sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()))


def write_text(path: Path, text: str) -> None:
    """Write a text file, making the folders above it; lines end with a line feed on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, data: Any) -> None:
    """Write a JSON file that a person can read."""
    write_text(path, json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def paragraphs(*texts: Paragraph) -> str:
    """Return texts as paragraphs of a README, `visible`, cut into lines; one that is given as lines keeps them."""
    filled = partial(fill, width=WIDTH, break_on_hyphens=False, break_long_words=False)
    made = (filled(visible(one)) if isinstance(one, str) else "\n".join(map(visible_line, one)) for one in texts)
    return "\n\n".join(made) + "\n"
