/// Evidence through Linux's configfs-tsm: one protocol for TDX, SEV-SNP and Arm CCA, from kernel 6.7 on.
///
/// @source attestation.md, section 12.1
#pragma once

#include <attestation/produce/provider.hpp>
#include <attestation/produce/tee_system.hpp>

#include <memory>
#include <string>

namespace redoubt::attestation::produce {

inline constexpr auto kTsmFolder = "/sys/kernel/config/tsm/report";

class ConfigfsTsm final : public Provider {
  public:
    /// Asks which TEE the kernel speaks to.
    /// @param system  outlives the provider
    /// @errors ProduceError; kInterfaceMissing without configfs-tsm, kWrongProvider for a TEE that is unknown
    [[nodiscard]] static Result<std::unique_ptr<ConfigfsTsm>> open(TeeSystem& system,
                                                                   std::string folder = kTsmFolder);

    [[nodiscard]] EvidenceType type() const override { return type_; }
    /// In an entry of its own, which is removed afterwards. Busy entries and those that others wrote to are
    /// tried again.
    [[nodiscard]] Result<Evidence> generate(ReportData report_data) override;
    /// kNoSealingKey: configfs-tsm has none.
    [[nodiscard]] Result<crypto::SecretBytes<32>> sealing_key() override;

  private:
    ConfigfsTsm(TeeSystem& system, std::string folder) : system_(system), folder_(std::move(folder)) {}
    [[nodiscard]] Result<Evidence> try_once(ReportData report_data);

    TeeSystem& system_;
    std::string folder_;
    EvidenceType type_ = EvidenceType::kTdxDcap;
};

}  // namespace redoubt::attestation::produce
