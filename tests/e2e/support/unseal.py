"""Opens what an enclave on the simulated platform sealed, as PROTOCOL.md section 2 writes it: its owner's file holds the secret.

Only for tests that have to know the enclave's secrets in order to look for them. The tag of a box is not checked.
"""
import hashlib
import hmac
import struct

from .crypto import Ed25519Key
from .scale import compact

_MASK = 0xFFFFFFFF
_CONSTANTS = struct.unpack("<4I", b"expand 32-byte k")
_NONCE_BYTES = 24
_RSA_BYTES = 384
IDENTITY_BYTES_MAX = 16384


def hkdf_sha256(secret, info):
    extracted = hmac.digest(bytes(32), secret, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def key_id(key):
    """What stands in clear before everything that a key sealed."""
    return hkdf_sha256(key, b"redoubt/key-id/v1")


def sealing_key(platform_secret, measurement):
    return hkdf_sha256(platform_secret, b"sim/seal/v1" + measurement)


# -- XChaCha20 (RFC 8439 and draft-irtf-cfrg-xchacha) ------------------------------------------------------------------
def _quarter(s, a, b, c, d):
    for x, y, z, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[x] = (s[x] + s[y]) & _MASK
        mixed = s[z] ^ s[x]
        s[z] = (mixed << by | mixed >> (32 - by)) & _MASK


def _rounds(state):
    s = list(state)
    for _ in range(10):
        for column in range(4):
            _quarter(s, column, 4 + column, 8 + column, 12 + column)
        for shift in range(4):
            _quarter(s, shift, 4 + (shift + 1) % 4, 8 + (shift + 2) % 4, 12 + (shift + 3) % 4)
    return s


def hchacha20(key, nonce):
    s = _rounds([*_CONSTANTS, *struct.unpack("<8I", key), *struct.unpack("<4I", nonce)])
    return struct.pack("<8I", *s[:4], *s[12:])


def xchacha20(key, nonce, data, counter):
    """The cipher's stream from block `counter` on, over `data`."""
    words = struct.unpack("<8I", hchacha20(key, nonce[:16]))
    out = bytearray()
    for at in range(0, len(data), 64):
        state = [*_CONSTANTS, *words, counter + at // 64, 0, *struct.unpack("<2I", nonce[16:])]
        stream = struct.pack("<16I", *((a + b) & _MASK for a, b in zip(_rounds(state), state)))
        out += bytes(a ^ b for a, b in zip(data[at:at + 64], stream))
    return bytes(out)


def open_box(key, box):
    """The plaintext of a box, and whatever follows it as noise: a box does not say where it ends."""
    return xchacha20(key, box[:_NONCE_BYTES], box[_NONCE_BYTES:], 1)


# -- the sealed identity -----------------------------------------------------------------------------------------------
def _der_integers(der):
    """The integers of an RSAPrivateKey (RFC 8017) behind its header of four bytes: version, n, e, d, p, q and others."""
    at, numbers = 4, []
    while len(numbers) < 6:
        size, at = der[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(der[at:at + count], "big"), at + count
        numbers.append(int.from_bytes(der[at:at + size], "big"))
        at += size
    return numbers


class UnsealError(Exception):
    """The data directory does not hold what PROTOCOL.md says."""


def identity_secrets(stored, platform_secret, measurement, account, modulus):
    """Name -> bytes of the secrets in the sealed identity that `stored` (bytes of the database) holds somewhere.

    `account` and `modulus` are its public keys, which show that the right thing was opened.
    """
    key = sealing_key(platform_secret, measurement)
    at = stored.find(key_id(key))
    if at < 0:
        raise UnsealError("no sealed identity")
    plain = open_box(key, stored[at + 32:at + 32 + IDENTITY_BYTES_MAX])
    modulus_at = plain.find(modulus.to_bytes(_RSA_BYTES, "big"))
    der_at = modulus_at - 12  # SEQUENCE, version 0, and the INTEGER's own header
    der = plain[der_at:]
    if modulus_at < 0 or der[:2] != b"\x30\x82":
        raise UnsealError("no shielding key in the sealed identity")
    der_bytes = 4 + int.from_bytes(der[2:4], "big")
    seeds_at = der_at - len(compact(der_bytes)) - 64
    seed, state_key = plain[seeds_at:seeds_at + 32], plain[seeds_at + 32:seeds_at + 64]
    if Ed25519Key(seed).public != account:
        raise UnsealError("the signing seed is not before the shielding key: see PROTOCOL.md, 2.1")
    endpoint_key = der[der_bytes + 2:der_bytes + 2 + 32]  # its length and version come first
    _, _, _, exponent, p, q = _der_integers(der)
    return {"sealing key": key, "signing seed": seed, "signing key": hashlib.sha512(seed).digest()[:32],
            "state key": state_key, "endpoint's TLS key": endpoint_key,
            "shielding exponent": exponent.to_bytes(_RSA_BYTES, "big").lstrip(b"\0"),
            "shielding prime p": p.to_bytes(_RSA_BYTES // 2, "big"), "shielding prime q": q.to_bytes(_RSA_BYTES // 2, "big")}
