// The kept inputs of the providers' fuzz targets lead where their names say: an input that is refused at its
// first byte would teach a fuzzer nothing.
#include <gtest/gtest.h>

#include <attestation/produce/configfs_tsm.hpp>
#include <attestation/produce/gramine.hpp>
#include <attestation/produce/sev_guest.hpp>
#include <attestation/produce/tdx_guest.hpp>
#include <tests/support/fake_tee.hpp>
#include <tests/support/played_tee.hpp>

namespace redoubt::attestation::produce {
namespace {

template <class Made>
tests::Played play(const std::string& target, const std::string& name) {
    return tests::play(tests::kept_evidence(target, name),
                       [](tests::PlayedTee& tee) { return Made::open(tee); });
}

TEST(KeptInputs, of_tdx_guest_give_quotes_but_where_the_service_refuses) {
    for (const auto* const name : {"v4", "v5_padded", "busy_first"}) {
        EXPECT_TRUE(play<TdxGuest>("tdx_guest", name).has_evidence) << name;
    }
    for (const auto* const name : {"refused", "no_port"}) {
        EXPECT_FALSE(play<TdxGuest>("tdx_guest", name).has_evidence) << name;
    }
}

TEST(KeptInputs, of_sev_guest_give_reports_certificates_and_keys_but_where_the_firmware_refuses) {
    for (const auto* const name : {"report", "certificates", "no_room", "busy_first"}) {
        EXPECT_TRUE(play<SevGuest>("sev_guest", name).has_evidence) << name;
    }
    EXPECT_EQ(play<SevGuest>("sev_guest", "report").endorsements_bytes, 0U);
    EXPECT_TRUE(play<SevGuest>("sev_guest", "report").has_sealing_key);
    EXPECT_GT(play<SevGuest>("sev_guest", "certificates").endorsements_bytes, 0U);
    EXPECT_GT(play<SevGuest>("sev_guest", "no_room").endorsements_bytes, 0U);
    const auto refused = play<SevGuest>("sev_guest", "refused");
    EXPECT_FALSE(refused.has_evidence);
    EXPECT_FALSE(refused.has_sealing_key);
}

TEST(KeptInputs, of_configfs_tsm_give_evidence_but_of_unknown_providers) {
    for (const auto* const name : {"tdx", "snp", "interfered", "busy_first"}) {
        EXPECT_TRUE(play<ConfigfsTsm>("configfs_tsm", name).has_evidence) << name;
    }
    EXPECT_GT(play<ConfigfsTsm>("configfs_tsm", "snp").endorsements_bytes, 0U);
    EXPECT_FALSE(play<ConfigfsTsm>("configfs_tsm", "unknown").has_evidence);
}

TEST(KeptInputs, of_gramine_give_quotes_but_without_remote_attestation) {
    EXPECT_TRUE(play<Gramine>("gramine", "dcap").has_evidence);
    EXPECT_TRUE(play<Gramine>("gramine", "dcap").has_sealing_key);
    EXPECT_TRUE(play<Gramine>("gramine", "busy_first").has_evidence);
    EXPECT_FALSE(play<Gramine>("gramine", "none").has_evidence);
}

}  // namespace
}  // namespace redoubt::attestation::produce
