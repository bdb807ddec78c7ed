// TLS certificates with evidence over vectors/attestation. The index has no collateral for their quotes, so
// what is compared is what they hold and what binds it; verification as a whole is tested in
// attestation/ra_tls.
#include <gtest/gtest.h>

#include <attestation/dcap/quote.hpp>
#include <attestation/policy/policy.hpp>
#include <attestation/ra_tls/certificate_evidence.hpp>
#include <attestation/ra_tls/verifier.hpp>
#include <primitives/hex.hpp>
#include <tests/support/ra_tls_evidence.hpp>
#include <tests/vectors/attestation_layouts.hpp>

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
    vectors::Flips flips;
    for (const auto& entry : index.entries()) {
        if (!is_ra_tls(entry) || !entry.at("expect").at("binding").at("verified").get<bool>()) {
            continue;
        }
        auto bytes = index.bytes(entry, "certificate");
        const auto is_refused = [&] {
            const auto certificate = x509::Certificate::decode_of_peer(bytes);
            const auto key =
                certificate ? certificate.value().public_key() : Result<PublicKey>{Reason::kMalformed};
            return !key || !certificate.value().is_signed_by(key.value());
        };
        ASSERT_FALSE(is_refused());
        flips.each("certificates with evidence", entry.at("id"), bytes, vectors::der_fields(bytes),
                   is_refused);
        const auto one = take_apart(bytes);
        const auto at = [&](ByteView part) {
            return static_cast<std::size_t>(part.data() - one.certificate.bytes().data());
        };
        flips.each("quotes in certificates", entry.at("id"), bytes,
                   vectors::moved(vectors::quote_fields(one.quote), at(one.evidence.evidence)), is_refused);
        const auto claims = one.evidence.dice->claims_bytes;
        flips.each("claims in certificates", entry.at("id"), bytes,
                   vectors::each_byte(claims.size(), at(claims)), is_refused);
    }
}

// The index has no collateral for its certificates, so these are kept inputs, verified as a whole.
TEST(KeptRaTlsCertificates, are_refused_whichever_field_is_changed) {
    vectors::Flips flips;
    for (const auto& file :
         std::filesystem::directory_iterator{tests::source_folder() / "tests/fuzz/corpus/ra_tls"}) {
        const auto text = tests::read_file(file.path());
        const auto parts = tests::split_ra_tls_evidence(bytes_of(text)).value();
        const Endorsements endorsements = dcap::parse_collateral(parts.collateral).value();
        auto certificate = to_bytes(parts.certificate);
        const auto is_refused = [&] {
            return !ra_tls::verify_certificate(
                        certificate, endorsements,
                        {.time = tests::kRaTlsTestTime, .roots = tests::ra_tls_test_roots()})
                        .is_verified();
        };
        const auto name = file.path().filename().string();
        EXPECT_EQ(is_refused(), name.starts_with("refused_")) << name;
        if (is_refused()) {
            continue;
        }
        flips.each("kept certificates", name, certificate, vectors::der_fields(certificate), is_refused);
        const auto decoded = x509::Certificate::decode_of_peer(certificate).value();
        const auto evidence = ra_tls::read_certificate_evidence(decoded).value().evidence;
        const auto quote = dcap::parse_quote(evidence).value();
        const auto at = static_cast<std::size_t>(evidence.data() - decoded.bytes().data());
        flips.each("quotes in kept certificates", name, certificate,
                   vectors::moved(vectors::quote_fields(quote), at), is_refused);
    }
}

}  // namespace
}  // namespace redoubt::attestation
