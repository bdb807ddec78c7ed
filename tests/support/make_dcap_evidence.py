#!/usr/bin/env python3
"""Makes DCAP evidence under a root of its own, for tests that have no vectors: quotes of each version and their collateral.

    python3 tests/support/make_dcap_evidence.py

writes tests/fuzz/corpus/dcap_verify/* (a u32 little-endian length, the quote, the collateral container), the certificates and
lists of these to tests/fuzz/corpus/x509/, and tests/support/dcap_test_root.hpp. Each file refused_* is genuine in all but the one thing that its name says. The keys are thrown
away, so running it again replaces all of it.

    python3 tests/support/make_dcap_evidence.py attester

writes tests/e2e/support/attester.json: another root, collateral, a quote, and the attestation key of its platform, with
which the end-to-end tests sign quotes of enclaves that they start (attester.py).

    python3 tests/support/make_dcap_evidence.py self_test

writes attestation/self_test/synthetic_dcap.hpp, which a program refuses each time it starts: a third root, and a quote of SGX.
Needs the Python package `cryptography`; tests and builds do not.
"""
import datetime
import hashlib
import json
import pathlib
import struct
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
UTC = datetime.timezone.utc
START = datetime.datetime(2026, 1, 1, tzinfo=UTC)
END = datetime.datetime(2046, 1, 1, tzinfo=UTC)
FMSPC, PCEID = bytes.fromhex("0123456789ab"), bytes.fromhex("0000")
SGX_SVN = [5, 5, 2, 2, 3, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0]
PCESVN = 11
QE_SIGNER, TD_QE_SIGNER = hashlib.sha256(b"test quoting enclave").digest(), hashlib.sha256(b"test TD quoting enclave").digest()
VENDOR = bytes.fromhex("939a7233f79c4ca9940a0db3957f0607")
QE_AUTH = bytes(range(32))


def new_key():
    return ec.generate_private_key(ec.SECP256R1())


def point(key):
    numbers = key.public_key().public_numbers()
    return numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def sign(key, message):
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def name(common):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common),
                      x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Redoubt tests")])


def tlv(tag, content):
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def integer(value, tag=2):
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


SGX_OID = bytes.fromhex("2a864886f84d010d01")


def member(value, *arcs):
    return tlv(0x30, tlv(6, SGX_OID + bytes(arcs)) + value)


def sgx_extension():
    tcb = b"".join(member(integer(svn), 2, i + 1) for i, svn in enumerate(SGX_SVN))
    tcb += member(integer(PCESVN), 2, 17) + member(tlv(4, bytes(SGX_SVN)), 2, 18)
    configuration = b"".join(member(tlv(1, bytes([value])), 7, i + 1) for i, value in enumerate([0xff, 0xff, 0]))
    return tlv(0x30, member(tlv(4, bytes(range(16))), 1) + member(tlv(0x30, tcb), 2) + member(tlv(4, PCEID), 3)
               + member(tlv(4, FMSPC), 4) + member(integer(1, tag=0x0a), 5) + member(tlv(4, bytes(16)), 6)
               + member(tlv(0x30, configuration), 7))


def usage(**set_bits):
    bits = dict.fromkeys(["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                          "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"], False)
    return x509.KeyUsage(**{**bits, **set_bits})


SIGNS_DATA, ISSUES = ("digital_signature", "content_commitment"), ("key_cert_sign", "crl_sign")


def certificate(subject, key, issuer, issuer_key, path_length=None, extension=None, bits=None, critical=None, end=END):
    """A CA when it has a path length, a signer of data otherwise; `critical` is an extension that nobody knows."""
    is_ca = path_length is not None
    bits = bits or (ISSUES if is_ca else SIGNS_DATA)
    builder = (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
               .serial_number(x509.random_serial_number()).not_valid_before(START).not_valid_after(end)
               .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
               .add_extension(usage(**dict.fromkeys(bits, True)), True)
               .add_extension(x509.BasicConstraints(is_ca, path_length), True))
    if extension:
        builder = builder.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.840.113741.1.13.1"), extension), False)
    if critical:
        builder = builder.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("2.25.1"), critical), True)
    return builder.sign(issuer_key, hashes.SHA256())


