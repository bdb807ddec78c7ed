#!/usr/bin/env python3
"""Makes reports of an attestation service of its own, for tests that have no vectors.

    python3 tests/support/make_ias_evidence.py

writes tests/fuzz/corpus/ias_verify/* (the joined parts, or a certificate that holds them), the report bodies alone to
tests/fuzz/corpus/ias_report/, and tests/support/ias_test_ca.hpp. The keys are thrown away, so running it again replaces all
of it. Needs the Python package `cryptography`; tests and builds do not.
"""
import base64
import datetime
import hashlib
import json
import pathlib
import struct

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from header_text import hex_constant, write_header

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
UTC = datetime.timezone.utc
START = datetime.datetime(2026, 1, 1, tzinfo=UTC)
END = datetime.datetime(2046, 1, 1, tzinfo=UTC)
DER = serialization.Encoding.DER
NETSCAPE_COMMENT = x509.ObjectIdentifier("2.16.840.1.113730.1.13")
CA_NAME = "Redoubt tests: report signing CA"
USAGES = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
          "crl_sign", "encipher_only", "decipher_only"]


def name(common):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def certificate(subject, key, issuer, issuer_key, serial, is_ca=False, usages=("digital_signature",), end=END, critical=None):
    """`critical` is an extension that nobody knows."""
    out = (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
           .serial_number(serial).not_valid_before(START).not_valid_after(end)
           .add_extension(x509.BasicConstraints(is_ca, 0 if is_ca else None), True)
           .add_extension(x509.KeyUsage(**{usage: usage in usages for usage in USAGES}), True))
    if critical:
        out = out.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("2.25.1"), critical), True)
    return out.sign(issuer_key, hashes.SHA256())


def quote_body(is_debug=False, is_linkable=False, version=2):
    out = bytearray(432)
    struct.pack_into("<HHIHHI", out, 0, version, 1 if is_linkable else 0, 0x0bad, 11, 10, 0)
    out[16:48] = hashlib.sha256(b"test basename").digest()
    body = memoryview(out)[48:]
    body[0:16] = bytes(range(16))
    struct.pack_into("<QQ", body, 48, 0x07 if is_debug else 0x05, 0x07)
    body[64:96] = hashlib.sha256(b"test enclave").digest()
    body[128:160] = hashlib.sha256(b"test signer").digest()
    struct.pack_into("<HH", body, 256, 3, 7)
    body[320:352] = hashlib.sha256(b"test account").digest()
    return bytes(out)


def body(status, quote=None, **members):
    out = {"id": "1234567890", "timestamp": "2027-01-15T07:59:00.250000", "version": 4, "isvEnclaveQuoteStatus": status}
    out |= {"isvEnclaveQuoteBody": base64.b64encode(quote or quote_body()).decode()} | members
    return json.dumps({name: value for name, value in out.items() if value is not None}, separators=(",", ":")).encode()


class Service:
    def __init__(self):
        self.ca_key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.ca = certificate(CA_NAME, self.ca_key, CA_NAME, self.ca_key, 1, is_ca=True, usages=("key_cert_sign", "crl_sign"))

    def signer(self, key=None, **options):
        return certificate("Redoubt tests: report signing", key or self.key, CA_NAME, self.ca_key, 2, **options)

    def joined(self, report, signer=None):
        signature = self.key.sign(report, padding.PKCS1v15(), hashes.SHA256())
        signing_certificate = (signer or self.signer()).public_bytes(DER)
        return b"|".join([report, base64.b64encode(signature), base64.b64encode(signing_certificate)])


def ra_certificate(joined):
    """What a worker registers with; its own signature is of another key, and nobody looks at it."""
    key, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    out = (x509.CertificateBuilder().subject_name(name("test enclave")).issuer_name(name("test"))
           .public_key(key.public_key()).serial_number(1).not_valid_before(START).not_valid_after(END)
           .add_extension(x509.UnrecognizedExtension(NETSCAPE_COMMENT, joined), False))
    return out.sign(other, hashes.SHA256()).public_bytes(DER)


def main():
    service = Service()
    reports = {
        "ok": body("OK", nonce="0123456789ABCDEF"),
        "debug": body("GROUP_OUT_OF_DATE", quote_body(is_debug=True, is_linkable=True), advisoryURL="https://example.org",
                      advisoryIDs=["INTEL-SA-00334", "INTEL-SA-00615"]),
        "old": body("SW_HARDENING_NEEDED", version=None, timestamp="2027-01-15T07:59:00"),
        "unknown_status": body("SOMETHING_NEW"),
        "refused_quote_version": body("OK", quote_body(version=3)),
        "refused_no_timestamp": body("OK", timestamp=None),
        "refused_twice": body("OK")[:-1] + b',"isvEnclaveQuoteStatus":"OK"}',
    }
    evidence = {file: service.joined(report) for file, report in reports.items()}
    evidence["refused_ca_signer"] = service.joined(reports["ok"], service.signer(is_ca=True))
    evidence["refused_key_usage"] = service.joined(reports["ok"], service.signer(usages=("key_encipherment",)))
    evidence["refused_critical"] = service.joined(reports["ok"], service.signer(critical=b"\5\0"))
    evidence["refused_curve"] = service.joined(reports["ok"], service.signer(ec.generate_private_key(ec.SECP256R1())))
    evidence["refused_expired"] = service.joined(reports["ok"], service.signer(end=datetime.datetime(2026, 6, 1, tzinfo=UTC)))
    evidence["ra_certificate"] = ra_certificate(evidence["ok"])
    for folder, files in (("ias_report", reports), ("ias_verify", evidence)):
        (ROOT / "tests/fuzz/corpus" / folder).mkdir(exist_ok=True)
        for file, content in files.items():
            (ROOT / "tests/fuzz/corpus" / folder / file).write_bytes(content)
    write_header(ROOT / "tests/support/ias_test_ca.hpp",
                 "The CA of the reports in tests/fuzz/corpus/ias_verify; written by make_ias_evidence.py.",
                 [hex_constant("kIasTestCa", service.ca.public_bytes(DER))])


if __name__ == "__main__":
    main()
