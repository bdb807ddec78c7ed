"""Quotes of enclaves that the tests start, by a platform under a root of its own (attester.json, which
tests/support/make_dcap_evidence.py makes). Nobody but a chain and a worker that were told of the root takes them."""
import hashlib
import json
import pathlib
import secrets

from . import chains, devchain

# NIST P-256.
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
     0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)
BODY, BODY_BYTES, SIGNATURE = 48, 384, 436


def _add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def _multiply(scalar, point):
    out = None
    while scalar:
        if scalar & 1:
            out = _add(out, point)
        point = _add(point, point)
        scalar >>= 1
    return out


def ecdsa(key, message):
    """r ++ s over SHA-256."""
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    while True:
        k = secrets.randbelow(N - 1) + 1
        r = _multiply(k, G)[0] % N
        s = pow(k, -1, N) * (digest + r * key) % N
        if r and s:
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class Attester:
    def __init__(self):
        made = json.loads(pathlib.Path(__file__).with_suffix(".json").read_text())
        self.root = bytes.fromhex(made["root"])
        self.collateral = made["collateral"]
        self._quote = bytes.fromhex(made["quote"])
        self._key = int(made["attestation_key"], 16)

    def report_body(self, measurement, report_data, debug=False):
        """What the processor reports of the enclave with this measurement."""
        body = bytearray(self._quote[BODY:BODY + BODY_BYTES])
        body[48] = 7 if debug else 5
        body[64:96] = measurement
        body[320:384] = report_data
        return bytes(body)

    def quote_over(self, report_data, measurement, debug=False):
        """A quote of the enclave with this measurement, which vouches for these 64 bytes."""
        signed = self._quote[:BODY] + self.report_body(measurement, report_data, debug)
        return signed + self._quote[len(signed):SIGNATURE] + ecdsa(self._key, signed) + self._quote[SIGNATURE + 64:]

    def quote(self, account, measurement, debug=False):
        """The same for an account, as the registry wants it."""
        return self.quote_over(account + bytes(32), measurement, debug)

    def start_chain(self, work_dir):
        """A development chain that takes these quotes, and no enclave without evidence."""
        path = devchain.funded_spec(work_dir)
        spec = json.loads(path.read_text())
        spec["teerex"] = {"allowSkippingAttestation": False, "sgxAllowDebugMode": False, "sgxTestRoot": "0x" + self.root.hex()}
        path.write_text(json.dumps(spec))
        return devchain.Devchain(work_dir, "--chain-spec", path, "--block-time", f"{chains.BLOCK_TIME_MS[chains.DEVCHAIN]}ms",
                                 name="chain")
