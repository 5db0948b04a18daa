"""What is a place for a ledger: a folder's path or an address in a store, and nothing that is nearly one."""

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import UsageError
from sim.ledger.files.paths import as_option, place
from sim.ledger.files.stored import Stored

NO_PLACES = {
    "": "it is empty",
    "  ": "it is empty",
    "https://bucket/x": "does not begin with s3://",
    "file:///x": "does not begin with s3://",
    "gs://bucket/x": "does not begin with s3://",
    "s3:/bucket/x": "did you mean 's3://bucket/x'?",
    "s3:bucket/x": "did you mean 's3://bucket/x'?",
    "S3://bucket/x": "did you mean 's3://bucket/x'?",
    "s3a://bucket/x": "did you mean 's3://bucket/x'?",
    " s3://bucket/x": "did you mean 's3://bucket/x'?",
    "s3://": "names no bucket",
    "s3:///x": "names no bucket",
    "s3://bucket": "names no prefix",
    "s3://bucket/": "names no prefix",
    "s3://my bucket/x": "'my bucket' cannot be a bucket",
    "s3://Bucket/x": "cannot be a bucket",
    "s3://b/x": "cannot be a bucket",
    "s3://" + "b" * 64 + "/x": "cannot be a bucket",
    "s3://bucket-/x": "cannot be a bucket",
    "s3://buc..ket/x": "cannot be a bucket",
    "s3://user:secret@bucket/x": "cannot be a bucket",
    "s3://bucket/a//b": "empty, '.' or '..'",
    "s3://bucket//x": "empty, '.' or '..'",
    "s3://bucket/../x": "empty, '.' or '..'",
    "s3://bucket/./x": "empty, '.' or '..'",
    "s3://bucket/x ": "with a space",
    "s3://bucket/a\nb": "not shown",
    "s3://bucket/a\x1b[2J": "not shown",
    "s3://bucket/a\u202eb": "not shown",
}


@pytest.mark.parametrize("text", NO_PLACES)
def test_what_is_no_place_for_a_ledger_is_refused_with_what_is_wrong(text):
    with pytest.raises(UsageError) as error:
        place(text)

    assert error.value.code == "E033"
    assert NO_PLACES[text] in str(error.value)


@pytest.mark.parametrize("text", ["ledger", "/a/b", "a b", "s3", "s3/bucket", "./s3:/bucket", "C:/ledger", "ü"])
def test_a_path_is_a_folder(text):
    assert place(text) == Path(text)


@pytest.mark.parametrize("key", ["x", "some/where", "a ledger/of mine", "ä/[1] #2~%", "..x/y..", "a\\b", "?a=b&c"])
def test_an_address_is_a_name_in_a_bucket(key):
    assert place(f"s3://bucket/{key}") == Stored("bucket", key)
    assert place(f"s3://bucket/{key}/") == Stored("bucket", key)
    assert str(place(f"s3://bucket/{key}")) == f"s3://bucket/{key}"


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.builds("s3://{}/{}".format, st.text(), st.text()))
def test_any_text_is_a_folder_an_address_or_refused(text):
    try:
        found = place(text)
    except UsageError:
        return
    if isinstance(found, Stored):
        assert str(found) == text.rstrip("/")
        assert ".." not in found.key.split("/")
        assert found.key.isprintable()
    else:
        assert found == Path(text)
        assert not text.strip().lower().startswith("s3:")


@pytest.mark.parametrize("folder", ["elsewhere", "a b", "it's", "-x", "$HOME", "*", 'a"b', "ä"])
def test_a_printed_option_means_the_same_ledger_in_a_shell(folder):
    assert shlex.split(as_option(Path(folder))) == ["--ledger", folder]
    assert as_option(Path("ledger")) == ""
