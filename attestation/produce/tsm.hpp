/// The TEE of a confidential virtual machine, by whichever interface its kernel has: configfs-tsm, else the
/// device of SEV-SNP or TDX.
#pragma once

#include <attestation/produce/configfs_tsm.hpp>
#include <attestation/produce/sev_guest.hpp>
#include <attestation/produce/tdx_guest.hpp>

#include <memory>
#include <string>

namespace redoubt::attestation::produce {

/// Where the interfaces are.
struct TsmPlaces {
    std::string configfs = kTsmFolder;
    std::string sev_guest = kSevGuestDevice;
    std::string tdx_guest = kTdxGuestDevice;
    std::string tdx_settings = kTdxSettings;
};

class Tsm final : public Provider {
  public:
    /// @param system  outlives the provider
    /// @errors ProduceError; kInterfaceMissing when no interface is there. An interface that is there and
    ///   fails is not passed over
    [[nodiscard]] static Result<std::unique_ptr<Tsm>> open(TeeSystem& system, const TsmPlaces& places = {});

    [[nodiscard]] EvidenceType type() const override { return provider_->type(); }
    [[nodiscard]] Result<Evidence> generate(ReportData report_data) override {
        return provider_->generate(report_data);
    }
    /// That of SEV-SNP comes from its device, whatever the reports come from.
    [[nodiscard]] Result<crypto::SecretBytes<32>> sealing_key() override;

  private:
    Tsm(TeeSystem& system, std::unique_ptr<Provider> provider, std::string sev_guest)
        : system_(system), provider_(std::move(provider)), sev_guest_(std::move(sev_guest)) {}

    TeeSystem& system_;
    std::unique_ptr<Provider> provider_;
    std::string sev_guest_;
};

}  // namespace redoubt::attestation::produce
