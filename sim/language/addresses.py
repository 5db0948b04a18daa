"""What counts as the address of a document: an absolute URL of the web, or a DOI.

Nothing is looked up: whether a page is still there is not known here.
"""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

# A registrant and a suffix, as ISO 26324 has them; registrants have at least four digits.
_DOI = re.compile(r"(doi:\s?)?10\.\d{4,9}(\.\d+)*/\S+", re.IGNORECASE)
_NOT_IN_URLS = re.compile(r"[\s<>\"{}|\\^`\x00-\x1f\x7f]")  # RFC 3986 knows none of these
_LABEL = r"[^\W_]([\w-]{0,61}[^\W_])?"
_HOST = re.compile(rf"({_LABEL}\.)+(?=\D){_LABEL}\.?")  # at least two labels; the last begins with no digit


def is_address(text: str) -> bool:
    """Return whether a text is an absolute URL of the scheme http or https, or a DOI, as `doi:10.1000/182`."""
    return is_url(text) or _DOI.fullmatch(text) is not None


def is_url(text: str) -> bool:
    """Return whether a text is an absolute URL of the scheme http or https, with a host that the web can have."""
    if _NOT_IN_URLS.search(text):
        return False
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port  # reading the port checks it
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and host is not None and _is_host(host)


def _is_host(host: str) -> bool:
    if _HOST.fullmatch(host):
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
