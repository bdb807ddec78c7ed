/// TDX on kernels without configfs-tsm: the report from /dev/tdx_guest, its quote from the host's quoting
/// service over vsock.
///
/// @source attestation.md, section 12.2
#pragma once

#include <attestation/produce/provider.hpp>
#include <attestation/produce/tee_system.hpp>

#include <memory>
#include <string>

namespace redoubt::attestation::produce {

inline constexpr auto kTdxGuestDevice = "/dev/tdx_guest";
/// Has a line `port=NUMBER`; without it the usual port is taken.
inline constexpr auto kTdxSettings = "/etc/tdx-attest.conf";
inline constexpr std::uint32_t kQuotingServicePort = 4050;

class TdxGuest final : public Provider {
  public:
    /// @param system  outlives the provider
    /// @errors ProduceError; kInterfaceMissing without the device
    [[nodiscard]] static Result<std::unique_ptr<TdxGuest>> open(TeeSystem& system,
                                                                std::string device = kTdxGuestDevice,
                                                                std::string settings = kTdxSettings);

    [[nodiscard]] EvidenceType type() const override { return EvidenceType::kTdxDcap; }
    [[nodiscard]] Result<Evidence> generate(ReportData report_data) override;
    /// kNoSealingKey: a TD has none.
    [[nodiscard]] Result<crypto::SecretBytes<32>> sealing_key() override;

  private:
    TdxGuest(TeeSystem& system, std::string device, std::uint32_t port)
        : system_(system), device_(std::move(device)), port_(port) {}
    [[nodiscard]] Result<Bytes> report(ReportData report_data);
    [[nodiscard]] Result<Bytes> quote(ByteView report);

    TeeSystem& system_;
    std::string device_;
    std::uint32_t port_;
};

}  // namespace redoubt::attestation::produce
