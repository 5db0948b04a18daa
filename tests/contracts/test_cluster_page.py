"""The page on clusters, and the files beside it, do what they say: commands, certificates, Slurm, Kubernetes."""

import contextlib
import importlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import click
import pytest
import yaml

from sim.cli.main import group
from sim.language.codes.entries import CODES
from tests.dice import DICE
from tests.experiment.dask_processes import dask

DOCS = files("sim") / "docs" / "how-to"
PAGE = (DOCS / "cluster.md").read_text(encoding="utf-8")
SLURM = (DOCS / "slurm.sh").read_text(encoding="utf-8")
KUBERNETES = list(yaml.safe_load_all((DOCS / "kubernetes.yaml").read_text(encoding="utf-8")))
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL)


def commands() -> list[list[str]]:
    """Every `sim` and `dask` that the page, the script and the manifests call, in words."""
    shell = "\n".join([*BLOCKS, SLURM]).replace("\\\n", " ")
    shell = re.sub(r"^\s*srun .*? (?=dask )", "", shell, flags=re.MULTILINE)
    lines = re.findall(r"^\s*((?:sim|dask) [^\n&>#]*)", shell, flags=re.MULTILINE)
    lines += re.findall(r"`((?:sim|dask) [a-z]+ -[^`]*)`", PAGE)
    found = [shlex.split(line.replace('"$', '"')) for line in lines]
    return found + [container["command"] for pod in pods() for container in pod["containers"]]


def pods() -> list[dict]:
    return [one["spec"]["template"]["spec"] for one in KUBERNETES if one["kind"] in ("Deployment", "Job")]


def test_every_command_is_understood():
    pytest.importorskip("distributed", reason="the extra is not installed: pip install '.[cluster]'")
    seen = []
    for program, name, *rest in commands():
        if program == "sim":
            command = group.get_command(click.Context(group), name)
        else:
            command = importlib.import_module(f"distributed.cli.dask_{name}").main
        numbers = ["7" if word in ("runs", "port", "workers") else word for word in rest]
        with contextlib.suppress(click.MissingParameter):
            command.make_context(name, numbers)
        seen.append((program, name))
    assert seen.count(("sim", "run")) >= 5
    assert seen.count(("dask", "worker")) >= 4
    assert seen.count(("dask", "scheduler")) >= 4


def test_every_code_is_one_and_every_heading_is_there():
    assert set(re.findall(r"\b[EW]\d{3}\b", PAGE)) <= set(CODES)
    assert re.findall(r"^## (.*)$", PAGE, flags=re.MULTILINE) == [
        "Start one", "Addresses, ports and firewalls", "Who may use it", "Rights in a bucket", "Memory",
        "What happens when something ends", "How far it scales", "Slurm", "Kubernetes",
    ]  # fmt: skip


def test_the_script_for_slurm_is_one_that_bash_reads():
    assert subprocess.run(["bash", "-n"], input=SLURM, text=True, check=False).returncode == 0
    assert f"sbatch --ntasks={re.search('#SBATCH --ntasks=([0-9]+)', SLURM)[1]} slurm.sh" in PAGE


def test_the_parts_on_kubernetes_fit_each_other():
    kinds = [one["kind"] for one in KUBERNETES]
    by_name = {(one["kind"], one["metadata"]["name"]): one for one in KUBERNETES}
    assert kinds == [
        "ConfigMap",
        "PersistentVolumeClaim",
        "NetworkPolicy",
        "Service",
        "Deployment",
        "Deployment",
        "Job",
    ]
    (service,) = (one for one in KUBERNETES if one["kind"] == "Service")
    scheduler, worker = (by_name["Deployment", name]["spec"] for name in ("sim-scheduler", "sim-worker"))
    driver = by_name["Job", "sim-run"]["spec"]["template"]["spec"]["containers"][0]["command"]
    address = f"tls://{service['metadata']['name']}:{service['spec']['ports'][0]['port']}"
    assert service["spec"]["selector"] == scheduler["template"]["metadata"]["labels"]
    assert driver[driver.index("--cluster") + 1] == worker["template"]["spec"]["containers"][0]["command"][2] == address
    assert driver[driver.index("--workers") + 1] == str(worker["replicas"])
    for deployment in (scheduler, worker):
        assert deployment["selector"]["matchLabels"] == deployment["template"]["metadata"]["labels"]
    settings = by_name["ConfigMap", "sim"]["data"]
    assert all(isinstance(value, str) for value in settings.values())
    exported = set(re.findall(r"export (DASK_\w+)", PAGE)) | {"DASK_DISTRIBUTED__WORKER__HTTP__ROUTES"}
    assert {name for name in settings if name.startswith("DASK")} == exported
    for pod in pods():
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        (container,) = pod["containers"]
        assert {mount["name"] for mount in container["volumeMounts"]} == set(volumes)
        assert container["envFrom"] == [{"configMapRef": {"name": "sim"}}]
        assert volumes["certificates"]["secret"]["secretName"] in PAGE
        claims = [volume["persistentVolumeClaim"]["claimName"] for volume in volumes.values() if len(volume) == 2
                  and "persistentVolumeClaim" in volume]  # fmt: skip
        assert all(("PersistentVolumeClaim", claim) in by_name for claim in claims)


def block(beginning: str) -> str:
    (found,) = (one for one in BLOCKS if one.startswith(beginning))
    return found


@pytest.mark.system
@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl")
def test_the_certificates_let_in_who_has_them_and_nobody_else(tmp_path: Path):
    pytest.importorskip("distributed", reason="the extra is not installed: pip install '.[cluster]'")
    (tmp_path / "dice.yaml").write_text(DICE, encoding="utf-8")
    subprocess.run(["sh", "-ec", block("(umask")], cwd=tmp_path, check=True, capture_output=True)
    said = subprocess.run(
        ["sh", "-ec", block("export DASK_DISTRIBUTED__COMM") + "env"], cwd=tmp_path, check=True, capture_output=True,
        text=True,
    ).stdout  # fmt: skip
    environment = dict(line.split("=", 1) for line in said.splitlines() if line.startswith("DASK_"))

    with dask(tmp_path / "dask", workers=1, protocol="tls", **environment) as started:
        command = [sys.executable, "-m", "sim", "run", "dice.yaml", "--runs", "50", "--cluster", started.address]
        answers = [
            subprocess.run(command, cwd=tmp_path, env=one, check=False, capture_output=True, text=True)
            for one in ({**os.environ, **environment}, dict(os.environ))
        ]

    assert started.address.startswith("tls://")
    assert [answer.returncode for answer in answers] == [0, 2], answers
    assert "50 runs" in answers[0].stdout
    assert "error E038" in answers[1].stderr
    assert all(Path(name).stat().st_mode & 0o077 == 0 for name in tmp_path.glob("*-key.pem"))
