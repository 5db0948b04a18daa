"""All reference pages that are written from the code, by path below `sim/docs`."""

from pathlib import Path

from sim.docs import command_pages, expression_pages, key_pages, law_pages, python_page

PAGES = Path(__file__).parent


def generated() -> dict[str, str]:
    """Return the text of every file that is written from the code, by its path below `sim/docs`."""
    made: dict[str, str] = {}
    for pages in (key_pages, expression_pages, law_pages, command_pages, python_page):
        made |= pages.files()
    return made


def write() -> list[str]:
    """Write the files that differ, and remove those that nothing gives any more. Return their paths."""
    wanted = generated()
    changed = [path for path, text in wanted.items() if _there(path) != text]
    for path in changed:
        (PAGES / path).parent.mkdir(parents=True, exist_ok=True)
        (PAGES / path).write_text(wanted[path], encoding="utf-8")
    left = [path for path in written_before() if path not in wanted]
    for path in left:
        (PAGES / path).unlink()
    return changed + left


def written_before() -> list[str]:
    """Return the paths of the files that an earlier call wrote: the pages that say so, and the pictures."""
    from sim.docs.markdown import NOTICE

    pages = [path for path in PAGES.rglob("reference/**/*.md") if NOTICE in path.read_text(encoding="utf-8")]
    return sorted(path.relative_to(PAGES).as_posix() for path in (*pages, *PAGES.rglob("reference/plots/**/*.svg")))


def _there(path: str) -> str | None:
    file = PAGES / path
    return file.read_text(encoding="utf-8") if file.exists() else None