def revocation_list(issuer, issuer_key, count, revoked=(), start=START):
    """Of `count` serial numbers that are nobody's, and those of the certificates `revoked`."""
    builder = (x509.CertificateRevocationListBuilder().issuer_name(name(issuer)).last_update(start).next_update(END)
               .add_extension(x509.CRLNumber(1), False)
               .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False))
    for serial in [x509.random_serial_number() for _ in range(count)] + [one.serial_number for one in revoked]:
        builder = builder.add_revoked_certificate(x509.RevokedCertificateBuilder().serial_number(serial)
                                                  .revocation_date(START).add_extension(x509.CRLReason(x509.ReasonFlags.unspecified),
                                                                                        False).build())
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def pem(*certificates):
    return "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in certificates)


def compact(value):
    return json.dumps(value, separators=(",", ":"))


DATES = {"issueDate": "2026-01-01T00:00:00Z", "nextUpdate": "2046-01-01T00:00:00Z"}


def level(status, svns, tdx=None, pcesvn=PCESVN, advisories=()):
    tcb = {"sgxtcbcomponents": [{"svn": svn} for svn in svns], "pcesvn": pcesvn}
    if tdx is not None:
        tcb["tdxtcbcomponents"] = [{"svn": svn, "category": "OS/VMM", "type": "TDX Module"} for svn in tdx]
    out = {"tcb": tcb, "tcbDate": "2025-05-14T00:00:00Z", "tcbStatus": status}
    if advisories:
        out["advisoryIDs"] = list(advisories)
    return out


def svn_level(isvsvn, status):
    return {"tcb": {"isvsvn": isvsvn}, "tcbDate": "2025-05-14T00:00:00Z", "tcbStatus": status}


def tcb_info(is_tdx):
    older = [max(svn - 1, 0) for svn in SGX_SVN]
    tdx = [[5, 1, 2] + [0] * 13, [3, 0, 2] + [0] * 13] if is_tdx else [None, None]
    out = {"id": "TDX" if is_tdx else "SGX", "version": 3, **DATES, "fmspc": FMSPC.hex(), "pceId": PCEID.hex(), "tcbType": 0,
           "tcbEvaluationDataNumber": 19}
    if is_tdx:
        module = {"mrsigner": "00" * 48, "attributes": "00" * 8, "attributesMask": "ff" * 8}
        out["tdxModule"] = module
        out["tdxModuleIdentities"] = [{"id": "TDX_01", **module, "tcbLevels": [svn_level(5, "UpToDate"), svn_level(3, "OutOfDate")]}]
    out["tcbLevels"] = [level("UpToDate", SGX_SVN, tdx[0]),
                        level("OutOfDate", older, tdx[1], advisories=["INTEL-SA-00001", "INTEL-SA-00002"])]
    return compact(out)


def identity(is_tdx, first_mask="fb"):
    return compact({"id": "TD_QE" if is_tdx else "QE", "version": 2, **DATES, "tcbEvaluationDataNumber": 19, "miscselect": "00" * 4,
                    "miscselectMask": "ff" * 4, "attributes": "11" + "00" * 15, "attributesMask": first_mask + "ff" * 7 + "00" * 8,
                    "mrsigner": (TD_QE_SIGNER if is_tdx else QE_SIGNER).hex(), "isvprodid": 2 if is_tdx else 1,
                    "tcbLevels": [svn_level(8, "UpToDate"), svn_level(4, "OutOfDate")]})


def sgx_body(flags, signer, prod_id, svn, report_data, misc_select=0):
    body = bytearray(384)
    body[0:16] = bytes(SGX_SVN)
    body[16:20] = struct.pack("<I", misc_select)
    body[48:64] = struct.pack("<QQ", flags, 0xe7)
    body[64:96] = hashlib.sha256(b"test enclave").digest()
    body[128:160] = signer
    body[256:260] = struct.pack("<HH", prod_id, svn)
    body[320:384] = report_data
    return bytes(body)


def td_body(is_15):
    body = bytearray(648 if is_15 else 584)
    body[0:3] = bytes([5, 1, 2])
    body[120:128] = struct.pack("<Q", 1 << 28)
    body[128:136] = struct.pack("<Q", 0x61ae7)
    for i in range(8):
        body[136 + 48 * i:184 + 48 * i] = hashlib.sha384(b"test register %d" % i).digest()
    body[520:584] = hashlib.sha512(b"test report data").digest()
    if is_15:
        body[584:587] = bytes([5, 1, 2])
    return bytes(body)


