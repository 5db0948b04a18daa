"""Print the lowest version of everything that pyproject.toml names, one NAME==VERSION a line, for pip.

Prints nothing on a later Python than the lowest that it names: there are no wheels for it of versions so old.
"""

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
lists = [project["dependencies"], *project["optional-dependencies"].values()]
if project["requires-python"] == f">={sys.version_info.major}.{sys.version_info.minor}":
    for requirement in sorted({one for several in lists for one in several}, key=str.lower):
        if requirement.startswith(f"{project['name']}["):
            continue  # an extra that contains another: all of them are listed
        bound = re.fullmatch(r"([\w.-]+)>=([\w.]+)", requirement)
        if bound is None:
            sys.exit(f"pyproject.toml: expected NAME>=VERSION but got '{requirement}'")
        sys.stdout.write(f"{bound[1]}=={bound[2]}\n")
