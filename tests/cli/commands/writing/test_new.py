def test_a_new_case_checks_replays_and_runs_as_it_is(sim, case):
    assert sim("check", case, case.parent.parent / "seeds" / "ceasefire").code == 0
    assert sim("replay", case).code == 0
    assert sim("run", case, "--runs", 20).code == 0


def test_a_case_that_stands_already_is_left_alone(sim, case):
    before = {path: path.read_bytes() for path in case.iterdir()}

    answer = sim("new", "ceasefire")

    assert answer.code == 1
    assert "E005" in answer.err
    assert "nothing was changed" in answer.err
    assert before == {path: path.read_bytes() for path in case.iterdir()}


def test_a_name_that_cannot_be_a_folder_is_refused(sim):
    for name in ("../x", "A", "", "a b"):
        answer = sim("new", name)
        assert answer.code == 2
        assert "E004" in answer.err
