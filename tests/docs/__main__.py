"""`python -m tests.docs`: write what the tutorials' commands print, and what benchmarks measured, into the pages."""

import tempfile
from pathlib import Path

from tests.docs import performance
from tests.docs.pages import tutorials, write
from tests.docs.shell import with_cases

if __name__ == "__main__":
    for page in tutorials():
        with tempfile.TemporaryDirectory() as folder:
            write(page, with_cases(Path(folder)))
    performance.write()
