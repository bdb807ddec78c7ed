#!/usr/bin/env python3
"""Makes TPM quotes and a paravisor's composite evidence, under keys of its own, for tests that have no vectors.

    python3 tests/support/make_tpm_evidence.py

writes tests/fuzz/corpus/tpm_quote/* (evidence in CBOR), tests/fuzz/corpus/paravisor/* (a u32 little-endian length, the evidence
in CBOR, then VEK, ASK and ARK each after its length, or the collateral of the TD's quote), the blobs alone to
tests/fuzz/corpus/hcl_report/, and tests/support/tpm_test_keys.hpp. The keys are thrown away, so running it again replaces all
of it. Needs the Python package `cryptography`; tests and builds do not.
"""
import base64
import hashlib
import json
import struct

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

import make_dcap_evidence as dcap
import make_snp_evidence as snp
from cbor_encoder import cbor, head
from header_text import hex_constant, write_header

DER = serialization.Encoding.DER
SHA256, SHA384 = 0x000b, 0x000c
BANKS = {SHA256: hashlib.sha256, SHA384: hashlib.sha384}


def mapping(members):
    return head(5, len(members)) + b"".join(cbor(name) + value for name, value in members.items())


def public_key_info(key):
    return key.public_key().public_bytes(DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def sized(value):
    return struct.pack(">H", len(value)) + value


def pcr_value(bank, index):
    return BANKS[bank](b"test register %d" % index).digest()


def attest(selection, extra_data=b"challenge", digest=hashlib.sha256, magic=0xff544347, kind=0x8018):
    out = struct.pack(">IH", magic, kind) + sized(struct.pack(">H", SHA256) + bytes(32)) + sized(extra_data)
    out += struct.pack(">QIIBQ", 123456789, 7, 3, 1, 0x2019102300163636) + struct.pack(">I", len(selection))
    for bank, indices in selection:
        bitmap = sum(1 << index for index in indices)
        out += struct.pack(">HB", bank, 3) + bitmap.to_bytes(3, "little")
    values = b"".join(pcr_value(bank, index) for bank, indices in selection for index in sorted(indices))
    return out + sized(digest(values).digest())


def rsassa(key, message):
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def tpmt_rsassa(key, message):
    return struct.pack(">HH", 0x0014, SHA256) + sized(rsassa(key, message))


def tpmt_ecdsa(key, message):
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA384())))
    return struct.pack(">HH", 0x0018, SHA384) + b"".join(sized(n.to_bytes((n.bit_length() + 7) // 8, "big")) for n in (r, s))


def pcrs(selection):
    rows = [head(4, 3) + head(0, bank) + head(0, index) + cbor(pcr_value(bank, index)) for bank, indices in selection
            for index in indices]
    return head(4, len(rows)) + b"".join(rows)


def quote(message, signature, selection, form="signature"):
    return mapping({"attest": cbor(message), form: cbor(signature), "pcrs": pcrs(selection)})


ORDINARY = [(SHA256, range(24))]
TWO_BANKS = [(SHA384, [0, 4, 7]), (SHA256, [14])]


def tpm_quotes(rsa_key, ec_key):
    plain = attest(ORDINARY)
    banks = attest(TWO_BANKS, digest=hashlib.sha384)
    certified = attest(ORDINARY, kind=0x8017)
    foreign = attest(ORDINARY, magic=0xff544348)
    return {
        "rsassa": quote(plain, tpmt_rsassa(rsa_key, plain), ORDINARY),
        "bare_rsassa": quote(plain, rsassa(rsa_key, plain), ORDINARY, form="rsassa"),
        "ecdsa_two_banks": quote(banks, tpmt_ecdsa(ec_key, banks), TWO_BANKS + [(SHA256, [3])]),
        "refused_no_quote": quote(certified, tpmt_rsassa(rsa_key, certified), ORDINARY),
        "refused_not_of_a_tpm": quote(foreign, tpmt_rsassa(rsa_key, foreign), ORDINARY),
        "refused_missing_register": quote(plain, tpmt_rsassa(rsa_key, plain), [(SHA256, range(23))]),
        "refused_register_twice": quote(plain, tpmt_rsassa(rsa_key, plain), ORDINARY + [(SHA256, [3])]),
        "refused_other_hash": quote(banks, tpmt_rsassa(rsa_key, banks), TWO_BANKS),
    }


def base64url(number):
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).decode().rstrip("=")


def web_key(kid, key):
    numbers = key.public_key().public_numbers()
    return {"kid": kid, "key_ops": ["sign"], "kty": "RSA", "e": base64url(numbers.e), "n": base64url(numbers.n)}


def hcl(kind, hardware, claims, version=1):
    area = hardware + bytes(1184 - len(hardware))
    runtime = struct.pack("<5I", 20 + len(claims), 1, kind, 1, len(claims)) + claims
    return b"HCLA" + struct.pack("<III", version, 32 + len(area) + len(runtime), 2) + bytes(16) + area + runtime + bytes(64)


def local_td_report(report_data, td_info):
    tcb_info = bytes(239)
    out = bytearray(1024)
    out[0] = 0x81
    out[32:80], out[80:128] = hashlib.sha384(tcb_info).digest(), hashlib.sha384(td_info).digest()
    out[128:192] = report_data
    out[512:1024] = td_info
    return bytes(out)


def composite(blob, tpm, td_quote=None):
    members = {"hcl_report": cbor(blob), "tpm": tpm}
    return mapping(members | ({"td_quote": cbor(td_quote)} if td_quote else {}))


def framed(evidence, endorsements):
    return struct.pack("<I", len(evidence)) + evidence + endorsements


def snp_evidence(claims, product, vmpl=0):
    """The blob of an SEV-SNP guest, with the certificates of its report. The paravisor's level is 0."""
    key = ec.generate_private_key(ec.SECP384R1())
    certificate = snp.vek("Milan", False, key, product.ask_name, product.ask_key, product.chip_id)
    digest = hashlib.sha256(claims).digest() + bytes(32)
    report = snp.report(3, "Milan", key, product.chip_id, report_data=digest, vmpl=vmpl)
    chain = [one.public_bytes(DER) for one in (certificate, product.ask, product.ark)]
    return hcl(2, report, claims), b"".join(struct.pack("<I", len(part)) + part for part in chain)


def td_evidence(claims):
    """The blob of a TD with its quote, collateral and root."""
    platform = dcap.Platform(revoked=0)
    digest = hashlib.sha256(claims).digest() + bytes(32)
    body = bytearray(dcap.td_body(False))
    body[520:584] = digest
    made = dcap.quote(4, bytes(body), True, platform.pck_key, platform.chain)
    blob = hcl(4, local_td_report(digest, bytes(512)), claims, version=2)
    return blob, made, platform.collateral(True), platform.root


def write(folder, files):
    path = dcap.ROOT / "tests/fuzz/corpus" / folder
    path.mkdir(exist_ok=True)
    for file, content in files.items():
        (path / file).write_bytes(content)


def main():
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    ec_key = ec.generate_private_key(ec.SECP384R1())
    quotes = tpm_quotes(rsa_key, ec_key)
    write("tpm_quote", quotes)

    other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = json.dumps({"keys": [web_key("HCLEkPub", other_key), web_key("HCLAkPub", rsa_key)],
                         "vm-configuration": {"secure-boot": True}}, separators=(",", ":")).encode()
    product = snp.Product("Milan")
    blob, certificates = snp_evidence(claims, product)
    guest_blob, guest_certificates = snp_evidence(claims, product, vmpl=2)
    td_blob, td_quote, collateral, root = td_evidence(claims)
    foreign = attest(ORDINARY)
    changed = bytearray(blob)
    changed[1236 + claims.index(b"true")] ^= 0x20
    write("paravisor", {
        "snp": framed(composite(blob, quotes["bare_rsassa"]), certificates),
        "tdx": framed(composite(td_blob, quotes["bare_rsassa"], td_quote), collateral),
        "refused_claims_changed": framed(composite(bytes(changed), quotes["bare_rsassa"]), certificates),
        "refused_other_key": framed(composite(blob, quote(foreign, tpmt_rsassa(other_key, foreign), ORDINARY)), certificates),
        "refused_guest_level": framed(composite(guest_blob, quotes["bare_rsassa"]), guest_certificates),
        "refused_td_without_quote": framed(composite(td_blob, quotes["bare_rsassa"]), collateral),
    })
    write("hcl_report", {"snp": blob, "tdx": td_blob})
    ark_key = hashlib.sha256(public_key_info(product.ark_key)).digest()
    write_header(dcap.ROOT / "tests/support/tpm_test_keys.hpp",
                 "The keys above the evidence in tests/fuzz/corpus/tpm_quote and paravisor; written by make_tpm_evidence.py.",
                 [hex_constant("kTpmTestRsaKey", public_key_info(rsa_key)), hex_constant("kTpmTestEcKey", public_key_info(ec_key)),
                  hex_constant("kParavisorTestArkKeySha256", ark_key),
                  hex_constant("kParavisorTestIntelRoot", root.public_bytes(DER))])


if __name__ == "__main__":
    main()