def quote(version, body, is_tdx, pck_key, chain, key=None, qe_flags=0x11, qe_signer=None, qe_product=None, qe_misc_select=0,
          qe_data_end=bytes(32)):
    key = key or new_key()
    qe_signer = qe_signer or (TD_QE_SIGNER if is_tdx else QE_SIGNER)
    qe_product = qe_product or (2 if is_tdx else 1)
    header = struct.pack("<HHIHH", version, 2, 0x81 if is_tdx else 0, 0, 0) + VENDOR + bytes(20)
    if version == 5:
        header += struct.pack("<HI", {384: 1, 584: 2, 648: 3}[len(body)], len(body))
    bound = hashlib.sha256(point(key) + QE_AUTH).digest() + qe_data_end
    qe = sgx_body(qe_flags, qe_signer, qe_product, 8, bound, qe_misc_select)
    certified = qe + sign(pck_key, qe) + struct.pack("<H", len(QE_AUTH)) + QE_AUTH + struct.pack("<HI", 5, len(chain)) + chain
    if version > 3:
        certified = struct.pack("<HI", 6, len(certified)) + certified
    auth = sign(key, header + body) + point(key) + certified
    return header + body + struct.pack("<I", len(auth)) + auth


class Platform:
    """A root of its own, a platform below it, and collateral for both."""

    root_name, ca_name = "Redoubt Test Root CA", "Redoubt Test PCK CA"

    def __init__(self, revoked=20, root_path_length=1):
        self.root_key, self.ca_key, self.pck_key, self.signer_key = (new_key() for _ in range(4))
        self.root = certificate(self.root_name, self.root_key, self.root_name, self.root_key, path_length=root_path_length)
        self.ca = certificate(self.ca_name, self.ca_key, self.root_name, self.root_key, path_length=0)
        self.pck, self.signer = self.pck_leaf(), self.tcb_signer()
        self.lists = {"root_ca_crl": self.root_list(min(revoked, 1)), "pck_crl": self.pck_list(revoked),
                      "pck_crl_issuer_chain": pem(self.ca, self.root)}
        self.chain = self.chain_of(self.pck)

    def root_list(self, count=0, **parts):
        return revocation_list(self.root_name, self.root_key, count, **parts).hex()

    def pck_list(self, count=0, **parts):
        return revocation_list(self.ca_name, self.ca_key, count, **parts).hex()

    def pck_leaf(self, key=None, **parts):
        return certificate("Intel SGX PCK Certificate", key or self.pck_key, self.ca_name, self.ca_key, extension=sgx_extension(),
                           **parts)

    def tcb_signer(self, **parts):
        return certificate("Intel SGX TCB Signing", self.signer_key, self.root_name, self.root_key, **parts)

    def other_ca(self, path_length=0, **parts):
        """The same CA, of the same key, in another certificate."""
        return certificate(self.ca_name, self.ca_key, self.root_name, self.root_key, path_length, **parts)

    def chain_of(self, leaf):
        return pem(leaf, self.ca, self.root).encode() + b"\0"

    def collateral(self, is_tdx, first_mask="fb", signer=None, **lists):
        out = {}
        for member_name, text in (("tcb_info", tcb_info(is_tdx)), ("qe_identity", identity(is_tdx, first_mask))):
            out |= {member_name: text, member_name + "_signature": sign(self.signer_key, text.encode()).hex(),
                    member_name + "_issuer_chain": pem(signer or self.signer, self.root)}
        return compact(out | self.lists | lists).encode()

    def framed(self, made, is_tdx, **collateral):
        return struct.pack("<I", len(made)) + made + self.collateral(is_tdx, **collateral)


