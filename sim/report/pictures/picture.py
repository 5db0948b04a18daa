"""A picture: a Vega-Lite spec with its data, which renders itself and is written whole or not at all."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import UsageError, out_of_memory
from sim.language.suggest import did_you_mean
from sim.language.visible import isolated, visible, visible_line

ENDINGS = (".svg", ".png", ".pdf", ".json")
SCALE = 2.0  # pixels of a PNG for each unit of the drawing


def renderer() -> Any:
    """Return the renderer. Raise SimError E616 where addresses are limited: it takes very many, or ends the process."""
    if sys.platform != "win32":
        import resource

        if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
            note = "lift the limit (`ulimit -v unlimited`), or write the picture's specification: `-o picture.json`"
            raise out_of_memory("a picture within this limit of address space", note)
    import vl_convert

    return vl_convert


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture with all its numbers in it. Nothing is loaded to render it: no network, no browser, no fonts.

    Its texts are `visible`: a renderer ends the whole process at a character that XML cannot hold. The same numbers
    give the same bytes, but for PDF: its renderer gives its parts new names each time.
    """

    title: str
    spec: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", visible_line(self.title))
        object.__setattr__(self, "spec", _visible(self.spec))

    def svg(self) -> str:
        return str(renderer().vegalite_to_svg(dict(self.spec)))

    def png(self, scale: float = SCALE) -> bytes:
        return bytes(renderer().vegalite_to_png(dict(self.spec), scale=scale))

    def pdf(self) -> bytes:
        return bytes(renderer().vegalite_to_pdf(dict(self.spec)))

    def json(self) -> str:
        """Return the Vega-Lite spec, data included, as text."""
        return json.dumps(self.spec, indent=1, ensure_ascii=False) + "\n"

    def save(self, path: Path | str) -> Path:
        """Write it as the ending of `path` says, and return the path. What stood there before is replaced.

        Raise UsageError E015 for another ending, or if the system refuses; then what stood there still does.
        """
        target = checked(path)
        written_whole(target, self._content(target.suffix.lower()))
        return target

    def _content(self, ending: str) -> bytes:
        if ending == ".png":
            return self.png()
        if ending == ".pdf":
            return self.pdf()
        return (self.svg() if ending == ".svg" else self.json()).encode()

    def __repr__(self) -> str:
        return f"Picture({self.title!r})"

    def _repr_svg_(self) -> str:
        return self.svg()


def _visible(part: Any) -> Any:
    """Return a part of a spec with all its texts made visible, and figures beside titles kept where they are."""
    match part:
        case str():
            return isolated(visible(part))
        case dict():
            return {key: _visible(value) for key, value in part.items()}
        case list() | tuple():
            return [_visible(one) for one in part]
    return part


def checked(path: Path | str, endings: Sequence[str] = ENDINGS, what: str = "a picture") -> Path:
    """Return a path that something can be written to. Raise UsageError E015 for a wrong ending or a missing folder."""
    target = Path(path)
    if target.suffix.lower() not in endings:
        notes = (f"expected one of {', '.join(endings)}", *did_you_mean(target.suffix, endings))
        raise UsageError("E015", f"'{target}' has no ending of {what}", *notes)
    try:
        is_folder, in_folder = target.is_dir(), target.parent.is_dir()
    except OSError as error:  # a name that is too long, or a folder that may not be looked into
        raise UsageError("E015", f"cannot write '{target}': {error.strerror}", "name another file") from None
    if is_folder:
        raise UsageError("E015", f"'{target}' is a folder", "name a file in it")
    if not in_folder:
        raise UsageError("E015", f"there is no folder '{target.parent}'", "make it first")
    return target


def written_whole(target: Path, content: bytes) -> None:
    """Write a file, in the place of one that stood there; raise UsageError E015, and leave that, if it cannot be."""
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        partial.write_bytes(content)
        partial.replace(target)
    except OSError as error:
        with suppress(OSError):  # a partial file whose name is too long is none
            partial.unlink(missing_ok=True)
        raise UsageError("E015", f"cannot write '{target}': {error.strerror}") from None
