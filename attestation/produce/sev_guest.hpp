/// SEV-SNP through /dev/sev-guest: reports on kernels without configfs-tsm, and the derived key on all.
///
/// @source attestation.md, section 12.2; Linux, include/uapi/linux/sev-guest.h
#pragma once

#include <attestation/produce/provider.hpp>
#include <attestation/produce/tee_system.hpp>

#include <memory>
#include <string>

namespace redoubt::attestation::produce {

inline constexpr auto kSevGuestDevice = "/dev/sev-guest";

class SevGuest final : public Provider {
  public:
    /// @param system  outlives the provider
    /// @errors ProduceError; kInterfaceMissing without the device
    [[nodiscard]] static Result<std::unique_ptr<SevGuest>> open(TeeSystem& system,
                                                                std::string device = kSevGuestDevice);

    [[nodiscard]] EvidenceType type() const override { return EvidenceType::kSnp; }
    /// With the host's table of certificates.
    [[nodiscard]] Result<Evidence> generate(ReportData report_data) override;
    /// The firmware's key of this chip for this launch measurement and guest policy.
    [[nodiscard]] Result<crypto::SecretBytes<32>> sealing_key() override;

  private:
    SevGuest(TeeSystem& system, std::string device) : system_(system), device_(std::move(device)) {}
    TeeSystem& system_;
    std::string device_;
};

}  // namespace redoubt::attestation::produce