def refused(platform, enclave):
    """Quotes of one platform that are genuine in all but one thing, and one that differs in nothing that counts."""
    def made(**qe):
        return quote(3, enclave, False, platform.pck_key, platform.chain, **qe)

    def below(leaf):
        return platform.framed(quote(3, enclave, False, platform.pck_key, platform.chain_of(leaf)), False)

    def signed_by(**parts):
        return platform.framed(made(), False, signer=platform.tcb_signer(**parts))

    def listed_by(ca, **lists):
        return platform.framed(made(), False, pck_crl_issuer_chain=pem(ca, platform.root), **lists)

    shallow, future = Platform(root_path_length=0), START.replace(year=2030)
    other_ca, other_curve, other_root = platform.other_ca(), ec.generate_private_key(ec.SECP384R1()), Platform()
    return {
        "qe_attribute_beyond_the_mask": platform.framed(made(qe_flags=0x15), False),
        "refused_qe_attribute": platform.framed(made(qe_flags=0x91), False),
        "refused_qe_debug": platform.framed(made(qe_flags=0x13), False, first_mask="f9"),
        "refused_qe_misc_select": platform.framed(made(qe_misc_select=1), False),
        "refused_qe_product": platform.framed(made(qe_product=3), False),
        "refused_qe_report_data": platform.framed(made(qe_data_end=bytes(31) + b"\1"), False),
        "refused_qe_signer": platform.framed(made(qe_signer=hashlib.sha256(b"somebody").digest()), False),
        "refused_pck_ca_revoked": platform.framed(made(), False, root_ca_crl=platform.root_list(revoked=[platform.ca])),
        "refused_pck_revoked": platform.framed(made(), False, pck_crl=platform.pck_list(revoked=[platform.pck])),
        "refused_tcb_signer_revoked": platform.framed(made(), False, root_ca_crl=platform.root_list(revoked=[platform.signer])),
        "refused_pck_is_ca": below(platform.pck_leaf(path_length=0, bits=SIGNS_DATA)),
        "refused_pck_key_usage": below(platform.pck_leaf(bits=("content_commitment",))),
        "refused_pck_curve": below(platform.pck_leaf(other_curve)),
        "refused_pck_critical": below(platform.pck_leaf(critical=b"\5\0")),
        "refused_tcb_signer_is_ca": signed_by(path_length=0, bits=SIGNS_DATA),
        "refused_tcb_signer_key_usage": signed_by(bits=("content_commitment",)),
        "refused_tcb_signer_critical": signed_by(critical=b"\5\0"),
        "refused_tcb_signer_expired": signed_by(end=START.replace(month=2)),
        "list_by_another_certificate": listed_by(other_ca),
        "refused_list_ca_revoked": listed_by(other_ca, root_ca_crl=platform.root_list(revoked=[other_ca])),
        "refused_list_ca_is_none": listed_by(platform.other_ca(path_length=None, bits=ISSUES)),
        "refused_list_ca_critical": listed_by(platform.other_ca(critical=b"\5\0")),
        "refused_list_ca_signs_no_lists": listed_by(platform.other_ca(bits=("key_cert_sign",))),
        "refused_list_ca_expired": listed_by(platform.other_ca(end=START.replace(month=2))),
        "refused_root_list_of_the_future": platform.framed(made(), False, root_ca_crl=platform.root_list(start=future)),
        "refused_pck_list_of_the_future": platform.framed(made(), False, pck_crl=platform.pck_list(start=future)),
        "refused_other_root": other_root.framed(quote(3, enclave, False, other_root.pck_key, other_root.chain), False),
        "refused_path_length": shallow.framed(quote(3, enclave, False, shallow.pck_key, shallow.chain), False),
    }


def attester():
    platform, key = Platform(), new_key()
    body = sgx_body(0x5, hashlib.sha256(b"test signer").digest(), 7, 3, bytes(64))
    made = quote(3, body, False, platform.pck_key, platform.chain, key)
    (ROOT / "tests/e2e/support/attester.json").write_text(json.dumps({
        "root": platform.root.public_bytes(serialization.Encoding.DER).hex(), "quote": made.hex(),
        "attestation_key": key.private_numbers().private_value.to_bytes(32, "big").hex(),
        "collateral": platform.collateral(False).decode()}, indent=1) + "\n")


def constant(about, constant_name, lines):
    return f"/// {about}\ninline constexpr std::string_view {constant_name}{{\n    " + "\n    ".join(lines) + "};\n"


def of_pem(text):
    return [f'"{line}\\n"' for line in text.splitlines()]


def of_hex(data):
    return [f'"{data.hex()[i:i + 96]}"' for i in range(0, 2 * len(data), 96)]


