"""What an object store's errors mean, and what to do: obstore's are known by their text. `asking` asks again."""

import os
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sim.errors import LedgerError, SimError, UsageError

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_KEY, _SECRET = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
_READ = (_KEY, _SECRET, "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION", *_ENDPOINTS)
_PASSING_STATUS = {408, 409, 425, 429, 500, 502, 503, 504}
_METADATA = ("/latest/api/token", "/latest/meta-data")  # where a machine of AWS asks who it is
_NO_KEYS = (
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN if the key is a temporary one",
    "the profiles of ~/.aws are not read: `aws configure export-credentials --format env` prints what to set",
)
_KEYS = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key and its secret that this store knows"
_REGION = "set AWS_REGION to the region in which the bucket lies"
_STAYS = "the same command goes on from there: what is sealed stays valid"

# code of the store -> what it says, what to do; {bucket}, {right}, {place} and {region} are filled in
_REFUSALS: Final = {
    "NoSuchBucket": ("has no bucket '{bucket}'", "correct the name, or make the bucket: sim makes none"),
    "InvalidBucketName": ("can have no bucket '{bucket}'", "correct the name"),
    "InvalidAccessKeyId": ("does not know the access key", _KEYS),
    "SignatureDoesNotMatch": ("does not accept the secret key", _KEYS),
    "Unauthorized": ("does not accept the credentials", _KEYS),
    "ExpiredToken": ("says that the credentials have expired", f"set new ones; {_STAYS}"),
    "TokenRefreshRequired": ("says that the credentials have expired", f"set new ones; {_STAYS}"),
    "InvalidToken": ("does not accept the session token", "set AWS_SESSION_TOKEN to the one that came with the key"),
    "RequestTimeTooSkewed": ("says that this machine's clock is wrong", "set the clock, and run again"),
    "AuthorizationHeaderMalformed": ("says that '{region}' is the wrong region", _REGION),
    "IllegalLocationConstraintException": ("says that '{region}' is the wrong region", _REGION),
    "PermanentRedirect": ("has the bucket '{bucket}' in another region than '{region}'", _REGION),
    "AccessDenied": ("does not let this user do {right} on {place}", "ask for this right, or use another bucket"),
    "AllAccessDisabled": ("has closed the bucket '{bucket}'", "ask the owner of its account"),
    "NotImplemented": ("cannot do {right} as it is asked to", "use a store that speaks S3 and knows If-None-Match"),
}
_BY_STATUS = {301: "PermanentRedirect", 307: "PermanentRedirect", 401: "Unauthorized", 501: "NotImplemented"}


@dataclass(frozen=True, slots=True)
class StoreRequest:
    """What is asked for: of which bucket, about which name, and by which right of a user."""

    bucket: str
    address: str
    right: str


def store() -> str:
    """Name the store that the environment means."""
    address = re.sub(r"//[^/@]*@", "//", endpoint()[1])  # a password must not be shown
    return f"the object store at {address}" if address else f"the object store of AWS, region {region()}"


def endpoint() -> tuple[str, str]:
    """Return which variable says where the store is, and what it says; two empty texts if none does."""
    return next(((name, os.environ[name]) for name in _ENDPOINTS if os.environ.get(name)), ("", ""))


def region() -> str:
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"


def check_settings() -> None:
    """Raise UsageError E039 where the environment cannot mean a store. No value of a key is ever shown."""
    for name in _READ:
        said = os.environ.get(name)
        if said is not None and (not said or " " in said or not said.isprintable()):
            how = "empty" if not said.strip() else "no word: it has a space or a line break in it"
            raise UsageError("E039", f"{name} is set, and is {how}", "set it anew, or `unset` it")
    name, address = endpoint()
    try:
        parts = urlsplit(address)
        sound = not address or (parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1))
    except ValueError:  # a port that is not a number
        sound = False
    if not sound:
        raise UsageError("E039", f"{name} is '{address}', which is not an address", "expected e.g. https://minio:9000")
    for one, other in ((_KEY, _SECRET), (_SECRET, _KEY)):
        if os.environ.get(one) and not os.environ.get(other):
            raise UsageError("E039", f"{one} is set, and {other} is not", _KEYS)


def unsettled(error: Exception) -> UsageError:
    """Make the error for settings with which obstore opens no store."""
    return UsageError("E039", f"an object store cannot be opened so: {line(str(error))}", "see the variables AWS_...")


