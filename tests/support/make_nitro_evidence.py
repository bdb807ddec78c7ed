#!/usr/bin/env python3
"""Makes AWS Nitro attestation documents under a root of its own, for tests that have no vectors.

    python3 tests/support/make_nitro_evidence.py

writes tests/fuzz/corpus/nitro_verify/* and tests/support/nitro_test_root.hpp. The keys are thrown away, so running it
again replaces all of it. Needs the Python package `cryptography`; tests and builds do not.
"""
import datetime
import hashlib
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

from cbor_encoder import cbor

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
UTC = datetime.timezone.utc
START = datetime.datetime(2026, 1, 1, tzinfo=UTC)
END = datetime.datetime(2046, 1, 1, tzinfo=UTC)
# The certificate that signs lives as briefly as a genuine one.
MADE = datetime.datetime(2027, 1, 15, 8, 0, 0, tzinfo=UTC)
LEAF_START, LEAF_END = MADE - datetime.timedelta(minutes=5), MADE + datetime.timedelta(hours=3)
DER = serialization.Encoding.DER


def name(common):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Redoubt tests")])


def usage(**bits):
    every = dict.fromkeys(["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                           "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"], False)
    return x509.KeyUsage(**(every | bits))


class Certificate:
    """A certificate with its key; its issuer is another one, or itself."""

    def __init__(self, subject, issuer=None, path_length=None, is_ca=True, bits=("key_cert_sign",), span=(START, END),
                 curve=ec.SECP384R1(), extension=None):
        self.subject = subject
        self.key = ec.generate_private_key(curve)
        issuer = issuer or self
        made = (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer.subject)).public_key(self.key.public_key())
                .serial_number(x509.random_serial_number()).not_valid_before(span[0]).not_valid_after(span[1])
                .add_extension(x509.BasicConstraints(is_ca, path_length), True)
                .add_extension(usage(**dict.fromkeys(bits, True)), True))
        if extension:
            made = made.add_extension(extension, True)
        self.der = made.sign(issuer.key, hashes.SHA384()).public_bytes(DER)


def leaf(issuer, **changes):
    settings = {"is_ca": False, "bits": ("digital_signature",), "span": (LEAF_START, LEAF_END)} | changes
    return Certificate("i-0123-enc4567.aws", issuer, **settings)


def document(signer, bundle, is_debug=False, is_tagged=False, **optional):
    pcrs = {i: hashlib.sha384(b"test register %d" % i).digest() if i < 5 or i == 8 else bytes(48) for i in range(16)}
    if is_debug:
        pcrs |= {i: bytes(48) for i in range(3)}
    payload = cbor({"module_id": "i-0123-enc4567", "digest": "SHA384", "timestamp": int(MADE.timestamp() * 1000) + 123, "pcrs": pcrs,
                    "certificate": signer.der, "cabundle": [one.der for one in bundle]} | optional)
    protected = cbor({1: -35})
    signed = cbor(["Signature1", protected, b"", payload])
    r, s = decode_dss_signature(signer.key.sign(signed, ec.ECDSA(hashes.SHA384())))
    return (b"\xd2" if is_tagged else b"") + cbor([protected, {}, payload, r.to_bytes(48, "big") + s.to_bytes(48, "big")])


def main():
    root = Certificate("test.nitro-enclaves")
    region = Certificate("region", root, 2)
    zone = Certificate("zone", region, 1)
    instance = Certificate("instance", zone, 0)
    bundle = [root, region, zone, instance]
    nothing = {"public_key": None, "user_data": None, "nonce": None}
    below = Certificate("one more", instance, 0)
    no_issuer = Certificate("no issuer", root, 0, bits=("crl_sign",))
    end_entity = Certificate("end entity", root, is_ca=False)
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    made = {
        "enclave": document(leaf(instance), bundle, public_key=hashlib.sha512(b"test key").digest(),
                            user_data=hashlib.sha512(b"test report data").digest(), nonce=hashlib.sha256(b"test nonce").digest()),
        "debug_tagged": document(leaf(instance), bundle, is_debug=True, is_tagged=True, **nothing),
        "root_alone": document(leaf(root), [root]),
        "refused_leaf_is_ca": document(leaf(root, is_ca=True), [root]),
        "refused_leaf_may_not_sign": document(leaf(root, bits=("key_agreement",)), [root]),
        "refused_leaf_of_p256": document(leaf(root, curve=ec.SECP256R1()), [root]),
        "refused_leaf_with_critical_extension": document(leaf(root, extension=unknown), [root]),
        "refused_path_too_long": document(leaf(below), bundle + [below]),
        "refused_issuer_may_not_issue": document(leaf(no_issuer), [root, no_issuer]),
        "refused_issuer_is_no_ca": document(leaf(end_entity), [root, end_entity]),
        "refused_issuer_left_out": document(leaf(instance), [root, region, instance]),
        "refused_expired_leaf": document(leaf(root, span=(START, LEAF_START)), [root]),
        "refused_other_root": document(leaf(region), [region]),
    }
    folder = ROOT / "tests/fuzz/corpus/nitro_verify"
    folder.mkdir(exist_ok=True)
    for file, one in made.items():
        (folder / file).write_bytes(one)
    (ROOT / "tests/support/nitro_test_root.hpp").write_text(
        "/// The root of the documents in tests/fuzz/corpus/nitro_verify; written by make_nitro_evidence.py.\n#pragma once\n\n"
        "#include <string_view>\n\nnamespace redoubt::tests {\n\n/// SHA-256 of its certificate.\n"
        f'inline constexpr std::string_view kNitroTestRoot =\n    "{hashlib.sha256(root.der).hexdigest()}";\n\n'
        "}  // namespace redoubt::tests\n")


if __name__ == "__main__":
    main()
