"""Finding and damaging a file of an ensemble."""

from pathlib import Path


def file_of(folder: Path, ensemble: str, pattern: str) -> Path:
    """The first file that matches, in the ensemble's folder of the ledger in a folder."""
    return min((folder / "ledger" / "ensembles" / ensemble).glob(pattern))


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
