/// What makes evidence while the enclave goes on: one piece at a time, begun and then asked for. The enclave
/// itself never waits for its TEE.
#pragma once

#include <attestation/produce/provider.hpp>
#include <boundary/messages.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace redoubt::enclave {

enum class EvidenceError : int {
    kGone = 1,    ///< the process that makes evidence has ended
    kNoAnswer,    ///< the TEE has not answered in time
    kTooMany,     ///< too many wait already
    kUnreadable,  ///< the process that makes evidence answered with something else
    kEnded,       ///< it ended before it answered, and is started again
};
[[nodiscard]] std::string_view error_domain(EvidenceError);
/// Cause and remedy, for clients too.
[[nodiscard]] std::string_view error_message(EvidenceError);
REDOUBT_ERROR_DOMAIN(EvidenceError)

struct ProducerHealth {
    /// How often what makes evidence was started again.
    std::uint32_t restarts = 0;
    /// It has ended for good: the next start of the enclave brings it back.
    bool is_gone = false;
    /// How, once that is known.
    std::optional<boundary::ProcessEnd> end = std::nullopt;
    bool operator==(const ProducerHealth&) const = default;
};

class EvidenceProducer {
  public:
    virtual ~EvidenceProducer() = default;

    /// Begins a piece of evidence. @pre none is under way
    virtual void begin(attestation::produce::ReportData report_data) = 0;

    /// What has become of it; nullopt while it is under way. Never waits.
    /// @errors EvidenceError: kGone, kUnreadable, kEnded; produce::ProduceError
    [[nodiscard]] virtual std::optional<Result<attestation::produce::Evidence>> poll() = 0;

    /// As far as it is known by now.
    [[nodiscard]] virtual ProducerHealth health() { return {}; }
};

}  // namespace redoubt::enclave

template <>
struct std::is_error_code_enum<redoubt::enclave::EvidenceError> : std::true_type {};
