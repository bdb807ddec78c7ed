#include <gtest/gtest.h>

#include <enclave/sim_tee.hpp>
#include <primitives/crypto/ed25519.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::enclave {
namespace {

using namespace std::string_view_literals;

crypto::SecretBytes<32> secret(std::uint8_t fill) {
    crypto::SecretBytes<32> out;
    std::ranges::fill(out.expose_mut(), fill);
    return out;
}

TEST(SimTee, measures_the_program_below_its_own_domain) {
    EXPECT_EQ(sim_measurement(bytes_of("program")),
              crypto::sha2_256(bytes_of("redoubt/sim-measurement/v1\0program"sv)));
}

TEST(SimTee, derives_another_sealing_key_for_each_program_and_platform) {
    const SimTee one{secret(1), sim_measurement(bytes_of("a"))};
    const SimTee same{secret(1), sim_measurement(bytes_of("a"))};
    const SimTee other_program{secret(1), sim_measurement(bytes_of("b"))};
    const SimTee other_platform{secret(2), sim_measurement(bytes_of("a"))};
    const auto key = one.sealing_key();
    EXPECT_TRUE(equal(key.expose(), same.sealing_key().expose()));
    EXPECT_FALSE(equal(key.expose(), other_program.sealing_key().expose()));
    EXPECT_FALSE(equal(key.expose(), other_platform.sealing_key().expose()));
}

TEST(SimTee, signs_evidence_over_everything_before_the_signature) {
    const SimTee tee{secret(1), sim_measurement(bytes_of("a"))};
    std::array<std::uint8_t, 64> report_data{};
    report_data.fill(7);
    const auto evidence = tee.evidence(report_data, 1'700'000'000);
    ASSERT_OK(evidence);
    const ByteView bytes = evidence.value();
    ASSERT_EQ(bytes.size(), kSimEvidenceBytes);
    EXPECT_TRUE(equal(bytes.subspan(12, 32), tee.measurement().view()));
    EXPECT_TRUE(equal(bytes.subspan(84, 64), report_data));
    const auto message = concat(bytes_of("offchain-tee/sim-attestation/v1\0"sv), bytes.first(188));
    EXPECT_TRUE(crypto::ed25519::verify(bytes.subspan(156, 32), message, bytes.subspan(188)));
}

}  // namespace
}  // namespace redoubt::enclave
