/// SGX evidence through the files that Gramine shows its programs under /dev/attestation.
///
/// @source attestation.md, section 12.4
#pragma once

#include <attestation/claims/sgx_claims.hpp>
#include <attestation/produce/provider.hpp>
#include <attestation/produce/tee_system.hpp>

#include <memory>
#include <string>

namespace redoubt::attestation::produce {

inline constexpr auto kGramineFolder = "/dev/attestation";
/// What Gramine gives at most for a quote.
inline constexpr std::size_t kGramineQuoteBytesMax = 8192;

/// The files are shared by the whole process: nothing else in it may use them meanwhile.
class Gramine final : public Provider {
  public:
    /// Reads the enclave's own report: its measurement, and that it is no debug enclave.
    /// @param system  outlives the provider
    /// @errors ProduceError; kNoQuotes without DCAP
    [[nodiscard]] static Result<std::unique_ptr<Gramine>> open(TeeSystem& system,
                                                               std::string folder = kGramineFolder);

    [[nodiscard]] EvidenceType type() const override { return EvidenceType::kSgxDcap; }
    [[nodiscard]] Result<Evidence> generate(ReportData report_data) override;
    /// From the key that SGX derives for this MRENCLAVE on this processor.
    [[nodiscard]] Result<crypto::SecretBytes<32>> sealing_key() override;

    [[nodiscard]] const Hash256& mr_enclave() const noexcept { return mr_enclave_; }

  private:
    Gramine(TeeSystem& system, std::string folder) : system_(system), folder_(std::move(folder)) {}
    [[nodiscard]] Result<Evidence> try_once(ReportData report_data);
    [[nodiscard]] Result<SgxClaims> own_report();
    [[nodiscard]] std::string path(std::string_view name) const;

    TeeSystem& system_;
    std::string folder_;
    Hash256 mr_enclave_;
};

}  // namespace redoubt::attestation::produce
