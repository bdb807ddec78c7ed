#!/usr/bin/env python3
"""Makes a Keystone report of a board without a key of its own, for tests that have no vectors.

    python3 tests/support/make_keystone_evidence.py

writes tests/fuzz/corpus/keystone_report/published_key: signed with the test key of the Keystone SDK, whose secret half is
published (keystone-enclave/keystone, sdk/include/verifier/test_dev_key.h) in the form that a seed is expanded to. Running it
again gives the same bytes. Nothing here is fit for secrets: the arithmetic takes as long as the numbers make it.
"""
import hashlib
import pathlib
import struct

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PUBLISHED_SECRET = bytes.fromhex("40a099478ccefa3a0663abc95e7a1ec954b4f5f645bad804db13e7d7826c7073"
                                 "576a9ab62160d9d1c6aedc29852fb960ee5132835a1689ec06a8723451aa0e4a")

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME
BASE = (15112221349535400772501151409588531511454012693041857206046113283949847762202, 4 * pow(5, -1, PRIME) % PRIME)


def add(one, other):
    product = CURVE * one[0] * other[0] * one[1] * other[1] % PRIME
    return ((one[0] * other[1] + other[0] * one[1]) * pow(1 + product, -1, PRIME) % PRIME,
            (one[1] * other[1] + one[0] * other[0]) * pow(1 - product, -1, PRIME) % PRIME)


def times_base(scalar):
    """The product as it is encoded."""
    out, power = (0, 1), BASE
    while scalar:
        if scalar & 1:
            out = add(out, power)
        power, scalar = add(power, power), scalar >> 1
    return (out[1] | (out[0] & 1) << 255).to_bytes(32, "little")


def expand(seed):
    digest = bytearray(hashlib.sha512(seed).digest())
    digest[0] &= 248
    digest[31] = digest[31] & 127 | 64
    return bytes(digest)


def number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ORDER


def public_key(expanded):
    return times_base(int.from_bytes(expanded[:32], "little"))


def sign(expanded, message):
    """RFC 8032 with a secret that is already expanded."""
    nonce = number(expanded[32:], message)
    commitment = times_base(nonce)
    answer = nonce + number(commitment, public_key(expanded), message) * int.from_bytes(expanded[:32], "little")
    return commitment + (answer % ORDER).to_bytes(32, "little")


def main():
    monitor = expand(b"\x62" * 32)
    data = b"\x33" * 64
    enclave = b"\x11" * 64 + struct.pack("<Q", len(data)) + data
    signed_monitor = b"\x22" * 64 + public_key(monitor)
    report = (enclave.ljust(64 + 8 + 1024, b"\xee") + sign(monitor, enclave) + signed_monitor +
              sign(PUBLISHED_SECRET, signed_monitor) + public_key(PUBLISHED_SECRET))
    (ROOT / "tests/fuzz/corpus/keystone_report/published_key").write_bytes(report)


if __name__ == "__main__":
    main()
