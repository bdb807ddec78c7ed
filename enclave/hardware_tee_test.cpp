#include <enclave/hardware_tee.hpp>

#include <gtest/gtest.h>

#include <attestation/binding/fingerprint.hpp>
#include <attestation/produce/evidence_check.hpp>
#include <attestation/produce/gramine.hpp>
#include <attestation/produce/produce_error.hpp>
#include <attestation/verdict.hpp>
#include <boundary/refusal.hpp>
#include <enclave/identity.hpp>
#include <enclave/linux_tee_system.hpp>
#include <enclave/sim_tee.hpp>
#include <filesystem>
#include <fstream>
#include <tests/support/fake_tee.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::enclave {
namespace {

using attestation::produce::ProduceError;

std::optional<crypto::SecretBytes<32>> provided(std::uint8_t fill) {
    crypto::SecretBytes<32> out;
    std::ranges::fill(out.expose_mut(), fill);
    return out;
}

TEST(HardwareTee, of_gramine_is_named_by_mrenclave_and_has_its_own_key) {
    tests::FakeTee system;
    system.gramine = "dcap";
    system.make_evidence = tests::sgx_quote_over;
    const auto tee = HardwareTee::open(TeeKind::kGramineSgx, system, std::nullopt);
    ASSERT_OK(tee);
    EXPECT_EQ(tee.value().kind(), TeeKind::kGramineSgx);
    const auto quote = tests::sgx_quote_over(Bytes(64));
    EXPECT_TRUE(equal(tee.value().measurement().view(), ByteView{quote}.subspan(48 + 64, 32)));
    EXPECT_ERROR(HardwareTee::open(TeeKind::kGramineSgx, system, provided(1)), ProduceError::kKeyUnwanted);
    EXPECT_ERROR(HardwareTee::open(TeeKind::kTsm, system, std::nullopt), ProduceError::kInterfaceMissing);
}

TEST(HardwareTee, of_sev_snp_has_the_derived_key) {
    tests::FakeTee system;
    system.provider = "sev_guest";
    system.has_sev_guest = true;
    system.make_evidence = tests::snp_report_over;
    const auto tee = HardwareTee::open(TeeKind::kTsm, system, std::nullopt);
    ASSERT_OK(tee);
    const auto claims = attestation::produce::read_evidence(attestation::EvidenceType::kSnp,
                                                            tests::snp_report_over(Bytes(64)))
                            .value();
    EXPECT_EQ(tee.value().measurement(),
              attestation::fingerprint(attestation::EvidenceType::kSnp, attestation::measurement(claims)));
    EXPECT_ERROR(HardwareTee::open(TeeKind::kTsm, system, provided(1)), ProduceError::kKeyUnwanted);
}

TEST(HardwareTee, of_tdx_needs_a_key_that_was_released_to_it) {
    tests::FakeTee system;
    system.provider = "tdx_guest";
    EXPECT_ERROR(HardwareTee::open(TeeKind::kTsm, system, std::nullopt), ProduceError::kNoSealingKey);
    const auto one = HardwareTee::open(TeeKind::kTsm, system, provided(1));
    ASSERT_OK(one);
    const auto key = one.value().sealing_key();
    EXPECT_TRUE(equal(key.expose(),
                      HardwareTee::open(TeeKind::kTsm, system, provided(1)).value().sealing_key().expose()));
    EXPECT_FALSE(equal(key.expose(),
                       HardwareTee::open(TeeKind::kTsm, system, provided(2)).value().sealing_key().expose()));
    // Another image that was given the same key opens nothing of this one.
    system.make_evidence = [](ByteView report_data) {
        auto out = tests::tdx_quote_over(report_data);
        out[48 + 136] ^= 1;
        return out;
    };
    const auto other = HardwareTee::open(TeeKind::kTsm, system, provided(1));
    ASSERT_OK(other);
    EXPECT_NE(other.value().measurement(), one.value().measurement());
    EXPECT_FALSE(equal(key.expose(), other.value().sealing_key().expose()));
}

// The host has the secret of its simulated platform: given to hardware as a key, it opens nothing.
TEST(HardwareTee, opens_nothing_that_a_simulation_sealed) {
    tests::FakeTee system;
    system.provider = "tdx_guest";
    const auto hardware = HardwareTee::open(TeeKind::kTsm, system, provided(1));
    ASSERT_OK(hardware);
    const SimTee simulated{std::move(*provided(1)), hardware.value().measurement()};
    const auto identity = Identity::create(simulated, {}, {});
    ASSERT_OK(identity);
    const auto sealed = identity.value().seal(simulated);
    ASSERT_OK(sealed);
    EXPECT_ERROR(Identity::unseal(hardware.value(), sealed.value()),
                 boundary::Refusal::kSealedByOtherEnclave);
    const auto of_hardware = identity.value().seal(hardware.value());
    ASSERT_OK(of_hardware);
    EXPECT_ERROR(Identity::unseal(simulated, of_hardware.value()), boundary::Refusal::kSealedByOtherEnclave);
}

// Real files: what Gramine would show, for the report data that is written to it.
TEST(LinuxTeeSystem, reads_and_writes_real_files) {
    namespace fs = std::filesystem;
    std::string folder = fs::temp_directory_path() / "redoubt-attestation-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    LinuxTeeSystem system;
    const auto put = [&](const std::string& name, ByteView bytes) {
        std::ofstream{fs::path{folder} / name, std::ios::binary} << text_of(bytes);
    };
    put("attestation_type", bytes_of("none"));
    EXPECT_ERROR(attestation::produce::Gramine::open(system, folder), ProduceError::kNoQuotes);
    put("attestation_type", bytes_of("dcap"));
    EXPECT_ERROR(attestation::produce::Gramine::open(system, folder), ProduceError::kInterfaceMissing);
    const auto quote = tests::sgx_quote_over(Bytes(64, 5));
    Bytes target(512);
    std::copy_n(quote.begin() + 48 + 64, 32, target.begin());
    put("my_target_info", target);
    put("target_info", {});
    put("user_report_data", {});
    put("report", ByteView{quote}.subspan(48, 384));
    EXPECT_ERROR(attestation::produce::Gramine::open(system, folder), ProduceError::kShortAnswer);
    put("report", concat(ByteView{quote}.subspan(48, 384), Bytes(48)));
    // A file does not answer the question that was written: the report is an old one.
    EXPECT_ERROR(attestation::produce::Gramine::open(system, folder), ProduceError::kReportDataDiffers);
    EXPECT_EQ(fs::file_size(fs::path{folder} / "user_report_data"), 64U);
    EXPECT_EQ(system.make_folder(folder + "/entry"), 0);
    EXPECT_EQ(system.make_folder(folder + "/entry"), -EEXIST);
    EXPECT_EQ(system.remove_folder(folder + "/entry"), 0);
    EXPECT_EQ(system.open(folder + "/absent", LinuxTeeSystem::Access::kRead), -ENOENT);
    fs::remove_all(folder);
}

}  // namespace
}  // namespace redoubt::enclave
