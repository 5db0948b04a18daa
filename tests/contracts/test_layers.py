import subprocess
import sys
from collections import Counter
from pathlib import Path

TOP = Path(__file__).parents[2]


def test_imports_point_down_only() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], cwd=TOP, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_top_level_holds_nothing_but_the_project() -> None:
    made_by_tools = {"ledger", "build", "dist", "sim.egg-info"}
    found = {path.name for path in TOP.iterdir() if not path.name.startswith(".")} - made_by_tools

    assert found == {"README.md", "pyproject.toml", "scenarios", "seeds", "sim", "tests"}


def test_no_file_has_two_subjects() -> None:
    long = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (TOP / "sim").rglob("*.py")}

    assert {str(path): lines for path, lines in long.items() if lines > 400} == {}


def test_no_folder_has_two_subjects() -> None:
    modules = Counter(path.parent for path in (TOP / "sim").rglob("*.py") if path.parent != TOP / "sim")

    assert {str(folder): count for folder, count in modules.items() if count > 20} == {}
