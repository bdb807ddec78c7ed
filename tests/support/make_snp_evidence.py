#!/usr/bin/env python3
"""Makes SEV-SNP evidence under roots of its own, for tests that have no vectors: reports of each version and product, and their chains.

    python3 tests/support/make_snp_evidence.py

writes tests/fuzz/corpus/snp_verify/* (the report, then VEK, ASK, ARK and revocation lists, each after its u32 little-endian
length), the reports alone to tests/fuzz/corpus/snp_report/, tables of certificates of a host to
tests/fuzz/corpus/snp_certificate_table/, and tests/support/snp_test_roots.hpp. The keys are thrown away, so
running it again replaces all of it. Needs the Python package `cryptography`; tests and builds do not.
"""
import datetime
import hashlib
import pathlib
import struct
import uuid

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
UTC = datetime.timezone.utc
START = datetime.datetime(2026, 1, 1, tzinfo=UTC)
END = datetime.datetime(2046, 1, 1, tzinfo=UTC)
DER = serialization.Encoding.DER
PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA384()), salt_length=48)
AMD_OID = "1.3.6.1.4.1.3704.1."
# FMC, boot loader, TEE, SNP, microcode
SVNS = {"Milan": (None, 4, 0, 24, 219), "Genoa": (None, 10, 0, 25, 84), "Turin": (0, 1, 0, 2, 71)}
CPUID = {"Milan": (0x19, 0x01, 1), "Genoa": (0x19, 0x11, 1), "Turin": (0x1a, 0x02, 1)}
CSP = "CN=provider.example"


def name(common):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Redoubt tests")])


def builder(subject, key, issuer, serial):
    return (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
            .serial_number(serial).not_valid_before(START).not_valid_after(END))


def authority(subject, key, issuer, issuer_key, path_length, serial):
    usage = dict.fromkeys(["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                           "encipher_only", "decipher_only"], False)
    return (builder(subject, key, issuer, serial).add_extension(x509.BasicConstraints(True, path_length), True)
            .add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), True)
            .sign(issuer_key, hashes.SHA384(), rsa_padding=PSS))


def integer(value):
    content = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return bytes([2, len(content)]) + content


def text(value):
    return bytes([0x16, len(value)]) + value.encode()


def vek(product, is_vlek, key, issuer, issuer_key, chip_id):
    fmc, boot_loader, tee, snp, microcode = SVNS[product]
    values = {"1": integer(0), "2": text(product if is_vlek or product == "Turin" else product + "-B0"),
              "3.1": integer(boot_loader), "3.2": integer(tee), "3.3": integer(snp), "3.8": integer(microcode)}
    if fmc is not None:
        values["3.9"] = integer(fmc)
    values |= {"5": text(CSP)} if is_vlek else {"4": chip_id}
    out = builder("SEV-VLEK" if is_vlek else "SEV-VCEK", key, issuer, 77)
    for arc, value in values.items():
        out = out.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(AMD_OID + arc), value), False)
    return out.sign(issuer_key, hashes.SHA384(), rsa_padding=PSS)


def revocation_list(issuer, issuer_key, serials):
    out = (x509.CertificateRevocationListBuilder().issuer_name(name(issuer)).last_update(START).next_update(END)
           .add_extension(x509.CRLNumber(1), False)
           .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False))
    for serial in serials:
        out = out.add_revoked_certificate(x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(START).build())
    return out.sign(issuer_key, hashes.SHA384(), rsa_padding=PSS).public_bytes(DER)


def tcb(product):
    fmc, boot_loader, tee, snp, microcode = SVNS[product]
    if fmc is not None:
        return bytes([fmc, boot_loader, tee, snp, 0, 0, 0, microcode])
    return bytes([boot_loader, tee, 0, 0, 0, 0, snp, microcode])


def report(version, product, key, chip_id, key_info=0, policy=0x30000, report_data=hashlib.sha512(b"test report data").digest(),
           vmpl=1):
    out = bytearray(1184)
    struct.pack_into("<IIQ", out, 0, version, 3, policy)
    out[0x10:0x20] = hashlib.sha256(b"test family").digest()[:16]
    out[0x20:0x30] = hashlib.sha256(b"test image").digest()[:16]
    struct.pack_into("<II", out, 0x30, vmpl, 1)
    for offset in (0x38, 0x180, 0x1e0, 0x1f0):
        out[offset:offset + 8] = tcb(product)
    struct.pack_into("<QI", out, 0x40, 0x24, key_info)
    out[0x50:0x90] = report_data
    out[0x90:0xc0] = hashlib.sha384(b"test guest").digest()
    out[0xc0:0xe0] = hashlib.sha256(b"test host data").digest()
    out[0x140:0x160] = hashlib.sha256(b"test report id").digest()
    out[0x160:0x180] = bytes([0xff]) * 32
    if version >= 3:
        out[0x188:0x18b] = bytes(CPUID[product])
    out[0x1a0:0x1a0 + len(chip_id)] = chip_id
    out[0x1e8:0x1eb] = out[0x1ec:0x1ef] = bytes([21, 55, 1])
    if version >= 5:
        struct.pack_into("<QQ", out, 0x1f8, 1, 3)
    r, s = decode_dss_signature(key.sign(bytes(out[:0x2a0]), ec.ECDSA(hashes.SHA384())))
    out[0x2a0:0x2e8] = r.to_bytes(72, "little")
    out[0x2e8:0x330] = s.to_bytes(72, "little")
    return bytes(out)


