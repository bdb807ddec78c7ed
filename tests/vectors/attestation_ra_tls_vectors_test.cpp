// TLS certificates with evidence over vectors/attestation. The index has no collateral for their quotes, so
// what is compared is what they hold and what binds it; verification as a whole is tested in
// attestation/ra_tls.
#include <gtest/gtest.h>

#include <attestation/dcap/quote.hpp>
#include <attestation/policy/policy.hpp>
#include <attestation/ra_tls/certificate_evidence.hpp>
#include <primitives/hex.hpp>
#include <tests/vectors/attestation_support.hpp>

namespace redoubt::attestation {
namespace {

using nlohmann::json;
using tests::VectorCount;
using vectors::Index;

bool is_ra_tls(const json& entry) {
    return entry.at("kind").get<std::string>().starts_with("ratls-cert");
}

/// The dotted form of an OID's content octets.
std::string dotted(ByteView oid) {
    std::vector<std::uint64_t> arcs(1, 0);
    for (const auto byte : oid) {
        arcs.back() = (arcs.back() << 7U) | (byte & 0x7fU);
        if ((byte & 0x80U) == 0) {
            arcs.push_back(0);
        }
    }
    arcs.pop_back();
    const auto first = std::min<std::uint64_t>(arcs.front() / 40, 2);
    auto out = std::to_string(first) + "." + std::to_string(arcs.front() - 40 * first);
    for (std::size_t i = 1; i < arcs.size(); ++i) {
        out += "." + std::to_string(arcs[i]);
    }
    return out;
}

/// A certificate, taken apart.
struct Case {
    x509::Certificate certificate;
    ra_tls::CertificateEvidence evidence;
    dcap::Quote quote;

    [[nodiscard]] const SgxClaims& enclave() const { return std::get<SgxClaims>(quote.body); }
    /// What the certificate's evidence is refused for; nullopt when it is bound.
    [[nodiscard]] std::optional<Reason> violated_binding() const {
        const auto report_data = enclave().report_data.view();
        if (const auto claims = ra_tls::check_claims_bound(*evidence.dice, report_data); !claims) {
            return reason_of(claims.error());
        }
        if (const auto key = ra_tls::check_key_bound(evidence, report_data, certificate.public_key_info());
            !key) {
            return reason_of(key.error());
        }
        if (!certificate.is_signed_by(certificate.public_key().value())) {
            return Reason::kRatlsSelfSignatureInvalid;
        }
        return std::nullopt;
    }
};

Case take_apart(Bytes bytes) {
    auto certificate = x509::Certificate::decode_of_peer(std::move(bytes)).value();
    auto evidence = ra_tls::read_certificate_evidence(certificate).value();
    auto quote = dcap::parse_quote(evidence.evidence).value();
    return {std::move(certificate), evidence, std::move(quote)};
}

json fields_of(const Case& one) {
    const auto hash = [](ByteView bytes) { return to_hex(sha2_256({bytes}).view()); };
    json oids = json::array();
    for (const auto& extension : one.certificate.extensions()) {
        if (const auto oid = dotted(extension.oid); !oid.starts_with("2.5.29.")) {
            oids.push_back(oid);
        }
    }
    return {{"spki_sha256", hash(one.certificate.public_key_info())},
            {"quote_sha256", hash(one.evidence.evidence)},
            {"claims_sha256", hash(one.evidence.dice->claims_bytes)},
            {"report_data", to_hex(one.enclave().report_data.view())},
            {"mrenclave", to_hex(one.enclave().mr_enclave.view())},
            {"extension_oids", oids}};
}

/// The rules that the default policy finds violated, once the quote is taken for verified.
std::set<std::string> violated_rules(const Case& one) {
    Verdict verdict;
    verdict.refusal.reset();
    if (const auto reason = one.violated_binding()) {
        verdict.refusal = Refusal{*reason, {}};
    }
    verdict.is_hardware = true;
    verdict.is_debug = one.enclave().is_debug();
    verdict.claims = one.enclave();
    std::set<std::string> out;
    for (const auto reason : violations(verdict, Policy{}, {})) {
        out.emplace(reason_code(reason));
    }
    return out;
}

TEST(RaTlsVectors, hold_and_bind_what_the_index_says) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    for (const auto& entry : index.entries()) {
        if (!is_ra_tls(entry)) {
            continue;
        }
        const auto one = take_apart(index.bytes(entry, "certificate"));
        const auto& expect = entry.at("expect");
        const auto actual = fields_of(one);
        bool passed = true;
        for (const auto& [name, value] : actual.items()) {
            EXPECT_EQ(value, expect.at("fields").at(name)) << entry.at("id") << " " << name;
            passed = passed && value == expect.at("fields").at(name);
        }
        const auto& binding = expect.at("binding");
        const auto violated = one.violated_binding();
        EXPECT_EQ(!violated, binding.at("verified").get<bool>()) << entry.at("id");
        passed = passed && (!violated || reason_code(*violated) == binding.at("reason"));
        passed =
            passed && violated_rules(one) == expect.at("policy").at("reasons").get<std::set<std::string>>();
        count.record(entry.at("kind"), entry.at("id"), passed);
    }
}

TEST(RaTlsVectors, changed_in_one_bit_are_not_bound) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, one bit changed"};
    for (const auto& entry : index.entries()) {
        if (!is_ra_tls(entry) || !entry.at("expect").at("binding").at("verified").get<bool>()) {
            continue;
        }
        const auto whole = index.bytes(entry, "certificate");
        for (std::size_t at = 0; at < whole.size(); at += 29) {
            auto changed = whole;
            changed[at] ^= static_cast<std::uint8_t>(1U << (at % 8));
            const auto certificate = x509::Certificate::decode_of_peer(changed);
            const auto key =
                certificate ? certificate.value().public_key() : Result<PublicKey>{Reason::kMalformed};
            count.record("certificates with evidence",
                         entry.at("id").get<std::string>() + " at " + std::to_string(at),
                         !key || !certificate.value().is_signed_by(key.value()));
        }
    }
}

}  // namespace
}  // namespace redoubt::attestation
