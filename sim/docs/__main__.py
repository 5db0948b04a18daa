"""`python -m sim.docs`: write the reference pages; with `site OUT`, build the site into the folder OUT."""

import sys
from pathlib import Path

from sim.docs.reference_pages import write
from sim.docs.site import build
from sim.errors import SimError

if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            for path in write():
                sys.stdout.write(f"{path}\n")
        case ["site", out]:
            try:
                build(Path(out))
            except SimError as error:
                sys.exit(str(error))
        case _:
            sys.exit("usage: python -m sim.docs, or python -m sim.docs site OUT")
