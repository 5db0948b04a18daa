"""Draws: each a pure function of (seed, name of what draws, run, occurrence, index). No state, no call order.

The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as
1, 2, 3"), checked against the vectors published with it. Which index means what is said in `decide`.
"""

import hashlib
from functools import lru_cache

from sim.numerics.elementary import log

MASK = 0xFFFFFFFF
UNIT = 2.0**-53


@lru_cache(maxsize=4096)
def _round_keys(key: int) -> tuple[tuple[int, int], ...]:
    """Return the ten keys of the rounds: each adds the Weyl constants of the paper to the one before."""
    low, high = key & MASK, key >> 32
    return tuple((low + n * 0x9E3779B9 & MASK, high + n * 0xBB67AE85 & MASK) for n in range(10))


def stream_key(seed: int, name: str, salt: str = "") -> int:
    """Return the 64-bit key of the stream of `name`, such as `rule:x`, under a seed.

    `salt` sets the fresh draws of a branch apart. By content, never by Python's `hash`, so that it is the same
    in every process and on every machine.
    """
    text = f"sim stream 1\0{seed}\0{name}\0{salt}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def uniform(key: int, run: int, occurrence: int, index: int) -> float:
    """Return a uniform in (0, 1], a multiple of 2**-53: the first 53 bits of Philox's four words."""
    c0, c1, c2, c3 = run & MASK, run >> 32, occurrence & MASK, index & MASK
    for k0, k1 in _round_keys(key):
        p0 = c0 * 0xD2511F53
        p1 = c2 * 0xCD9E8D57
        c0 = (p1 >> 32) ^ c1 ^ k0
        c2 = (p0 >> 32) ^ c3 ^ k1
        c1 = p1 & MASK
        c3 = p0 & MASK
    return ((c0 << 21 | c1 >> 11) + 1) * UNIT


def philox_uniform(key: int, run: int, occurrence: int, index: int) -> float:
    """Return what `uniform` returns, with integers of at most 64 bits, so that it can be compiled.

    `key` is the stream's key as a signed number (see `signed`), `run` below 2**63. Products may wrap around: of
    each only the two words are taken.
    """
    k0 = key & MASK
    k1 = (key >> 32) & MASK
    c0 = run & MASK
    c1 = (run >> 32) & MASK
    c2 = occurrence & MASK
    c3 = index & MASK
    for _ in range(10):
        p0 = c0 * 0xD2511F53
        p1 = c2 * 0xCD9E8D57
        c0 = ((p1 >> 32) & MASK) ^ c1 ^ k0
        c2 = ((p0 >> 32) & MASK) ^ c3 ^ k1
        c1 = p1 & MASK
        c3 = p0 & MASK
        k0 = (k0 + 0x9E3779B9) & MASK
        k1 = (k1 + 0xBB67AE85) & MASK
    return float((c0 << 21 | c1 >> 11) + 1) * UNIT


def signed(key: int) -> int:
    """Return the signed 64-bit number that has the bits of a key."""
    return key - (key >> 63 << 64)


def unit_exponential(u: float) -> float:
    """Return the unit exponential of a uniform in (0, 1]: minus its logarithm, and never -0."""
    return 0.0 - log(u)


def threshold(key: int, run: int, occurrence: int) -> float:
    """Return the unit exponential of a clock's occurrence: that of its uniform."""
    return unit_exponential(uniform(key, run, occurrence, 0))
