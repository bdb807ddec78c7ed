#!/usr/bin/env python3
"""Makes Arm CCA tokens under a platform key of its own, for tests that have no vectors.

    python3 tests/support/make_cca_evidence.py

writes tests/fuzz/corpus/cca_verify/* and tests/support/cca_test_key.hpp. The keys are thrown away, so running it again
replaces all of it. Needs the Python package `cryptography`; tests and builds do not.
"""
import hashlib
import pathlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from cbor_encoder import cbor, head

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# COSE number of the algorithm, digest, bytes of a coordinate
SCHEMES = {"secp256r1": (-7, hashes.SHA256(), 32), "secp384r1": (-35, hashes.SHA384(), 48), "secp521r1": (-36, hashes.SHA512(), 66)}


def tagged(tag, value):
    return head(6, tag) + cbor(value)


def sign1(key, payload):
    algorithm, digest, size = SCHEMES[key.curve.name]
    protected = cbor({1: algorithm})
    r, s = decode_dss_signature(key.sign(cbor(["Signature1", protected, b"", payload]), ec.ECDSA(digest)))
    return tagged(18, [protected, {}, payload, r.to_bytes(size, "big") + s.to_bytes(size, "big")])


def sha256(text):
    return hashlib.sha256(text.encode()).digest()


def platform_claims(challenge, profile, lifecycle=0x3003):
    component = {1: "BL", 2: sha256("test component"), 4: "1.2.3", 5: sha256("test signer"), 6: "sha-256"}
    return {265: profile, 10: challenge, 2396: sha256("test implementation"), 256: b"\x01" + sha256("test instance"), 2401: b"\x01\x02",
            2395: lifecycle, 2399: [component, {2: sha256("other component"), 5: sha256("test signer")}], 2400: "https://verifier.example",
            2402: "sha-256"}


def realm_claims(carried):
    measurements = [hashlib.sha512(b"test measurement %d" % i).digest() for i in range(5)]
    return {10: hashlib.sha512(b"test report data").digest(), 44235: bytes(64), 44236: "sha-512", 44237: carried, 44238: measurements[0],
            44239: measurements[1:], 44240: "sha-256"}


def carry(key, is_cose_key):
    numbers = key.public_key().public_numbers()
    x, y = (number.to_bytes(48, "big") for number in (numbers.x, numbers.y))
    return cbor({1: 2, -1: 2, -2: x, -3: y}) if is_cose_key else b"\x04" + x + y


def token(platform_key, is_wrapped=False, realm_key=None, signs_realm=None, challenge=None, lifecycle=0x3003):
    realm_key = realm_key or ec.generate_private_key(ec.SECP384R1())
    carried = carry(realm_key, is_wrapped)
    profile = "tag:arm.com,2023:cca_platform#1.0.0" if is_wrapped else "http://arm.com/CCA-SSD/1.0.0"
    realm = realm_claims(carried) | ({265: "tag:arm.com,2023:realm#1.0.0"} if is_wrapped else {})
    platform = platform_claims(challenge or hashlib.sha256(carried).digest(), profile, lifecycle)
    parts = {44234: sign1(platform_key, cbor(platform)), 44241: sign1(signs_realm or realm_key, cbor(realm))}
    if is_wrapped:
        return tagged(907, {name: [263, part] for name, part in parts.items()})
    return tagged(399, parts)


def main():
    endorsed = {name: ec.generate_private_key(curve) for name, curve in
                (("P256", ec.SECP256R1()), ("P384", ec.SECP384R1()), ("P521", ec.SECP521R1()))}
    made = {
        "collection": token(endorsed["P384"]),
        "wrapped": token(endorsed["P256"], is_wrapped=True),
        "es512_debug": token(endorsed["P521"], lifecycle=0x4001),
        "refused_platform_key": token(ec.generate_private_key(ec.SECP384R1())),
        "refused_realm_key": token(endorsed["P384"], signs_realm=ec.generate_private_key(ec.SECP384R1())),
        "refused_unbound": token(endorsed["P384"], challenge=sha256("another key")),
    }
    folder = ROOT / "tests/fuzz/corpus/cca_verify"
    folder.mkdir(exist_ok=True)
    for file, one in made.items():
        (folder / file).write_bytes(one)
    rows = "".join(f'    "{key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo).hex()}",\n'
                   for key in endorsed.values())
    (ROOT / "tests/support/cca_test_key.hpp").write_text(
        "/// The platform keys of the tokens in tests/fuzz/corpus/cca_verify; written by make_cca_evidence.py.\n#pragma once\n\n"
        "#include <array>\n#include <string_view>\n\nnamespace redoubt::tests {\n\n/// SubjectPublicKeyInfo as hex.\n"
        "inline constexpr auto kCcaTestKeys = std::to_array<std::string_view>({\n" + rows + "});\n\n}  // namespace redoubt::tests\n")


if __name__ == "__main__":
    main()