class Product:
    """A root, its two authorities, and the keys below them."""

    def __init__(self, product):
        self.product = product
        self.ark_key, self.ask_key = (rsa.generate_private_key(public_exponent=65537, key_size=4096) for _ in range(2))
        self.ark_name, self.ask_name, self.asvk_name = f"ARK-{product}", f"SEV-{product}", f"SEV-VLEK-{product}"
        self.ark = authority(self.ark_name, self.ark_key, self.ark_name, self.ark_key, None, 1)
        self.ask = authority(self.ask_name, self.ask_key, self.ark_name, self.ark_key, 0, 2)
        self.asvk = authority(self.asvk_name, self.ask_key, self.ark_name, self.ark_key, 0, 3)
        self.chip_id = hashlib.sha512(product.encode()).digest()[:8 if product == "Turin" else 64]

    def evidence(self, version, is_vlek=False, is_masked=False, policy=0x30000, lists=()):
        key = ec.generate_private_key(ec.SECP384R1())
        certificate = vek(self.product, is_vlek, key, self.asvk_name if is_vlek else self.ask_name, self.ask_key, self.chip_id)
        key_info = (4 if is_vlek else 0) | (2 if is_masked else 0)
        made = report(version, self.product, key, b"" if is_vlek or is_masked else self.chip_id, key_info, policy)
        chain = [one.public_bytes(DER) for one in (certificate, self.asvk if is_vlek else self.ask, self.ark)]
        return made, b"".join(struct.pack("<I", len(part)) + part for part in chain + list(lists))

    def lists(self, of_root=(), of_ask=()):
        return [revocation_list(self.ark_name, self.ark_key, of_root), revocation_list(self.ask_name, self.ask_key, of_ask)]


def certificate_table(is_mixed):
    """A table of a host with each kind of part; parts are not looked into when it is read."""
    guids = [uuid.UUID(text) for text in ("63da758d-e664-4564-adc5-f4b93be8accd", "a8074bc2-a25a-483e-aae6-39c045a0b8a1",
                                          "4ab7b379-bbac-4fe4-a02f-05aef327c782", "c0b406a4-a803-4952-9743-3fb6014cd0ae",
                                          "92f81bc3-5811-4d3d-97ff-d19f88dc67ea")]
    part = b"DER of a part"
    start = 24 * (len(guids) + 1)
    entries = b"".join((guid.bytes_le if is_mixed else guid.bytes) + struct.pack("<II", start + i * len(part), len(part))
                       for i, guid in enumerate(guids))
    return entries + bytes(24) + part * len(guids)


def write_certificate_tables():
    folder = ROOT / "tests/fuzz/corpus/snp_certificate_table"
    folder.mkdir(exist_ok=True)
    (folder / "big_endian").write_bytes(certificate_table(False))
    (folder / "mixed_endian").write_bytes(certificate_table(True))


def main():
    write_certificate_tables()
    milan, genoa, turin = (Product(product) for product in SVNS)
    made = {
        "milan_v2": milan.evidence(2),
        "milan_v2_masked": milan.evidence(2, is_masked=True),
        "milan_v3_debug": milan.evidence(3, policy=0xb0000),
        "milan_v3_vlek": milan.evidence(3, is_vlek=True),
        "genoa_v3_lists": genoa.evidence(3, lists=genoa.lists(of_root=[9], of_ask=[9])),
        "refused_ask_revoked": genoa.evidence(3, lists=genoa.lists(of_root=[2])),
        "refused_vek_revoked": genoa.evidence(3, lists=genoa.lists(of_ask=[77])),
        "turin_v5": turin.evidence(5),
    }
    for folder in ("snp_verify", "snp_report"):
        (ROOT / "tests/fuzz/corpus" / folder).mkdir(exist_ok=True)
    for file, (one, rest) in made.items():
        (ROOT / "tests/fuzz/corpus/snp_verify" / file).write_bytes(one + rest)
        if not file.startswith("refused"):
            (ROOT / "tests/fuzz/corpus/snp_report" / file).write_bytes(one)
    rows = []
    for one in (milan, genoa, turin):
        key = one.ark_key.public_key().public_bytes(DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        rows.append(f'    {{"{one.product}", "{hashlib.sha256(key).hexdigest()}"}},\n')
    (ROOT / "tests/support/snp_test_roots.hpp").write_text(
        "/// The keys of the roots of the evidence in tests/fuzz/corpus/snp_verify; written by make_snp_evidence.py.\n#pragma once\n\n"
        "#include <array>\n#include <string_view>\n\nnamespace redoubt::tests {\n\n"
        "struct SnpTestRoot {\n    std::string_view product;\n    std::string_view key_sha256;\n};\n\n"
        "inline constexpr auto kSnpTestRoots = std::to_array<SnpTestRoot>({\n" + "".join(rows)
        + "});\n\n}  // namespace redoubt::tests\n")


if __name__ == "__main__":
    main()
