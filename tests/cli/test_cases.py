"""A folder whose scenarios cannot be told apart is refused by every command that takes one."""

import pytest


@pytest.mark.parametrize(
    "command",
    [
        ("check",), ("run", "--runs", 5), ("compare", "--runs", 5), ("outcomes", "--runs", 5),
        ("export", "csv", "--to", "out", "--runs", 5), ("plot", "probabilities", "-o", "p.svg", "--runs", 5),
        ("plot", "differences", "-o", "d.svg", "--runs", 5),
    ],
    ids=lambda words: " ".join(map(str, words[:2])),
)  # fmt: skip
def test_two_scenarios_with_one_id_are_complained_of_by_the_names_of_both_files(sim, case, command):
    twin = case / "a-twin.yaml"
    twin.write_text("scenario: early-envoy\nextends: status-quo.yaml\nparameters: {envoy_delay: 4 days}\n")
    name, *options = command
    words = [name, *options[:1], case, *options[1:]] if name in ("export", "plot") else [name, case, *options]

    answer = sim(*words)

    assert answer.code == 1
    assert "error E512: two scenarios of this folder have the id 'early-envoy'" in answer.err
    assert "early-envoy.yaml:1:11" in answer.err
    assert "a-twin.yaml:1:11" in answer.err
    assert not (case / "out").exists()


def test_files_of_one_id_named_by_themselves_are_told_apart_by_their_ensembles(sim, case):
    twin = case / "a-twin.yaml"
    twin.write_text(
        "scenario: early-envoy\ntitle: The envoy comes early\nextends: status-quo.yaml\n"
        "parameters: {envoy_delay: 4 days}\n"
    )

    answer = sim("compare", case / "status-quo.yaml", case / "early-envoy.yaml", twin, "--runs", 20)
    ambiguous = sim("compare", case / "status-quo.yaml", case / "early-envoy.yaml", twin, "--baseline", "early-envoy")

    assert answer.code == 0, answer.err
    rows = {line.split("  ")[0].strip() for line in answer.out.splitlines() if line.startswith("The envoy comes")}
    assert len(rows) == 2
    assert all(row.startswith("The envoy comes early (early-envoy ") for row in rows)
    assert ambiguous.code == 2
    assert "2 scenarios here are called 'early-envoy'" in ambiguous.err
    assert "a-twin.yaml" in ambiguous.err


def test_a_link_that_leads_nowhere_is_called_so_and_is_no_suggestion(sim, case, tmp_path):
    (tmp_path / "dead.yaml").symlink_to("nowhere")

    assert "dead.yaml: error E108: this is a link that leads nowhere" in sim("run", tmp_path / "dead.yaml").err
    assert "did you mean" not in sim("run", tmp_path / "deed.yaml").err
