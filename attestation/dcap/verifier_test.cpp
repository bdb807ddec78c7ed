#include <attestation/dcap/verifier.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <attestation/dcap/quote.hpp>
#include <attestation/x509/pem.hpp>
#include <primitives/hex.hpp>
#include <tests/support/dcap_evidence.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::attestation::dcap {
namespace {

using testing::IsEmpty;

constexpr VerificationTime kLastSecond{2398377600};  // 2046-01-01, the end of all that the test root signed

/// A kept input of the fuzz target dcap_verify, taken apart.
struct Evidence {
    explicit Evidence(const std::string& name)
        : file(tests::read_file(tests::source_folder() / "tests/fuzz/corpus/dcap_verify" / name)) {
        const auto parts = tests::split_dcap_evidence(bytes_of(file)).value();
        quote = to_bytes(parts.quote);
        collateral = parse_collateral(parts.collateral).value();
        setting.type = parts.type();
    }
    [[nodiscard]] Verdict verify() const { return verify_quote(quote, collateral, setting); }
    [[nodiscard]] Result<VerifiedCollateral> verified_collateral() const {
        CheckLog log{kChecks};
        return VerifiedCollateral::verify(collateral, setting.roots, setting.time, setting.tolerances, log);
    }

    std::string file;
    Bytes quote;
    Collateral collateral;
    Setting setting{.time = tests::kDcapTestTime, .roots = tests::dcap_test_roots()};
};

std::optional<Reason> reason(const Verdict& verdict) {
    return verdict.refusal ? std::optional{verdict.refusal->reason} : std::nullopt;
}

/// The quote of version 3 with other certification data, which nobody signs.
Bytes with_certification(const Bytes& quote, std::uint16_t type, ByteView data) {
    const auto parsed = parse_quote(quote).value();
    const auto start = static_cast<std::size_t>(parsed.certification_data.data() - quote.data()) - 6;
    Bytes out{quote.begin(), quote.begin() + static_cast<std::ptrdiff_t>(start)};
    const auto put_le = [](Bytes& to, std::size_t at, std::size_t value, std::size_t bytes) {
        for (std::size_t i = 0; i < bytes; ++i) {
            to[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
        }
    };
    out.resize(start + 6);
    put_le(out, start, type, 2);
    put_le(out, start + 2, data.size(), 4);
    append(out, data);
    put_le(out, 432, out.size() - 436, 4);
    return out;
}

/// The PEM blocks of the quote's chain.
std::vector<std::string> pem_blocks(const Bytes& quote) {
    constexpr std::string_view kEnd = "-----END CERTIFICATE-----\n";
    const auto parsed = parse_quote(quote).value();
    auto text = std::string{text_of(parsed.certification_data)};
    std::vector<std::string> out;
    for (auto end = text.find(kEnd); end != std::string::npos; end = text.find(kEnd)) {
        out.push_back(text.substr(0, end + kEnd.size()));
        text.erase(0, end + kEnd.size());
    }
    return out;
}

class EveryKind : public testing::TestWithParam<const char*> {};

TEST_P(EveryKind, is_verified_with_nothing_left_to_do) {
    const Evidence evidence{GetParam()};
    const auto verdict = evidence.verify();
    ASSERT_TRUE(verdict.is_verified()) << reason_code(*reason(verdict));
    const bool is_td = evidence.setting.type == EvidenceType::kTdxDcap;
    for (const auto& check : verdict.checks) {
        const bool is_needed = is_td || check.name != "tdx_module";
        EXPECT_EQ(check.outcome, is_needed ? CheckOutcome::kPassed : CheckOutcome::kNotNeeded) << check.name;
    }
    EXPECT_EQ(verdict.tcb->status, TcbStatus::kUpToDate);
    EXPECT_EQ(verdict.tcb->platform.levels_behind, 0U);
    EXPECT_EQ(verdict.tcb->tdx_module.has_value(), is_td);
    EXPECT_EQ(verdict.tcb->evaluation_data_number, 19U);
    EXPECT_EQ(to_utc(verdict.collateral->oldest_issue), "2026-01-01T00:00:00Z");
    EXPECT_EQ(verdict.collateral->earliest_expiry, kLastSecond);
    EXPECT_FALSE(verdict.collateral->is_expired);
    EXPECT_EQ(verdict.platform.has_smt, false);
    EXPECT_EQ(verdict.platform.is_dynamic, true);
    EXPECT_TRUE(verdict.is_hardware);
    EXPECT_EQ(measurement(verdict.claims).size(), is_td ? 48U : 32U);
    EXPECT_EQ(report_data(verdict.claims).size(), 64U);
    EXPECT_THAT(advice(verdict), IsEmpty());
}

TEST_P(EveryKind, is_refused_when_sent_as_the_other_tee) {
    Evidence evidence{GetParam()};
    evidence.setting.type =
        evidence.setting.type == EvidenceType::kTdxDcap ? EvidenceType::kSgxDcap : EvidenceType::kTdxDcap;
    EXPECT_EQ(reason(evidence.verify()), Reason::kQuoteBodyInvalid);
}

TEST_P(EveryKind, is_refused_under_the_real_root) {
    const Evidence evidence{GetParam()};
    const Setting real{.type = evidence.setting.type, .time = evidence.setting.time};
    EXPECT_EQ(reason(verify_quote(evidence.quote, evidence.collateral, real)), Reason::kChainUntrusted);
    const auto collateral = evidence.verified_collateral();
    ASSERT_OK(collateral);
    EXPECT_EQ(reason(verify_quote(evidence.quote, collateral.value(), real)), Reason::kChainUntrusted);
}

INSTANTIATE_TEST_SUITE_P(Dcap,
                         EveryKind,
                         testing::Values("sgx_v3", "sgx_v4", "sgx_v5", "tdx_v4", "tdx_v5", "td15_v5"));

struct Attack {
    const char* name;
    Reason reason;
};

/// Evidence of a platform whose every signature is genuine, and that is wrong in one thing.
class EveryAttack : public testing::TestWithParam<Attack> {};

TEST_P(EveryAttack, is_refused_for_its_reason) {
    EXPECT_EQ(reason(Evidence{GetParam().name}.verify()), GetParam().reason);
}

TEST_P(EveryAttack, is_refused_with_collateral_that_was_verified_before) {
    const Evidence evidence{GetParam().name};
    const auto collateral = evidence.verified_collateral();
    if (!collateral) {
        EXPECT_ERROR(collateral, GetParam().reason);
        return;
    }
    EXPECT_EQ(reason(verify_quote(evidence.quote, collateral.value(), evidence.setting)), GetParam().reason);
}

TEST_P(EveryAttack, is_refused_without_the_chain_of_the_second_list) {
    Evidence evidence{GetParam().name};
    evidence.collateral.pck_crl_issuer_chain.clear();
    EXPECT_EQ(reason(evidence.verify()), GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    Dcap,
    EveryAttack,
    testing::Values(Attack{"refused_qe_debug", Reason::kQeDebug},  // below a mask that does not cover the bit
                    Attack{"refused_qe_attribute", Reason::kQeIdentityMismatch},
                    Attack{"refused_qe_misc_select", Reason::kQeIdentityMismatch},
                    Attack{"refused_qe_signer", Reason::kQeIdentityMismatch},
                    Attack{"refused_qe_product", Reason::kQeIdentityMismatch},
                    Attack{"refused_qe_report_data", Reason::kQeReportDataMismatch},  // in its last byte
                    Attack{"refused_pck_is_ca", Reason::kPckProfileInvalid},
                    Attack{"refused_pck_key_usage", Reason::kPckProfileInvalid},
                    Attack{"refused_pck_curve", Reason::kPckProfileInvalid},
                    Attack{"refused_pck_critical", Reason::kChainConstraintViolation},
                    Attack{"refused_tcb_signer_is_ca", Reason::kCollateralSignerInvalid},
                    Attack{"refused_tcb_signer_key_usage", Reason::kCollateralSignerInvalid},
                    Attack{"refused_tcb_signer_critical", Reason::kChainConstraintViolation},
                    Attack{"refused_tcb_signer_expired", Reason::kCertNotValidAtTime},
                    Attack{"refused_other_root", Reason::kChainUntrusted},
                    Attack{"refused_tcb_signer_revoked", Reason::kCertRevoked},
                    Attack{"refused_pck_ca_revoked", Reason::kCertRevoked},
                    Attack{"refused_pck_revoked", Reason::kCertRevoked},
                    Attack{"refused_root_list_of_the_future", Reason::kCrlNotValidAtTime},
                    Attack{"refused_pck_list_of_the_future", Reason::kCrlNotValidAtTime}),
    [](const auto& attack) { return std::string{attack.param.name}; });

// The CA comes twice: above the platform, and above the list. In the second place it is another certificate
// of the same name and key, and that one has to be as good as the first.
TEST(DcapVerifier, refuses_a_certificate_above_the_second_list_that_may_sign_none) {
    EXPECT_EQ(reason(Evidence{"list_by_another_certificate"}.verify()), std::nullopt);
    for (const auto& [name, expected] :
         {Attack{"refused_list_ca_revoked", Reason::kCertRevoked},
          Attack{"refused_list_ca_is_none", Reason::kChainConstraintViolation},
          Attack{"refused_list_ca_critical", Reason::kChainConstraintViolation},
          Attack{"refused_list_ca_signs_no_lists", Reason::kCrlSignatureInvalid},
          Attack{"refused_list_ca_expired", Reason::kCertNotValidAtTime}}) {
        Evidence evidence{name};
        EXPECT_EQ(reason(evidence.verify()), expected) << name;
        // Without it the CA above the platform judges the list.
        evidence.collateral.pck_crl_issuer_chain.clear();
        EXPECT_EQ(reason(evidence.verify()), std::nullopt) << name;
    }
}

// A quote that is genuine under its own root, with collateral that is genuine under another.
TEST(DcapVerifier, refuses_collateral_that_was_verified_under_another_root) {
    const auto collateral = Evidence{"sgx_v3"}.verified_collateral();
    ASSERT_OK(collateral);
    Evidence other{"refused_other_root"};
    const auto root = x509::read_pem_chain(pem_blocks(other.quote).back()).value();
    const auto roots = TrustRoots::with_intel_root(to_bytes(root.front().bytes())).value();
    const Setting setting{.time = other.setting.time, .roots = roots};
    EXPECT_EQ(reason(verify_quote(other.quote, other.collateral, setting)), std::nullopt);
    const auto verdict = verify_quote(other.quote, collateral.value(), setting);
    EXPECT_EQ(reason(verdict), Reason::kChainUntrusted);
    const auto* failed = &*std::ranges::find(verdict.checks, CheckOutcome::kFailed, &Check::outcome);
    EXPECT_EQ(failed->name, "tcb_info") << "before anything of the quote's own was looked at";
}

// MODE64BIT is outside of the identity's mask.
TEST(DcapVerifier, takes_a_quoting_enclave_that_differs_where_the_mask_does_not_look) {
    EXPECT_EQ(reason(Evidence{"qe_attribute_beyond_the_mask"}.verify()), std::nullopt);
}

// Its root allows no CA between itself and a leaf, and the PCK CA is one.
TEST(DcapVerifier, refuses_a_path_that_is_longer_than_its_root_allows) {
    Evidence evidence{"refused_path_length"};
    const auto root = x509::read_pem_chain(pem_blocks(evidence.quote).back()).value();
    const auto roots = TrustRoots::with_intel_root(to_bytes(root.front().bytes())).value();
    const Setting setting{.time = evidence.setting.time, .roots = roots};
    EXPECT_EQ(reason(verify_quote(evidence.quote, evidence.collateral, setting)),
              Reason::kChainConstraintViolation);
}

TEST(DcapVerifier, refuses_a_damaged_list_of_the_root) {
    Evidence evidence{"sgx_v3"};
    auto& list = evidence.collateral.root_ca_crl;
    list = parse_hex(text_of(list)).value();
    EXPECT_EQ(reason(evidence.verify()), std::nullopt);
    list.back() ^= 1;  // the end of its signature
    EXPECT_EQ(reason(evidence.verify()), Reason::kCrlSignatureInvalid);
}

TEST(DcapVerifier, takes_both_ends_of_the_time_and_nothing_beyond) {
    Evidence evidence{"sgx_v3"};
    evidence.setting.time = kLastSecond;
    EXPECT_TRUE(evidence.verify().is_verified());
    evidence.setting.time = {kLastSecond.unix_seconds + 1};
    EXPECT_EQ(reason(evidence.verify()), Reason::kTcbInfoExpired);
    evidence.setting.time = *parse_utc("2026-01-01T00:00:00Z");
    EXPECT_TRUE(evidence.verify().is_verified());
    evidence.setting.time.unix_seconds -= 1;
    EXPECT_EQ(reason(evidence.verify()), Reason::kTcbInfoNotYetValid);
}

TEST(DcapVerifier, grants_certificates_and_lists_no_grace) {
    Evidence evidence{"sgx_v3"};
    evidence.setting.time = {kLastSecond.unix_seconds + 1};
    evidence.setting.tolerances.collateral_grace_s = 1000;
    EXPECT_EQ(reason(evidence.verify()), Reason::kCertNotValidAtTime);
}

TEST(DcapVerifier, checks_the_time_again_when_everything_is_known) {
    Evidence evidence{"tdx_v4"};
    const auto collateral = evidence.verified_collateral();
    ASSERT_OK(collateral);
    PckCache cache{4};
    evidence.setting.pck_cache = &cache;
    const auto verify = [&] {
        return reason(verify_quote(evidence.quote, collateral.value(), evidence.setting));
    };
    EXPECT_EQ(verify(), std::nullopt);
    EXPECT_EQ(verify(), std::nullopt);
    evidence.setting.time = {kLastSecond.unix_seconds + 1};
    EXPECT_EQ(verify(), Reason::kTcbInfoExpired);
    evidence.setting.tolerances.collateral_grace_s = 1000;
    EXPECT_EQ(verify(), Reason::kCertNotValidAtTime);
}

TEST(DcapVerifier, needs_both_revocation_lists) {
    for (const auto list : {&Collateral::root_ca_crl, &Collateral::pck_crl}) {
        Evidence evidence{"sgx_v3"};
        (evidence.collateral.*list).clear();
        EXPECT_EQ(reason(evidence.verify()), Reason::kCrlMissing);
        evidence.collateral.*list = to_bytes(bytes_of("30"));
        EXPECT_EQ(reason(evidence.verify()), Reason::kCrlMalformed);
    }
    Evidence evidence{"sgx_v3"};
    std::swap(evidence.collateral.root_ca_crl, evidence.collateral.pck_crl);
    EXPECT_EQ(reason(evidence.verify()), Reason::kCrlMissing);
}

TEST(DcapVerifier, needs_no_chain_for_the_second_list) {
    Evidence evidence{"sgx_v3"};
    evidence.collateral.pck_crl_issuer_chain.clear();
    EXPECT_EQ(reason(evidence.verify()), std::nullopt);
    evidence.collateral.pck_crl[evidence.collateral.pck_crl.size() - 10] ^= 1;
    EXPECT_NE(reason(evidence.verify()), std::nullopt);
}

TEST(DcapVerifier, verifies_two_signers_when_the_chains_differ) {
    Evidence evidence{"sgx_v3"};
    evidence.collateral.qe_identity.issuer_chain += "\n";
    EXPECT_EQ(reason(evidence.verify()), std::nullopt);
    evidence.collateral.qe_identity.issuer_chain = evidence.collateral.pck_crl_issuer_chain;
    EXPECT_EQ(reason(evidence.verify()), Reason::kCollateralSignerInvalid);
}

TEST(DcapVerifier, takes_the_chain_from_the_collateral_for_a_lone_leaf) {
    Evidence evidence{"sgx_v3"};
    const auto blocks = pem_blocks(evidence.quote);
    ASSERT_EQ(blocks.size(), 3U);
    evidence.quote = with_certification(evidence.quote, 4, bytes_of(blocks[0]));
    EXPECT_EQ(reason(evidence.verify()), Reason::kPckChainMissing);
    evidence.collateral.pck_certificate_chain = blocks[1] + blocks[2];
    EXPECT_EQ(reason(evidence.verify()), std::nullopt);
    evidence.collateral.pck_certificate_chain = blocks[0] + blocks[1];
    EXPECT_EQ(reason(evidence.verify()), std::nullopt);
    evidence.collateral.pck_certificate_chain = blocks[2];
    EXPECT_EQ(reason(evidence.verify()), Reason::kChainUntrusted);
}

TEST(DcapVerifier, takes_a_certificate_that_is_the_named_platforms) {
    Evidence evidence{"sgx_v3"};
    const auto blocks = pem_blocks(evidence.quote);
    // PPID, CPUSVN, PCESVN, PCEID as make_dcap_evidence.py sets them.
    Bytes named(36);
    for (std::size_t i = 0; i < 16; ++i) {
        named[i] = static_cast<std::uint8_t>(i);
    }
    const Bytes cpu_svn{5, 5, 2, 2, 3, 1, 0, 3};
    std::ranges::copy(cpu_svn, named.begin() + 16);
    named[32] = 11;
    evidence.collateral.pck_certificate_chain = blocks[0] + blocks[1] + blocks[2];
    const auto original = evidence.quote;
    evidence.quote = with_certification(original, 1, named);
    EXPECT_EQ(reason(evidence.verify()), std::nullopt);
    for (const std::size_t place : {0U, 16U, 32U, 34U}) {
        auto other = named;
        other[place] ^= 1;
        evidence.quote = with_certification(original, 1, other);
        EXPECT_EQ(reason(evidence.verify()), Reason::kPckCertDataMismatch) << place;
    }
    // An encrypted PPID cannot be compared; the rest can.
    auto encrypted = Bytes(256, 0xee);
    append(encrypted, ByteView{named}.subspan(16));
    evidence.quote = with_certification(original, 2, encrypted);
    EXPECT_EQ(reason(evidence.verify()), std::nullopt);
    evidence.quote = with_certification(original, 3, encrypted);
    EXPECT_EQ(reason(evidence.verify()), Reason::kQuoteMalformed);
}

TEST(DcapVerifier, refuses_paths_that_are_too_short_or_too_long) {
    Evidence evidence{"sgx_v3"};
    const auto blocks = pem_blocks(evidence.quote);
    const auto with_chain = [&](const std::string& chain) {
        return reason(verify_quote(with_certification(evidence.quote, 5, bytes_of(chain)),
                                   evidence.collateral, evidence.setting));
    };
    EXPECT_EQ(with_chain(blocks[0] + blocks[1]), std::nullopt) << "the root may be left out";
    EXPECT_EQ(with_chain(blocks[0]), Reason::kChainUntrusted);
    EXPECT_EQ(with_chain(blocks[0] + blocks[1] + blocks[2] + blocks[2]), Reason::kChainUntrusted);
    EXPECT_EQ(with_chain(blocks[0] + blocks[1] + blocks[1]), Reason::kChainUntrusted);
    EXPECT_EQ(with_chain(blocks[1] + blocks[0] + blocks[2]), Reason::kChainUntrusted);
    EXPECT_EQ(with_chain(blocks[1] + blocks[2]), Reason::kChainUntrusted);
}

// The same bytes, cut elsewhere or sent as another type, are another chain.
TEST(DcapVerifier, does_not_mistake_one_chain_for_another_that_it_knows) {
    PckCache cache{4};
    Evidence evidence{"sgx_v3"};
    evidence.setting.pck_cache = &cache;
    const auto blocks = pem_blocks(evidence.quote);
    const auto verify = [&](std::uint16_t type, const std::string& inside, const std::string& outside) {
        evidence.collateral.pck_certificate_chain = outside;
        return reason(verify_quote(with_certification(evidence.quote, type, bytes_of(inside)),
                                   evidence.collateral, evidence.setting));
    };
    EXPECT_EQ(verify(5, blocks[0] + blocks[1] + blocks[2], {}), std::nullopt);
    EXPECT_EQ(verify(5, blocks[0] + blocks[1], blocks[2]), std::nullopt)
        << "the chain from outside is unused";
    EXPECT_EQ(verify(4, blocks[0] + blocks[1], blocks[2]), Reason::kMalformed) << "of another type";
    EXPECT_EQ(verify(4, blocks[0], blocks[1] + blocks[2]), std::nullopt);
    EXPECT_EQ(verify(4, blocks[0] + blocks[1], blocks[2]), Reason::kMalformed) << "cut elsewhere";
    EXPECT_EQ(verify(4, blocks[0] + blocks[1] + blocks[2], {}), Reason::kPckChainMissing) << "cut elsewhere";
}

TEST(PckCache, keeps_a_bounded_number_and_gives_up_the_oldest) {
    PckCache cache{2};
    Evidence evidence{"sgx_v3"};
    const auto make = [&] {
        auto chain = find_pck_chain(parse_quote(evidence.quote).value(), {}).value();
        return std::make_shared<const PckCertificate>(
            PckCertificate::verify_chain(std::move(chain), evidence.setting.roots, nullptr,
                                         evidence.setting.time)
                .value());
    };
    const auto key = [](std::uint8_t first) { return Hash256{{first}}; };
    for (std::uint8_t i = 1; i <= 3; ++i) {
        cache.insert(key(i), make());
    }
    EXPECT_EQ(cache.find(key(1)), nullptr);
    EXPECT_NE(cache.find(key(2)), nullptr);
    EXPECT_NE(cache.find(key(3)), nullptr);
    PckCache none{0};
    none.insert(key(1), make());
    EXPECT_EQ(none.find(key(1)), nullptr);
}

}  // namespace
}  // namespace redoubt::attestation::dcap
