#include <array>
#include <attestation/produce/produce_error.hpp>
#include <enclave/sim_tee.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/kdf.hpp>
#include <primitives/crypto/random.hpp>
#include <primitives/scale.hpp>

namespace redoubt::enclave {

namespace {

using namespace std::string_view_literals;

constexpr auto kMeasurementDomain = "redoubt/sim-measurement/v1\0"sv;
constexpr auto kSealLabel = "sim/seal/v1"sv;
constexpr auto kAttestLabel = "sim/attest/v1"sv;

}  // namespace

Hash256 sim_measurement(ByteView program) {
    return crypto::sha2_256(concat(bytes_of(kMeasurementDomain), program));
}

SimTee::SimTee(crypto::SecretBytes<kSimPlatformSecretBytes> platform_secret, const Hash256& measurement)
    : platform_secret_(std::move(platform_secret)), measurement_(measurement) {
}

crypto::SecretBytes<32> SimTee::sealing_key() const {
    return crypto::hkdf_sha256(platform_secret_.expose(), concat(bytes_of(kSealLabel), measurement_));
}

Result<Bytes> SimTee::evidence(std::span<const std::uint8_t, 64> report_data,
                               std::uint64_t unix_time_s) const {
    const auto seed = crypto::hkdf_sha256(platform_secret_.expose(), bytes_of(kAttestLabel));
    BOOST_OUTCOME_TRY(const auto key, crypto::KeyPair::from_seed(crypto::Scheme::kEd25519, seed));
    SimEvidence evidence;
    evidence.measurement = measurement_;
    evidence.report_data = FixedBytes<64>::copy_of(report_data);
    evidence.unix_time_s = unix_time_s;
    return encode_sim_evidence(evidence, key);
}

Result<attestation::produce::Evidence> SimProvider::generate(attestation::produce::ReportData report_data) {
    if (slow_ms_ != 0) {
        system_.wait_ms(slow_ms_);
    }
    BOOST_OUTCOME_TRY(auto evidence, tee_.evidence(report_data, system_.unix_time_s()));
    return attestation::produce::Evidence{
        .type = attestation::EvidenceType::kSimulation, .evidence = std::move(evidence), .endorsements = {}};
}

Result<crypto::SecretBytes<32>> SimProvider::sealing_key() {
    return attestation::produce::ProduceError::kNoSealingKey;
}

void SimTee::fill_random(std::span<std::uint8_t> out) const {
    crypto::fill_random(out);
}

Bytes encode_sim_evidence(const SimEvidence& evidence, const crypto::KeyPair& key) {
    constexpr std::uint32_t kReserved = 0;
    auto out = concat(attestation::kSimMagic,
                      scale::encode_all(attestation::kSimType, evidence.flags, evidence.measurement,
                                        evidence.signer, evidence.product_id, evidence.security_version,
                                        kReserved, evidence.report_data, evidence.unix_time_s));
    append(out, key.public_key());
    const auto signature = key.sign(concat(bytes_of(attestation::kSimSignatureDomain), out));
    append(out, signature.bytes());
    REDOUBT_ASSERT(out.size() == kSimEvidenceBytes);
    return out;
}

}  // namespace redoubt::enclave
