#include <node/registration.hpp>
#include <node/registration_proof.hpp>
#include <node/test_roots.hpp>
#include <node/test_support.hpp>

#include <attestation/dcap/quote.hpp>

#include <sys/stat.h>
#include <fstream>
#include <tests/support/dcap_evidence.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::node {
namespace {

using redoubt::tests::dcap_test_roots;
using redoubt::tests::kDcapTestTime;
using tests::is_problem;
using tests::TemporaryFolder;

constexpr auto kNowMs = static_cast<std::uint64_t>(kDcapTestTime.unix_seconds) * 1'000;

/// A quote of version 3 under the test root, its collateral, and the enclave that it speaks of.
struct Sample {
    Sample() {
        file = redoubt::tests::read_file(redoubt::tests::source_folder() /
                                         "tests/fuzz/corpus/dcap_verify/sgx_v3");
        const auto evidence = redoubt::tests::split_dcap_evidence(bytes_of(file));
        EXPECT_TRUE(evidence.has_value());
        quote = to_bytes(evidence->quote);
        containers = {std::string{evidence->collateral}};
        const auto parsed = attestation::dcap::parse_quote(quote).value();
        const auto& claims = std::get<attestation::SgxClaims>(parsed.body);
        who.account = AccountId::copy_of(claims.report_data.view().first<32>());
        who.measurement = claims.mr_enclave;
    }
    [[nodiscard]] Outcome<RegistrationProof> check(
        std::uint64_t now_ms = kNowMs,
        const attestation::TrustRoots& roots = dcap_test_roots()) const {
        asked = 0;
        const auto next = [this]() -> std::optional<Outcome<std::string>> {
            ++asked;
            return asked > containers.size() ? std::nullopt : std::optional{containers[asked - 1]};
        };
        return check_quote(quote, next, who, now_ms, roots);
    }
    [[nodiscard]] std::string refusal(std::uint64_t now_ms = kNowMs) const {
        const auto checked = check(now_ms);
        return checked ? "" : checked.error().cause;
    }

