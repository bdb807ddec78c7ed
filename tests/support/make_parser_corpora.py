#!/usr/bin/env python3
"""Cuts the kept inputs of fuzz targets for parts out of those for wholes.

    python3 tests/support/make_parser_corpora.py

A parser that is reached only through another one, behind lengths that have to add up or a signature, has a fuzz target of
its own; its inputs are the parts that the kept inputs of the outer one hold. Run it again after any make_*_evidence.py.
"""
import base64
import json
import pathlib
import struct

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT / "tests/fuzz/corpus"


def kept(name):
    return (CORPUS / name).read_bytes()


def keep(name, content):
    path = CORPUS / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def sized_parts(content):
    """Parts that each stand behind their length."""
    while content:
        size = struct.unpack_from("<I", content)[0]
        yield content[4:4 + size]
        content = content[4 + size:]


def der_content(content):
    """The content of the first element."""
    if content[1] < 0x80:
        return content[2:2 + content[1]]
    digits = content[1] & 0x7f
    size = int.from_bytes(content[2:2 + digits], "big")
    return content[2 + digits:2 + digits + size]


def cbor_item(content):
    """The first item as a value, and what follows it."""
    major, info, content = content[0] >> 5, content[0] & 0x1f, content[1:]
    width = {24: 1, 25: 2, 26: 4}.get(info, 0)
    number, content = (int.from_bytes(content[:width], "big") if width else info), content[width:]
    if major in (2, 3):
        return content[:number], content[number:]
    if major == 6:
        return cbor_item(content)
    if major in (4, 5):
        items = []
        for _ in range(number * (major - 3)):
            item, content = cbor_item(content)
            items.append(item)
        return (dict(zip(items[::2], items[1::2])) if major == 5 else items), content
    return number, content


def collateral_parts():
    for name in ("sgx_v3", "td15_v5"):
        quote_bytes = struct.unpack_from("<I", kept(f"dcap_verify/{name}"))[0]
        yield name, kept(f"dcap_verify/{name}")[4 + quote_bytes:]


def x509_parts():
    chain = kept("x509/chain")
    keep("pem/chain", chain)
    keep("pem/text_between", b"subject\n" + chain.replace(b"-----BEGIN", b"issuer\r\n-----BEGIN", 1) + b"\n\0")
    keep("pem/public_key", "-----BEGIN PUBLIC KEY-----\nAwD7\n7/8=\n-----END PUBLIC KEY-----\n")
    keep("pem/base64", "AwD77/8=")
    for name in ("pck_list_hex", "root_list"):
        keep(f"revocation_list/{name}", kept(f"x509/{name}"))
    leaf = kept("x509/leaf")
    at = leaf.index(bytes.fromhex("06092a864886f84d010d01")) + 11  # behind the OID 1.2.840.113741.1.13.1
    keep("pck_extension/leaf", der_content(leaf[at:]))


def dcap_parts():
    for name in ("tcb_info_sgx", "tcb_info_tdx", "version_2"):
        keep(f"tcb_info/{name}", kept(f"attestation_json/{name}"))
    for name in ("identity_sgx", "identity_tdx"):
        keep(f"enclave_identity/{name}", kept(f"attestation_json/{name}"))
    for name, collateral in collateral_parts():
        keep(f"endorsements/{name}", collateral)


def snp_parts():
    for name in ("milan_v2", "milan_v3_vlek", "turin_v5"):
        keep(f"vek_extensions/{name}", next(sized_parts(kept(f"snp_verify/{name}")[1184:])))
    bundle = json.loads(kept("evidence_bundle/snp_bound"))
    keep("endorsements/snp", json.dumps(bundle["endorsements"], separators=(",", ":")))


def tpm_parts():
    for name in ("rsassa", "ecdsa_two_banks", "refused_no_quote"):
        evidence = cbor_item(kept(f"tpm_quote/{name}"))[0]
        keep(f"tpm_attest/{name}", evidence[b"attest"])
        keep(f"tpm_attest/{name}_signature", evidence[b"signature"])
    for name in ("snp", "tdx"):
        blob = kept(f"hcl_report/{name}")
        size = struct.unpack_from("<I", blob, 1232)[0]
        keep(f"runtime_claims/{name}", blob[1236:1236 + size])
    keep("td_report/azure", kept("hcl_report/tdx")[32:32 + 1024])


def ra_tls_parts():
    for name in ("dice_sgx", "dice_tdx", "refused_claims"):
        certificate = next(sized_parts(kept(f"ra_tls/{name}")))
        at = certificate.index(b"\xd9\xea\x60")
        evidence, rest = cbor_item(certificate[at:])
        keep(f"dice_evidence/{name}", certificate[at:len(certificate) - len(rest)])
        keep(f"dice_evidence/{name}_only_claims", evidence[1])


def with_report_data(content, at):
    """Evidence that vouches for the bytes that a played TEE is asked about."""
    return content[:at] + b"\x52" * 64 + content[at + 64:]


def played(*parts):
    """What a TEE says (tests/support/played_tee.hpp): each part behind its length, an error as its number."""
    return b"".join(struct.pack("<H", 0xff00 + part - 1) if isinstance(part, int) else struct.pack("<H", len(part)) + part
                    for part in parts)


