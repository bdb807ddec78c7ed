#!/usr/bin/env python3
"""Makes TLS certificates with evidence of their key, under a root of its own, for tests that have no vectors.

    python3 tests/support/make_ra_tls_evidence.py

writes tests/fuzz/corpus/ra_tls/* (a u32 little-endian length, the certificate, the collateral of its quote) and
tests/support/ra_tls_test_root.hpp. The keys are thrown away, so running it again replaces all of it. Needs the Python
package `cryptography`; tests and builds do not.
"""
import datetime
import hashlib
import struct

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import make_dcap_evidence as dcap
from cbor_encoder import cbor, head
from header_text import hex_constant, write_header

DER = serialization.Encoding.DER
DICE = "2.23.133.5.4.9"
GRAMINE, GRAMINE_NESTED = "1.2.840.113741.1337.6", "0.6.9.42.840.113741.1337.6"
INTEL = "1.2.840.113741.1.13.1"
WRAPPER = "1.3.6.1.5.5.7.1.35"
SIMULATION = "2.25.298374650918273645546372819100293847561"
HASH_IDS = {"sha256": 1, "sha384": 7, "sha512": 8}


def dice_claims(key_info, algorithm="sha256", nonce=None, more=None):
    entries = [cbor("pubkey-hash") + cbor(head(4, 2) + head(0, HASH_IDS[algorithm]) + cbor(hashlib.new(algorithm, key_info).digest()))]
    if nonce:
        entries.append(cbor("nonce") + cbor(nonce))
    if more:
        entries.append(cbor(more) + head(4, 2) + head(0, 7) + cbor("nobody reads this"))
    return head(5, len(entries)) + b"".join(entries)


def dice(quote, claims, tag=60000):
    return head(6, tag) + head(4, 2) + cbor(quote) + cbor(claims)


def wrapper(media_type, evidence, indicator=4):
    return dcap.tlv(4, head(4, 3) + cbor(media_type) + cbor(evidence) + head(0, indicator))


def hash_and_zeros(value):
    return hashlib.sha256(value).digest() + bytes(32)


class Peer:
    """A TLS key, with a certificate for each set of extensions."""

    def __init__(self, curve=ec.SECP384R1):
        self.key = ec.generate_private_key(curve())
        self.key_info = self.key.public_key().public_bytes(DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    def certificate(self, extensions, signer=None, is_critical=False):
        name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "RATLS")])
        start, end = datetime.datetime(2001, 1, 1), datetime.datetime(2030, 12, 31)
        out = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key()).serial_number(1)
               .not_valid_before(start).not_valid_after(end).add_extension(x509.BasicConstraints(False, None), False))
        for oid, value in extensions.items():
            out = out.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value), is_critical)
        return out.sign((signer or self).key, hashes.SHA256()).public_bytes(DER)


def main():
    platform = dcap.Platform(revoked=0)

    def sgx(report_data):
        body = dcap.sgx_body(0x5, hashlib.sha256(b"test signer").digest(), 7, 3, report_data)
        return dcap.quote(3, body, False, platform.pck_key, platform.chain)

    def tdx(report_data):
        body = bytearray(dcap.td_body(False))
        body[520:584] = report_data
        return dcap.quote(4, bytes(body), True, platform.pck_key, platform.chain)

    peer, other = Peer(), Peer(ec.SECP256R1)
    claims = dice_claims(peer.key_info, nonce=b"nonce of a verifier")
    by_claims, by_key = sgx(hash_and_zeros(claims)), sgx(hash_and_zeros(peer.key_info))
    td_claims = dice_claims(other.key_info, "sha384", more="comment")
    evidence = dice(by_claims, claims)
    certificates = {
        "dice_sgx": peer.certificate({DICE: evidence}),
        "dice_beside_a_quote": peer.certificate({GRAMINE_NESTED: b"not looked at", DICE: evidence, INTEL: b"nor this"}),
        "gramine": peer.certificate({GRAMINE: by_key}),
        "gramine_nested": peer.certificate({GRAMINE_NESTED: by_key}),
        "intel": peer.certificate({INTEL: by_key}),
        "wrapper": peer.certificate({WRAPPER: wrapper("application/vnd.redoubt.sgx", by_key)}),
        "refused_both_spellings": peer.certificate({GRAMINE_NESTED: by_key, GRAMINE: by_key}),
        "refused_both_quotes": peer.certificate({INTEL: by_key, GRAMINE: by_key}),
        "refused_critical": peer.certificate({DICE: evidence}, is_critical=True),
        "refused_local_report": peer.certificate({DICE: dice(by_claims, claims, tag=60002)}),
        "refused_trailing": peer.certificate({DICE: evidence + b"\0"}),
        "refused_wrapper_of_results": peer.certificate({WRAPPER: wrapper("application/vnd.redoubt.sgx", by_key, indicator=8)}),
        "refused_wrapper_of_another_type": peer.certificate({WRAPPER: wrapper("application/octet-stream", by_key)}),
        "refused_simulation": peer.certificate({SIMULATION: bytes(252)}),
        "refused_without_evidence": peer.certificate({}),
        "refused_stolen": other.certificate({DICE: evidence}),
        "refused_stolen_quote": other.certificate({GRAMINE: by_key}),
        "refused_claims": other.certificate({DICE: dice(by_claims, dice_claims(other.key_info))}),
        "refused_signature": peer.certificate({DICE: evidence}, signer=Peer()),
    }
    td_certificates = {"dice_tdx": other.certificate({DICE: dice(tdx(hash_and_zeros(td_claims)), td_claims)})}
    corpus = dcap.ROOT / "tests/fuzz/corpus/ra_tls"
    corpus.mkdir(exist_ok=True)
    for made, documents in ((certificates, platform.collateral(False)), (td_certificates, platform.collateral(True))):
        for file, certificate in made.items():
            (corpus / file).write_bytes(struct.pack("<I", len(certificate)) + certificate + documents)
    write_header(dcap.ROOT / "tests/support/ra_tls_test_root.hpp",
                 "The root of the evidence in tests/fuzz/corpus/ra_tls; written by make_ra_tls_evidence.py.",
                 [hex_constant("kRaTlsTestRoot", platform.root.public_bytes(DER))])


if __name__ == "__main__":
    main()
