/// The TEE of real hardware: what it says of itself is read once, before the sandbox closes.
///
/// @source docs/adr/0027-what-a-tee-seals-with.md
#pragma once

#include <attestation/produce/provider.hpp>
#include <attestation/produce/tee_system.hpp>
#include <enclave/tee.hpp>
#include <memory>
#include <optional>

namespace redoubt::enclave {

/// What makes evidence of this kind of TEE.
/// @param system  outlives the provider
/// @pre not kSimulation
/// @errors produce::ProduceError
[[nodiscard]] Result<std::unique_ptr<attestation::produce::Provider>> open_provider(
    TeeKind kind,
    attestation::produce::TeeSystem& system);

class HardwareTee final : public Tee {
  public:
    /// Has the TEE make evidence about itself for its measurement, and derive its sealing key.
    /// @param provided_key  for a TEE that derives none
    /// @errors produce::ProduceError; kNoSealingKey, kKeyUnwanted
    [[nodiscard]] static Result<HardwareTee> open(TeeKind kind,
                                                  attestation::produce::TeeSystem& system,
                                                  const std::optional<crypto::SecretBytes<32>>& provided_key);

    [[nodiscard]] TeeKind kind() const override { return kind_; }
    [[nodiscard]] const Hash256& measurement() const override { return measurement_; }
    [[nodiscard]] crypto::SecretBytes<32> sealing_key() const override { return sealing_key_.clone(); }
    void fill_random(std::span<std::uint8_t> out) const override;

  private:
    HardwareTee(TeeKind kind, const Hash256& measurement, crypto::SecretBytes<32> sealing_key)
        : kind_(kind), measurement_(measurement), sealing_key_(std::move(sealing_key)) {}

    TeeKind kind_;
    Hash256 measurement_;
    crypto::SecretBytes<32> sealing_key_;
};

}  // namespace redoubt::enclave