def of_json(text):
    return [f'R"({text[i:i + 94]})"' for i in range(0, len(text), 94)]


def self_test():
    platform = Platform(revoked=0)
    body = sgx_body(0x5, hashlib.sha256(b"test signer").digest(), 7, 3, bytes(64))
    made = quote(3, body, False, platform.pck_key, platform.chain)
    parts = [constant("The made-up root.", "kRoot", of_pem(pem(platform.root))),
             constant("Issues the platform's certificate.", "kPlatformCa", of_pem(pem(platform.ca))),
             constant("Of the platform.", "kPlatform", of_pem(pem(platform.pck))),
             constant("Signs the documents.", "kDocumentSigner", of_pem(pem(platform.signer))),
             constant("Of the root.", "kRootRevocations", of_hex(bytes.fromhex(platform.lists["root_ca_crl"]))),
             constant("Of the platform's issuer.", "kPlatformRevocations", of_hex(bytes.fromhex(platform.lists["pck_crl"])))]
    for constant_name, text in (("TcbInfo", tcb_info(False)), ("QuotingEnclave", identity(False))):
        parts += [constant("What the document signer signed, and its signature.", "k" + constant_name, of_json(text)),
                  f"inline constexpr std::string_view k{constant_name}Signature{{\n    "
                  + "\n    ".join(of_hex(sign(platform.signer_key, text.encode()))) + "};\n"]
    parts.append(constant("A quote of SGX up to the certificates of its platform, which follow as PEM with a zero byte.", "kQuote",
                          of_hex(made[:-len(platform.chain)])))
    (ROOT / "attestation/self_test/synthetic_dcap.hpp").write_text(
        "/// A quote and its collateral under a root of their own, valid in everything else until 2046. The keys were\n"
        "/// thrown away. Written by tests/support/make_dcap_evidence.py.\n#pragma once\n\n#include <string_view>\n\n"
        "namespace redoubt::attestation::synthetic {\n\n" + "\n".join(parts) + "\n}  // namespace redoubt::attestation::synthetic\n")


def main():
    if sys.argv[1:] == ["attester"]:
        attester()
        return
    if sys.argv[1:] == ["self_test"]:
        self_test()
        return
    platform = Platform()
    enclave = sgx_body(0x5, hashlib.sha256(b"test signer").digest(), 7, 3, hashlib.sha512(b"test report data").digest())
    corpus = ROOT / "tests/fuzz/corpus/dcap_verify"
    for file, version, body, is_tdx in (("sgx_v3", 3, enclave, False), ("sgx_v4", 4, enclave, False), ("sgx_v5", 5, enclave, False),
                                        ("tdx_v4", 4, td_body(False), True), ("tdx_v5", 5, td_body(False), True),
                                        ("td15_v5", 5, td_body(True), True)):
        made = quote(version, body, is_tdx, platform.pck_key, platform.chain)
        (corpus / file).write_bytes(platform.framed(made, is_tdx))
    for file, content in refused(platform, enclave).items():
        (corpus / file).write_bytes(content)
    der = platform.root.public_bytes(serialization.Encoding.DER)
    parts = {"leaf": platform.pck.public_bytes(serialization.Encoding.DER), "ca": platform.ca.public_bytes(serialization.Encoding.DER),
             "root": der, "chain": platform.chain[:-1], "root_list": bytes.fromhex(platform.lists["root_ca_crl"]),
             "pck_list_hex": platform.lists["pck_crl"].encode()}
    for file, content in parts.items():
        (ROOT / "tests/fuzz/corpus/x509" / file).write_bytes(content)
    lines = [", ".join(f"0x{byte:02x}" for byte in der[i:i + 16]) for i in range(0, len(der), 16)]
    (ROOT / "tests/support/dcap_test_root.hpp").write_text(
        "/// The root of the evidence in tests/fuzz/corpus/dcap_verify; written by make_dcap_evidence.py.\n#pragma once\n\n"
        "#include <array>\n#include <cstdint>\n\nnamespace redoubt::tests {\n\n"
        "inline constexpr auto kDcapTestRoot = std::to_array<std::uint8_t>({\n    " + ",\n    ".join(lines)
        + ",\n});\n\n}  // namespace redoubt::tests\n")


if __name__ == "__main__":
    main()
