"""What is an address that a reader can open, and what is not."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.language.addresses import is_address, is_url

RIGHT = [
    "https://example.org", "http://example.org/", "https://www.example.co.uk:8080/a/b.html?q=1&r=%20#part",
    "https://news.example.com/a-(b)_c,d;e!f~g@h", "https://bücher.example/straße", "https://xn--bcher-kva.example/",
    "http://192.0.2.7/page", "http://[2001:db8::1]/page", "HTTPS://EXAMPLE.ORG/", "https://user@example.org/x",
    "https://example.org./x",
    "doi:10.1000/182", "DOI:10.1000/182", "doi: 10.1000/182", "10.1093/acrefore/9780190228637.013.1", "10.1000.10/a",
    "https://doi.org/10.1000/182",
]  # fmt: skip
WRONG = [
    "", " ", "withheld", "example.org", "www.example.org/page", "iol.co.za 1743517", "timeslive 2014-09-01",
    "//example.org/x", "ftp://example.org/x", "file:///home/me/x.pdf", "mailto:me@example.org", "https:example.org",
    "https:/example.org",
    "https://", "https:///x", "https://report", "https://example", "https://.org", "https://example..org/x",
    "https://-example.org", "https://example-.org/", "https://example.org/a b", " https://example.org",
    "https://example.org\n",
    "https://example.org:port/", "https://example.org:99999/", "https://1.2.3/x", "https://300.1.1.1/", "http://[::1",
    "https://ex ample.org",
    "https://example.org/<id>", "see https://example.org", "https://example.123",
    "doi:10.12/3", "doi:11.1000/182", "doi:10.1000", "doi:10.1000/", "10.1000/a b", "doi.org/10.1000/182",
]  # fmt: skip
LABELS = st.from_regex(r"[a-z][a-z0-9]{0,10}(-[a-z0-9]{1,5})?", fullmatch=True)


@pytest.mark.parametrize("text", RIGHT)
def test_an_absolute_url_and_a_doi_are_addresses(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize("text", WRONG)
def test_anything_else_is_none(text: str) -> None:
    assert not is_address(text)


@given(
    st.sampled_from(["http", "https"]),
    st.lists(LABELS, min_size=2, max_size=4),
    st.text(string.ascii_letters + string.digits + "-._~/?#@!$&'()*+,;=:%", max_size=30),
)
def test_every_url_of_the_web_is_an_address_and_none_is_without_its_scheme_or_with_a_space(
    scheme: str, labels: list[str], path: str
) -> None:
    rest = f"{'.'.join(labels)}/{path}"

    assert is_url(f"{scheme}://{rest}")
    assert not is_url(rest)
    assert not is_url(f"{scheme}://{rest} and more")


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_not_and_never_breaks_it(text: str) -> None:
    for tried in (text, f"https://{text}", f"https://example.org:{text}", f"doi:{text}"):
        assert isinstance(is_address(tried), bool)
