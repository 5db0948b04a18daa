import importlib.resources
import io
import json
import struct
import subprocess
import sys
import zlib

import pytest
import vl_convert

from sim.errors import UsageError
from sim.report.pictures import Picture, plot, timeline
from tests.report.conftest import CASE


@pytest.fixture(scope="session")
def pictures(status_quo, talks_hold, nested, comparison, pair, ledger):
    return {
        "probabilities": plot(status_quo),
        "probabilities of several": plot([status_quo, talks_hold], "probabilities"),
        "probabilities, nested": plot(nested),
        "incidence": plot(status_quo, "incidence"),
        "incidence of several": plot(comparison, "incidence"),
        "incidence, nested": plot(nested, "incidence"),
        "differences": plot(comparison),
        "differences of two": plot(pair),
        "timeline": timeline(CASE / "status-quo.yaml", 3, ledger=ledger),
    }


KINDS = (
    "probabilities", "probabilities of several", "probabilities, nested", "incidence", "incidence of several",
    "incidence, nested", "differences", "differences of two", "timeline",
)  # fmt: skip


def colours_of(png: bytes) -> int:
    """How many different pixels a PNG without filters or with them has, roughly: different bytes of its lines."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    stream, content = io.BytesIO(png[8:]), b""
    while header := stream.read(8):
        size, kind = struct.unpack(">I4s", header)
        body = stream.read(size + 4)[:-4]
        content += body if kind == b"IDAT" else b""
    return len(set(zlib.decompress(content)))


@pytest.mark.parametrize("kind", KINDS)
def test_each_picture_is_valid_vega_lite_without_a_warning(pictures, kind, capfd):
    picture = pictures[kind]

    svg = vl_convert.vegalite_to_svg(dict(picture.spec), show_warnings=True)

    assert capfd.readouterr() == ("", "")
    assert svg.startswith("<svg")
    assert "NaN" not in svg
    assert "undefined" not in svg


@pytest.mark.parametrize("kind", KINDS)
def test_titles_and_foot_stand_in_the_drawing_as_text(pictures, kind):
    picture = pictures[kind]
    svg = picture.svg().replace("&apos;", "'").replace("&#39;", "'")

    title = picture.spec["title"]["text"]
    assert " ".join(title) == picture.title
    for line in [*title, *picture.spec["vconcat"][0]["title"]["text"]]:
        assert line in svg
    assert "nsemble" in svg


@pytest.mark.parametrize("kind", ["probabilities", "incidence", "differences", "timeline"])
@pytest.mark.parametrize(("ending", "magic"), [(".svg", b"<svg"), (".png", b"\x89PNG\r\n"), (".pdf", b"%PDF-")])
def test_each_kind_is_written_in_each_format(pictures, kind, ending, magic, tmp_path):
    path = pictures[kind].save(tmp_path / f"picture{ending}")

    content = path.read_bytes()
    assert content.startswith(magic)
    assert len(content) > 5000
    if ending == ".png":
        assert colours_of(content) > 20
    assert list(tmp_path.iterdir()) == [path]


def test_the_spec_itself_can_be_written_and_read_back(pictures, tmp_path):
    path = pictures["differences"].save(tmp_path / "spec.json")

    assert json.loads(path.read_text(encoding="utf-8")) == pictures["differences"].spec


def test_the_same_results_give_the_same_bytes(status_quo, comparison, ledger):
    for make in (lambda: plot(status_quo, "incidence"), lambda: plot(comparison)):
        assert make().svg() == make().svg()
        assert make().json() == make().json()
    assert plot(status_quo).png() == plot(status_quo).png()
    assert timeline(CASE / "status-quo.yaml", 1, ledger=ledger).svg() == (
        timeline(CASE / "status-quo.yaml", 1, ledger=ledger).svg()
    )


def test_a_picture_replaces_another_and_a_notebook_shows_it(pictures, tmp_path):
    path = tmp_path / "picture.svg"
    path.write_text("what stood here", encoding="utf-8")

    pictures["probabilities"].save(path)

    assert path.read_text(encoding="utf-8") == pictures["probabilities"].svg()
    assert pictures["probabilities"]._repr_svg_() == pictures["probabilities"].svg()
    assert repr(pictures["probabilities"]) == "Picture('Status quo: how likely each outcome is')"


def test_what_cannot_be_written_is_refused_and_what_stood_there_still_does(pictures, tmp_path, monkeypatch):
    picture = pictures["probabilities"]
    for path in (tmp_path / "picture.doc", tmp_path / "picture", tmp_path / "nowhere" / "picture.svg", tmp_path):
        with pytest.raises(UsageError, match=r"ending|folder") as error:
            picture.save(path)
        assert error.value.code == "E015"
    assert list(tmp_path.iterdir()) == []

    standing = tmp_path / "picture.svg"
    standing.write_text("what stood here", encoding="utf-8")

    def refused(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", refused)
    with pytest.raises(UsageError, match="No space left"):
        picture.save(standing)
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["what stood here"]


def test_text_is_in_a_font_that_the_renderer_brings_along(pictures):
    from sim.report.pictures.text_width import FONT

    library = next(
        path for path in importlib.resources.files("vl_convert").iterdir() if path.name.endswith((".so", ".pyd"))
    )
    first = FONT.partition(",")[0]

    assert first.encode("utf-16-be") in library.read_bytes()
    assert f'font-family="{FONT}"' in pictures["probabilities"].svg()


def test_a_picture_can_be_made_of_any_spec():
    spec = {"data": {"values": [{"a": 1}]}, "mark": "point", "encoding": {"x": {"field": "a", "type": "quantitative"}}}

    assert Picture("a dot", spec).svg().startswith("<svg")


def test_a_picture_holds_nothing_that_xml_cannot_and_keeps_figures_beside_a_title_from_right_to_left_in_place() -> None:
    made = Picture(
        "a\x1b\nb", {"title": "under 'שלום': 37 % (35 % to 39 %)", "data": [{"text": "\x1b\ufffe"}], "width": 2}
    )

    assert made.title == r"a\x1b b"
    assert made.spec == {
        "title": "under '\u2068שלום\u2069': 37 % (35 % to 39 %)", "data": [{"text": r"\x1b\ufffe"}], "width": 2,
    }  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_limit_of_addresses_is_an_error_and_ends_no_process(tmp_path):
    script = (
        "import resource, sys; from sim.report.pictures.picture import Picture; from sim.errors import SimError\n"
        "resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))\n"
        "try: Picture('t', {'mark': 'bar', 'data': {'values': []}}).save(sys.argv[1])\n"
        "except SimError as error: print(error.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "p.svg"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "E616\n", "")