    std::string file;
    Bytes quote;
    std::vector<Outcome<std::string>> containers;
    mutable std::size_t asked = 0;  ///< for how many containers, and once more for the end
    Registrant who;
};

bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(RegistrationProof, takes_a_quote_with_its_collateral) {
    const Sample sample;
    const auto proof = sample.check();
    ASSERT_TRUE(proof.has_value()) << proof.error().cause;
    EXPECT_EQ(proof.value().method, AttestationMethod::kDcap);
    EXPECT_EQ(proof.value().proof, sample.quote);
    EXPECT_EQ(proof.value().status, "UpToDate");
    EXPECT_FALSE(proof.value().is_debug);
    ASSERT_EQ(proof.value().collateral.size(), 2U);
    EXPECT_EQ(proof.value().collateral[0].kind, boundary::CollateralKind::kQuotingEnclave);
    EXPECT_EQ(proof.value().collateral[1].kind, boundary::CollateralKind::kTcbInfo);
    EXPECT_EQ(proof.value().collateral[1].signature.size(), 64U);
    EXPECT_GT(proof.value().collateral[1].next_update_ms, kNowMs);
    EXPECT_GT(proof.value().expires_ms, kNowMs);
}

TEST(RegistrationProof, rejects_a_quote_of_another_account_or_enclave) {
    Sample sample;
    sample.who.account.bytes[0] ^= 1;
    EXPECT_TRUE(says(sample.refusal(), "vouches for the account"));
    sample = Sample{};
    sample.who.measurement.bytes[0] ^= 1;
    EXPECT_TRUE(says(sample.refusal(), "is of the enclave"));
}

TEST(RegistrationProof, rejects_what_the_library_refuses_with_its_reason_and_remedy) {
    Sample sample;
    sample.quote.at(48 + 64) ^= 1;
    const auto refused = sample.check();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().exit_code, ExitCode::kChain);
    EXPECT_TRUE(says(refused.error().cause, "QUOTE_SIGNATURE_INVALID")) << refused.error().cause;
    EXPECT_FALSE(refused.error().remedy.empty());
    EXPECT_TRUE(says(Sample{}.refusal(1'000), "NOT_YET_VALID"));
    EXPECT_TRUE(says(Sample{}.refusal(kNowMs * 2), "EXPIRED"));
    const auto by_intel = Sample{}.check(kNowMs, attestation::TrustRoots::built_in());
    ASSERT_FALSE(by_intel.has_value());
    EXPECT_TRUE(says(by_intel.error().cause, "CHAIN_UNTRUSTED")) << by_intel.error().cause;
}

TEST(RegistrationProof, rejects_quotes_that_only_the_registry_does_not_take) {
    Sample sample;
    sample.quote.push_back(0);  // a transport's padding
    EXPECT_TRUE(says(sample.refusal(), "the registry does not take"));
}

TEST(RegistrationProof, looks_through_all_containers) {
    Sample sample;
    const Problem unreadable{ExitCode::kUsage, "this one cannot be read", "Look."};
    sample.containers.insert(sample.containers.begin(), {std::string{"{}"}, unreadable});
    EXPECT_EQ(sample.refusal(), "");
    sample.containers.pop_back();
    EXPECT_TRUE(says(sample.refusal(), "this one cannot be read"));
    sample.containers.pop_back();
    EXPECT_TRUE(says(sample.refusal(), "the collateral is refused"));
    sample.containers.clear();
    EXPECT_TRUE(says(sample.refusal(), "no collateral"));
}

// Containers may be long and many: one at a time is held, and none is read in vain.
TEST(RegistrationProof, reads_no_container_after_the_one_that_fits) {
    Sample sample;
    sample.containers.insert(sample.containers.begin(), std::string{"{}"});
    sample.containers.emplace_back(std::string{"{}"});
    EXPECT_EQ(sample.refusal(), "");
    EXPECT_EQ(sample.asked, 2U);
}

TEST(RegistrationProof, is_read_from_files) {
    if (!has_test_roots()) {
        GTEST_SKIP() << "this build takes no root of tests (REDOUBT_SIMULATED_EVIDENCE)";
    }
    const TemporaryFolder folder;
    const Sample sample;
    const AttestationOptions options{AttestationMethod::kDcap, folder.path() / "collateral",
                                     folder.path() / "quote", folder.path() / "root.der"};
    EXPECT_TRUE(says(read_proof(options, sample.who, kNowMs).error().cause, "quote cannot be read"));
    const auto write = [](const std::filesystem::path& path, ByteView bytes) {
        std::ofstream{path, std::ios::binary} << text_of(bytes);
    };
    write(options.evidence, sample.quote);
    write(options.test_root, redoubt::tests::kDcapTestRoot);
    EXPECT_TRUE(says(read_proof(options, sample.who, kNowMs).error().cause, "cannot be read"));
    std::filesystem::create_directory(options.collateral);
    EXPECT_TRUE(says(read_proof(options, sample.who, kNowMs).error().cause, "holds no collateral"));
    write(options.collateral / "notes.txt", bytes_of(std::string_view{"nothing"}));
    write(options.collateral / "platform.json", bytes_of(sample.containers.front().value()));
    EXPECT_TRUE(read_proof(options, sample.who, kNowMs).has_value());
    const auto another = options.collateral / "zzz.json";
    std::ofstream{another} << "{}";
    std::filesystem::resize_file(another, std::uintmax_t{17} << 20U);
    EXPECT_TRUE(read_proof(options, sample.who, kNowMs).has_value()) << "it is not needed";
    std::filesystem::rename(another, options.collateral / "aaa.json");
    EXPECT_TRUE(read_proof(options, sample.who, kNowMs).has_value()) << "another one fits";
    write(options.evidence, Bytes(boundary::kProofBytesMax + 1));
    EXPECT_TRUE(says(read_proof(options, sample.who, kNowMs).error().cause, "is longer than 5000 bytes"));
    write(options.evidence, Bytes(boundary::kProofBytesMax));
    EXPECT_FALSE(says(read_proof(options, sample.who, kNowMs).error().cause, "is longer"));
    write(options.test_root, Bytes{1});
    write(options.evidence, sample.quote);
    EXPECT_TRUE(says(read_proof(options, sample.who, kNowMs).error().cause, "is no certificate"));
}

// Nothing is waited for, and nothing without an end is read.
TEST(RegistrationProof, is_read_from_regular_files_alone) {
    const TemporaryFolder folder;
    const Sample sample;
    AttestationOptions options{AttestationMethod::kDcap, folder.path() / "collateral.json", {}, {}};
    const auto cause = [&](std::filesystem::path evidence) {
        options.evidence = std::move(evidence);
        return read_proof(options, sample.who, kNowMs).error().cause;
    };
    const auto pipe = folder.path() / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_TRUE(says(cause(pipe), "is no regular file"));
    EXPECT_TRUE(says(cause("/dev/zero"), "is no regular file"));
    EXPECT_TRUE(says(cause(folder.path()), "is a folder"));
    // A regular file whose size says nothing of what it holds.
    EXPECT_TRUE(says(cause("/proc/self/maps"), "is longer than 5000 bytes"));
    EXPECT_TRUE(says(cause(folder.path() / "none"), "No such file"));
}

TEST(RegistrationProof, is_what_the_tee_made) {
    if (!has_test_roots()) {
        GTEST_SKIP() << "this build takes no root of tests (REDOUBT_SIMULATED_EVIDENCE)";
    }
    const TemporaryFolder folder;
    const Sample sample;
    const AttestationOptions options{
        AttestationMethod::kDcap, folder.path() / "collateral.json", {}, folder.path() / "root.der"};
    std::ofstream{options.collateral} << sample.containers.front().value();
    std::ofstream{options.test_root, std::ios::binary} << text_of(redoubt::tests::kDcapTestRoot);
    boundary::ProducedEvidence produced;
    produced.type = static_cast<std::uint16_t>(attestation::EvidenceType::kSgxDcap);
    produced.evidence = sample.quote;
    const auto proof = prove_with_produced(options, produced, sample.who, kNowMs);
    ASSERT_TRUE(proof.has_value()) << proof.error().cause;
    EXPECT_EQ(proof.value().proof, sample.quote);
    for (const auto type : {attestation::EvidenceType::kTdxDcap, attestation::EvidenceType::kSimulation}) {
        produced.type = static_cast<std::uint16_t>(type);
        const auto refused = prove_with_produced(options, produced, sample.who, kNowMs);
        ASSERT_FALSE(refused.has_value());
        EXPECT_TRUE(says(refused.error().cause, attestation::evidence_name(type))) << refused.error().cause;
    }
    produced.type = 0x7777;
    EXPECT_FALSE(prove_with_produced(options, produced, sample.who, kNowMs).has_value());
}

TEST(RegistrationProof, has_no_test_root_in_production_builds) {
    AttestationOptions options{AttestationMethod::kDcap, "c", "q", {}};
    EXPECT_TRUE(check_test_root(options, false).has_value());
    options.test_root = "root";
    EXPECT_TRUE(check_test_root(options, true).has_value());
    EXPECT_TRUE(is_problem(check_test_root(options, false), ExitCode::kUsage, "production build"));
}

TEST(RegistrationProof, of_a_debug_enclave_is_for_development) {
    const auto genuine = Sample{}.check();
    ASSERT_TRUE(genuine.has_value());
    EXPECT_FALSE(evidence_obstacle(genuine.value(), false));
    EXPECT_TRUE(genuine.value().violations.empty());
    auto proof = genuine.value();
    proof.is_debug = true;
    const auto obstacle = evidence_obstacle(proof, false);
    ASSERT_TRUE(obstacle);
    EXPECT_TRUE(says(obstacle->cause, "debug mode"));
    EXPECT_TRUE(says(obstacle->remedy, "--dev"));
    EXPECT_FALSE(evidence_obstacle(proof, true));
}

TEST(RegistrationProof, warns_of_a_platform_that_is_not_up_to_date) {
    const auto genuine = Sample{}.check();
    ASSERT_TRUE(genuine.has_value());
    EXPECT_EQ(platform_warning(genuine.value()), "");
    auto proof = genuine.value();
    proof.status = "OutOfDate";
    proof.advice = {"TCB status OutOfDate: update the firmware."};
    proof.violations = {attestation::Reason::kPolicyTcbStatus};
    const auto warning = platform_warning(proof);
    EXPECT_TRUE(says(warning, "status is OutOfDate: TCB status OutOfDate: update the firmware."));
    EXPECT_TRUE(says(warning, "POLICY_TCB_STATUS"));
}

TEST(Registration, asks_what_the_chain_takes) {
    using enum AttestationMethod;
    EXPECT_FALSE(method_obstacle({true, true}, kSkip, false));
    EXPECT_TRUE(method_obstacle({false, true}, kSkip, false));
    EXPECT_FALSE(method_obstacle({false, false}, kDcap, false));
    EXPECT_TRUE(method_obstacle({false, false}, kDcap, true));
    EXPECT_FALSE(method_obstacle({false, true}, kDcap, true));
}

TEST(Registration, registers_collateral_that_is_absent_or_newer) {
    CollateralDocument document;
    document.issued_ms = 1'000;
    EXPECT_TRUE(is_news(document, std::nullopt));
    EXPECT_TRUE(is_news(document, registry_client::CollateralEntry{std::nullopt, 999, 5'000, 1}));
    EXPECT_FALSE(is_news(document, registry_client::CollateralEntry{std::nullopt, 1'000, 5'000, 1}));
}

}  // namespace
}  // namespace redoubt::node