def passing(answer: str, *, known: bool) -> str | None:
    """Say in words what is wrong for now; None for what will not pass."""
    status = _status(answer)
    if any(path in answer for path in _METADATA) and not known:
        return None
    if status is not None:
        return f"it answers {status} {_code(answer)}".strip() if status in _PASSING_STATUS else None
    for sign, reason in (
        ("BadScheme", None),
        ("kind: Builder", None),
        ("InvalidCertificate", None),
        ("InvalidMessage", None),
        ("dns error", f"nobody knows the host {urlsplit(endpoint()[1]).hostname or ''}".rstrip()),
        ("ConnectionRefused", "nobody listens there"),
        ("kind: Connect", "nobody can be reached there"),
        ("kind: Timeout", "it does not answer in time"),
        ("HTTP error", "the connection broke"),
    ):
        if sign in answer:
            return reason
    return None


def refused(request: StoreRequest, answer: str) -> SimError:
    """Make the error for what will not pass, from the text of obstore's."""
    status, code = _status(answer), _code(answer)
    name, address = endpoint()
    if any(path in answer for path in _METADATA):
        return UsageError("E039", f"no credentials for {store()}: AWS_ACCESS_KEY_ID is not set", *_NO_KEYS)
    if "BadScheme" in answer or "kind: Builder" in answer:
        remedy = "set AWS_ALLOW_HTTP=true if nobody can listen on the way, or use an address with https"
        return UsageError("E039", f"{name} is {address}, and AWS_ALLOW_HTTP is not 'true'", remedy)
    if "invalid path" in answer:
        strange = _found(r'[Pp]ath "([^"]*)"', answer)
        message = f"{store()} has an object whose name is not a path under {request.address}: '{strange}'"
        return LedgerError("E717", message, "remove this object, or keep the ledger under another prefix")
    if "redirect without LOCATION" in answer:
        code = "PermanentRedirect"
    code = code if code in _REFUSALS else _BY_STATUS.get(status or 0, code)
    if code in _REFUSALS:
        fields = {"bucket": request.bucket, "right": request.right, "place": request.address, "region": region()}
        says, remedy = (part.format_map(fields) for part in _REFUSALS[code])
        said = _found(r"<Message>([^<]{1,200})</Message>", answer)
        notes = [f"it says: {said}"] if said and code in ("AuthorizationHeaderMalformed", "AccessDenied") else []
        return LedgerError("E717", f"{store()} {says}", *notes, remedy)
    if status == 403:
        rights = f"or the right {request.right} on {request.address} is missing"
        return LedgerError("E717", f"{store()} answers 403 Forbidden: the credentials are wrong, {rights}", _KEYS)
    if status is not None or "<html" in answer or "Header missing" in answer or "parse" in answer:
        what = f"answers {status} {code}".rstrip() if status else "does not answer as S3 does"
        message = f"{store()} {what} to {request.right} on {request.address}"
        return LedgerError("E717", message, "is it a store that speaks S3?")
    if "InvalidCertificate" in answer or "InvalidMessage" in answer:
        what = "has no certificate that is known here" if "InvalidCertificate" in answer else "does not speak https"
        return LedgerError("E717", f"{store()} {what}", f"correct {name or 'the system’s certificates'}")
    return LedgerError("E717", f"{store()} cannot do {request.right} on {request.address}: {line(answer)}", _STAYS)


def unanswered(reason: str, seconds: float, *, known: bool) -> LedgerError:
    """Make the error for a store that was asked for so long; `known` says that it has answered before."""
    name, _ = endpoint()
    where = f"correct {name}, or start the store" if name else "see whether this machine reaches AWS"
    notes = (_STAYS,) if known else (where, _STAYS)
    return LedgerError("E718", f"{store()} gave no answer in {seconds:.0f} s: {reason}", *notes)


def is_taken(error: BaseException) -> bool:
    """Return whether an error says that the name is taken; one that two writers met (409) is to be asked again."""
    return type(error).__name__ == "AlreadyExistsError" and _status(str(error)) != 409


def unexplained(answer: str) -> bool:
    """Return whether a store refused without a reason, as it does where an answer has no body."""
    return _status(answer) is not None and not _code(answer)


def _status(answer: str) -> int | None:
    found = _found(r"status code: (\d{3})", answer)
    return int(found) if found else None


def _code(answer: str) -> str:
    return _found(r"<Code>(\w{1,60})</Code>", answer)


def _found(pattern: str, answer: str) -> str:
    found = re.search(pattern, answer)
    return _shown(found[1]) if found else ""


def line(answer: str) -> str:
    """Return the first line of an error's text."""
    return _shown((answer.strip().splitlines() or ["no reason was given"])[0][:200])


def _shown(answer: str) -> str:
    """Return what a store says without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in answer)
