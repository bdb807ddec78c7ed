/// The simulated TEE: a secret of the platform (a file of the host) stands for the fuses of a processor.
///
/// It protects nothing against the host. Its evidence is of the type SIMATT, which no verifier of hardware
/// evidence takes, and all its keys are derived below the prefix `sim/`.
///
/// @source attestation.md, section 15
#pragma once

#include <attestation/claims/sim_claims.hpp>
#include <attestation/produce/provider.hpp>
#include <attestation/produce/tee_system.hpp>
#include <enclave/tee.hpp>
#include <primitives/crypto/key_pair.hpp>

namespace redoubt::enclave {

using attestation::kSimEvidenceBytes;
inline constexpr std::size_t kSimPlatformSecretBytes = 32;

/// SHA-256 of "redoubt/sim-measurement/v1", a zero byte and the bytes of the enclave program.
[[nodiscard]] Hash256 sim_measurement(ByteView program);

class SimTee final : public Tee {
  public:
    SimTee(crypto::SecretBytes<kSimPlatformSecretBytes> platform_secret, const Hash256& measurement);

    [[nodiscard]] TeeKind kind() const override { return TeeKind::kSimulation; }
    [[nodiscard]] const Hash256& measurement() const override { return measurement_; }
    [[nodiscard]] crypto::SecretBytes<32> sealing_key() const override;
    /// Evidence that this measurement runs here and vouches for `report_data`: 252 bytes.
    /// @param unix_time_s  advisory creation time
    /// @errors those of crypto::KeyPair::from_seed
    [[nodiscard]] Result<Bytes> evidence(std::span<const std::uint8_t, 64> report_data,
                                         std::uint64_t unix_time_s) const;
    void fill_random(std::span<std::uint8_t> out) const override;

  private:
    crypto::SecretBytes<kSimPlatformSecretBytes> platform_secret_;
    Hash256 measurement_;
};

/// Makes simulated evidence as hardware makes its own.
class SimProvider final : public attestation::produce::Provider {
  public:
    /// @param system   outlives the provider
    /// @param slow_ms  how long each piece takes: as long as a TEE's does
    SimProvider(SimTee tee, attestation::produce::TeeSystem& system, std::uint64_t slow_ms)
        : tee_(std::move(tee)), system_(system), slow_ms_(slow_ms) {}

    [[nodiscard]] attestation::EvidenceType type() const override {
        return attestation::EvidenceType::kSimulation;
    }
    [[nodiscard]] Result<attestation::produce::Evidence> generate(
        attestation::produce::ReportData report_data) override;
    /// kNoSealingKey: that of the simulation is with SimTee.
    [[nodiscard]] Result<crypto::SecretBytes<32>> sealing_key() override;

  private:
    SimTee tee_;
    attestation::produce::TeeSystem& system_;
    std::uint64_t slow_ms_;
};

/// The fields of SIMATT that vary. MRSIGNER, product id, SVN and flags of this backend are zero.
struct SimEvidence {
    std::uint16_t flags = 0;
    Hash256 measurement;
    Hash256 signer;
    std::uint16_t product_id = 0;
    std::uint16_t security_version = 0;
    FixedBytes<64> report_data;
    std::uint64_t unix_time_s = 0;
};

/// Writes and signs SIMATT evidence. @param key  Ed25519
[[nodiscard]] Bytes encode_sim_evidence(const SimEvidence& evidence, const crypto::KeyPair& key);

}  // namespace redoubt::enclave
