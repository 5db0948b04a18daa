import json

RULES = """
model: quarrel
title: A quarrel
time: {unit: day}
factions: {north: {title: The north}}
state: {shots: {type: int, initial: 0}}
events: {shot: {by: north, effects: {shots: shots + 2}}}
rules:
  shoots: {faction: north, when: shots < 9, clock: {rate: 0.3 per day}, emits: shot, basis: {judgement: so}}
  counts: {faction: north, clock: {rate: "about(0.1 per day, 2)"}, emits: shot, basis: {judgement: so}}
"""


def write(folder, text=RULES, name="model.yaml"):
    (folder / name).write_text(text, encoding="utf-8")
    return name


def test_numbers_that_are_written_as_known_are_listed_with_their_places_and_counted(sim, tmp_path):
    answer = sim("check", write(tmp_path), "--literals")

    assert answer.code == 0
    assert "1 parameter" not in answer.out
    assert "0 parameters, 1 uncertain number, 1 event type" in answer.out
    lines = answer.out.splitlines()
    rows = [line.split() for line in lines if line.startswith("model.yaml:") and "fine" not in line]
    assert [row[:4] for row in rows] == [
        ["model.yaml:7:53", "event", "type", "'shot'"],
        ["model.yaml:9:42", "rule", "'shoots'", "when"],
        ["model.yaml:9:59", "rule", "'shoots'", "rate"],
    ]
    assert any(line.startswith("3 numbers are written as known") and "1 of them in guards" in line for line in lines)


def test_numbers_that_are_written_as_known_are_there_as_data(sim, tmp_path):
    data = json.loads(sim("check", write(tmp_path), "--literals", "--json").out)

    assert [(one["line"], one["column"], one["name"], one["place"], one["number"]) for one in data["literals"]] == [
        (7, 53, "shot", "effects.shots", "2"),
        (9, 42, "shoots", "when", "9"),
        (9, 59, "shoots", "rate", "0.3 per day"),
    ]
    assert "literals" not in json.loads(sim("check", "model.yaml", "--json").out)


def test_a_model_without_such_numbers_says_so(sim, tmp_path):
    text = RULES.replace("shots + 2", "shots + 1").replace("when: shots < 9, ", "").replace("0.3 per day", "0")

    assert "0 numbers are written as known" in sim("check", write(tmp_path, text), "--literals").out


def test_numbers_are_listed_of_a_file_that_is_refused_for_them(sim, tmp_path):
    answer = sim("check", write(tmp_path, RULES.replace("title: A q", "literals: uncertain\ntitle: A q")), "--literals")

    assert answer.code == 1
    assert answer.err.count("error E351") == 3
    assert "3 numbers are written as known" in answer.out
