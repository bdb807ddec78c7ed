"""Textbook versions of what a wallet computes, independent of the project's code. Slow, not constant-time: for tests."""
import hashlib
import os

from .scale import sized

# -- Keccak-256 (original padding, as Ethereum uses it) --------------------------------------------------------------
_ROUNDS = 24
_LANES = 5
_RATE_BYTES = 136
_MASK = (1 << 64) - 1


def _rotate(value, by):
    by %= 64
    return ((value << by) | (value >> (64 - by))) & _MASK if by else value


def _keccak_permute(state):
    register = 1
    for _ in range(_ROUNDS):
        column = [state[x][0] ^ state[x][1] ^ state[x][2] ^ state[x][3] ^ state[x][4] for x in range(_LANES)]
        for x in range(_LANES):
            mix = column[(x + 4) % _LANES] ^ _rotate(column[(x + 1) % _LANES], 1)
            for y in range(_LANES):
                state[x][y] ^= mix
        x, y, current = 1, 0, state[1][0]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % _LANES
            current, state[x][y] = state[x][y], _rotate(current, (step + 1) * (step + 2) // 2)
        for y in range(_LANES):
            row = [state[x][y] for x in range(_LANES)]
            for x in range(_LANES):
                state[x][y] = row[x] ^ (~row[(x + 1) % _LANES] & row[(x + 2) % _LANES])
        for bit in range(7):
            register = ((register << 1) ^ ((register >> 7) * 0x71)) & 0xFF
            if register & 2:
                state[0][0] ^= 1 << ((1 << bit) - 1)


def keccak_256(data):
    padded = bytearray(data) + b"\x01" + b"\0" * (-(len(data) + 1) % _RATE_BYTES)
    padded[-1] |= 0x80
    state = [[0] * _LANES for _ in range(_LANES)]
    for start in range(0, len(padded), _RATE_BYTES):
        for lane in range(_RATE_BYTES // 8):
            x, y = lane % _LANES, lane // _LANES
            state[x][y] ^= int.from_bytes(padded[start + 8 * lane:start + 8 * lane + 8], "little")
        _keccak_permute(state)
    return b"".join(state[lane % _LANES][lane // _LANES].to_bytes(8, "little") for lane in range(4))


def merkle_root(leaves):
    """The root that EnclaveBridge confirmations carry: Keccak-256 over sorted pairs, an odd last node moves up."""
    if not leaves:
        return bytes(32)
    level = [keccak_256(leaf) for leaf in leaves]
    while len(level) > 1:
        pairs = [keccak_256(min(level[i:i + 2]) + max(level[i:i + 2])) for i in range(0, len(level) - 1, 2)]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0]


# -- RSA-OAEP with SHA-256, MGF1-SHA-256 and an empty label ----------------------------------------------------------
RSA_BYTES = 384
OAEP_PLAINTEXT_MAX = RSA_BYTES - 2 * 32 - 2


def _mgf1(seed, size):
    blocks = (hashlib.sha256(seed + counter.to_bytes(4, "big")).digest() for counter in range(size // 32 + 1))
    return b"".join(blocks)[:size]


def rsa_oaep_encrypt(modulus, exponent, plaintext):
    """Blocks of 318 bytes become blocks of 384."""
    out = b""
    for start in range(0, len(plaintext), OAEP_PLAINTEXT_MAX):
        block = plaintext[start:start + OAEP_PLAINTEXT_MAX]
        data = hashlib.sha256(b"").digest() + b"\0" * (OAEP_PLAINTEXT_MAX - len(block)) + b"\x01" + block
        seed = os.urandom(32)
        masked_data = bytes(a ^ b for a, b in zip(data, _mgf1(seed, len(data))))
        masked_seed = bytes(a ^ b for a, b in zip(seed, _mgf1(masked_data, 32)))
        message = int.from_bytes(b"\0" + masked_seed + masked_data, "big")
        out += pow(message, exponent, modulus).to_bytes(RSA_BYTES, "big")
    return out


# -- Ed25519 (RFC 8032) ----------------------------------------------------------------------------------------------
_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_BASE_Y = 4 * pow(5, -1, _P) % _P
_BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
_BASE = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _P)


def _add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _compress(point):
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


class Ed25519Key:
    """A signing key made from a 32-byte seed; `public` is its account id."""

    def __init__(self, seed):
        digest = hashlib.sha512(seed).digest()
        self._scalar = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | 1 << 254
        self._prefix = digest[32:]
        self.public = _compress(_multiply(self._scalar, _BASE))

    def sign(self, message):
        def scalar(data):
            return int.from_bytes(hashlib.sha512(data).digest(), "little") % _L
        nonce = scalar(self._prefix + message)
        commitment = _compress(_multiply(nonce, _BASE))
        challenge = scalar(commitment + self.public + message)
        return commitment + ((nonce + challenge * self._scalar) % _L).to_bytes(32, "little")


# The seed of the development phrase that every Substrate tool knows.
_DEV_SEED = bytes.fromhex("fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e")


def dev_key(uri):
    """The Ed25519 key of a development account with one hard junction, such as //Alice."""
    junction = sized(uri.removeprefix("//").encode()).ljust(32, b"\0")
    return Ed25519Key(hashlib.blake2b(sized(b"Ed25519HDKD") + _DEV_SEED + junction, digest_size=32).digest())
