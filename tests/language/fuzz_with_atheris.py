"""Fuzzing that is led by what code each input reaches. A script, no test: atheris is no dependency of this project.

    pip install atheris
    python -m tests.language.fuzz_with_atheris corpus -max_total_time=600 -max_len=4000

Bytes are read as a model, as every other kind of document, which is printed and read again, and as an expression.
The corpus begins with the good documents and those of `diagnostics/`. What is neither read nor refused is written to
a file and ends the script.
"""

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-not-found, unused-ignore]

with atheris.instrument_imports(include=["sim.language", "sim.model"]):
    from sim.build.model import loads_model
    from sim.language.diagnostics import LanguageError
    from sim.language.shapes.documents import SHAPES
    from sim.language.shapes.load import load, loads
    from sim.language.yaml.emitter import write
    from sim.model.program import compile_model
    from tests.language.sentences import checked

HERE = Path(__file__).parent
FILE = Path(tempfile.mkdtemp()) / "input.yaml"


def one(content: bytes) -> None:
    """Read one input in every way that there is."""
    FILE.write_bytes(content)
    refused(lambda: load(FILE, SHAPES["model"], "input.yaml"))
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return
    refused(lambda: compile_model(loads_model(text)))
    for shape in SHAPES.values():
        refused(lambda shape=shape: printed(loads(text, shape, "input.yaml").shape))
    refused(lambda: checked(text[:1200]))


def printed(shape) -> None:
    assert loads(write(shape), type(shape), "again.yaml").shape == shape


def refused(read) -> None:
    try:
        read()
    except LanguageError as error:
        str(error)


def main() -> None:
    """Fill the corpus with what is known, and begin."""
    corpus = Path(sys.argv[1])
    corpus.mkdir(exist_ok=True)
    for path in [*(HERE / "good").glob("*.yaml"), *(HERE / "diagnostics").glob("*.yaml")]:
        (corpus / path.name).write_bytes(path.read_bytes())
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
