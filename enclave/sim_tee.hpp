/// The simulated TEE: a secret of the platform (a file of the host) stands for the fuses of a processor.
///
/// It protects nothing against the host. Its evidence is of the type SIMATT, which no verifier of hardware
/// evidence takes, and all its keys are derived below the prefix `sim/`.
///
/// @source attestation.md, section 15
#pragma once

#include <attestation/claims/sim_claims.hpp>
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
    /// 252 bytes. @errors those of crypto::KeyPair::from_seed
    [[nodiscard]] Result<Bytes> evidence(std::span<const std::uint8_t, 64> report_data,
                                         std::uint64_t unix_time_s) const override;
    void fill_random(std::span<std::uint8_t> out) const override;

  private:
    crypto::SecretBytes<kSimPlatformSecretBytes> platform_secret_;
    Hash256 measurement_;
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