def quoting_service_reply(quote, failure=0):
    body = struct.pack("<HHIIIII", 1, 1, 1, 24 + 2 + len(quote), failure, 2, len(quote)) + b"qe" + quote
    return struct.pack(">I", len(body)) + body


def firmware_answer(answer, error=0, host_error=0, certificates_bytes=0):
    return struct.pack("<BII", error, host_error, certificates_bytes) + answer


def produced_evidence():
    no_entry, busy, io = 2, 16, 5
    sgx = with_report_data(kept("dcap_quote/sgx_v3"), 48 + 320)
    tdx = with_report_data(kept("dcap_quote/tdx_v4"), 48 + 520)
    td15 = with_report_data(kept("dcap_quote/td15_v5"), 54 + 520)
    snp = with_report_data(kept("snp_report/milan_v2"), 0x50)
    table = kept("snp_certificate_table/mixed_endian")

    keep("tdx_guest/v4", played(no_entry, quoting_service_reply(tdx)))
    keep("tdx_guest/v5_padded", played(b"# where\nport = 4051\n", quoting_service_reply(td15 + bytes(70))))
    keep("tdx_guest/busy_first", played(b"port=4050", busy, quoting_service_reply(tdx)))
    keep("tdx_guest/refused", played(no_entry, quoting_service_reply(b"", 0x11001)))
    keep("tdx_guest/no_port", played(b"port=4294967295\n"))

    report = struct.pack("<II24x", 0, len(snp)) + snp
    key = firmware_answer(struct.pack("<I28x", 0) + bytes(range(32)))
    keep("sev_guest/report", played(firmware_answer(report), b"", key))
    keep("sev_guest/certificates", played(firmware_answer(report, certificates_bytes=4096), table, key))
    keep("sev_guest/no_room", played(firmware_answer(b"", io, 1, 20480), firmware_answer(report, certificates_bytes=20480), table, key))
    keep("sev_guest/busy_first", played(firmware_answer(b"", io, 2), firmware_answer(report), b"", key))
    keep("sev_guest/refused", played(firmware_answer(struct.pack("<II", 0x16, 0)), b"", firmware_answer(struct.pack("<I", 0x16))))

    tdx_name, snp_name = b"tdx_guest\n", b"sev_guest\n"
    keep("configfs_tsm/tdx", played(tdx_name, tdx_name, b"0\n", tdx + bytes(8), no_entry, b"1\n"))
    keep("configfs_tsm/snp", played(snp_name, snp_name, b"41\n", snp, table, b"42\n"))
    keep("configfs_tsm/interfered", played(snp_name, snp_name, b"1\n", snp, table, b"3\n", snp_name, b"3\n", snp, b"", b"4\n"))
    keep("configfs_tsm/busy_first", played(tdx_name, tdx_name, b"0", busy, tdx_name, b"0", tdx, b"", b"1"))
    keep("configfs_tsm/unknown", played(b"someone\n"))

    measured = sgx[48 + 64:48 + 96]
    target = measured + bytes(512 - 32)
    own = sgx[48:48 + 384] + bytes(48)
    keep("gramine/dcap", played(b"dcap\n", target, own, sgx + bytes(100), bytes(range(16))))
    keep("gramine/busy_first", played(b"dcap", target, own, busy, sgx, no_entry))
    keep("gramine/none", played(b"none\n"))


def texts():
    for example in sorted((ROOT / "policy-file/examples").glob("*.toml")):
        keep(f"policy_toml/{example.stem}", example.read_bytes())
    keep("policy_toml/wrong_word", 'format = "redoubt-policy/1"\n[tcb]\nstatuses = ["Uptodate"]\n')
    keep("policy_toml/wrong_key", 'format = "redoubt-policy/1"\n[snp]\n"floors\\u0007" = true\n')
    keep("policy_toml/control_character", 'format = "redoubt-policy/1"\na = \x1b[31m\n')
    keep("policy_toml/no_toml", 'format = "redoubt-policy/1"\n[tcb\n')
    evidence = kept("keystone_report/short")[:96]
    digits = base64.b64encode(evidence).decode()
    keep("text_form/binary", evidence)
    keep("text_form/hex", "0x" + evidence.hex())
    keep("text_form/hex_lines", "\r\n".join(evidence.hex()[at:at + 64] for at in range(0, 192, 64)))
    keep("text_form/base64", digits)
    keep("text_form/base64_url", base64.urlsafe_b64encode(evidence[:95]).decode().rstrip("="))
    keep("text_form/pem", f"a quote\n-----BEGIN QUOTE-----\n{digits[:64]}\n{digits[64:]}\n-----END QUOTE-----\n")
    for name, time in (("ordinary", "2026-11-20T08:05:01Z"), ("leap_day", "2028-02-29T23:59:59Z"), ("epoch", "1970-01-01T00:00:00Z"),
                       ("no_day", "2027-02-29T00:00:00Z"), ("offset", "2026-11-20T08:05:01+01:00")):
        keep(f"utc_time/{name}", time)


def main():
    x509_parts()
    dcap_parts()
    snp_parts()
    tpm_parts()
    ra_tls_parts()
    produced_evidence()
    texts()


if __name__ == "__main__":
    main()
