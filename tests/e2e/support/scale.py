"""The few SCALE pieces the tests write and read themselves, so that the project's codec is not checked with itself."""
import hashlib


def blake2_256(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def blake2_128_concat(data):
    return hashlib.blake2b(data, digest_size=16).digest() + data


def u32(value):
    return value.to_bytes(4, "little")


def u128(value):
    return value.to_bytes(16, "little")


def compact(value):
    if value < 1 << 6:
        return bytes([value << 2])
    if value < 1 << 14:
        return (value << 2 | 1).to_bytes(2, "little")
    if value < 1 << 30:
        return (value << 2 | 2).to_bytes(4, "little")
    size = (value.bit_length() + 7) // 8
    return bytes([(size - 4) << 2 | 3]) + value.to_bytes(size, "little")


def sized(data):
    """A Vec<u8>: length, then the bytes."""
    return compact(len(data)) + data


class Reader:
    """Reads from the front; an IndexError or ValueError means malformed input."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, size):
        if self.at + size > len(self.data):
            raise ValueError("input ends early")
        self.at += size
        return self.data[self.at - size:self.at]

    def integer(self, size):
        return int.from_bytes(self.take(size), "little")

    def compact(self):
        first = self.data[self.at]
        kind = first & 3
        if kind == 3:
            self.at += 1
            return self.integer((first >> 2) + 4)
        return self.integer((1, 2, 4)[kind]) >> 2

    def sized(self):
        return self.take(self.compact())

    def rest(self):
        return self.data[self.at:]


BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def base58(data):
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text
