#include <node/registration_evidence.hpp>

#include <attestation/produce/produce_error.hpp>
#include <node/enclave_start.hpp>
#include <node/signal.hpp>

#include <algorithm>

namespace redoubt::node {

namespace {

using attestation::produce::ProduceError;

/// Why the TEE gave none, as the enclave tells it.
std::error_code failure_of(std::uint32_t value) {
    const bool is_known = value >= 1 && value <= static_cast<std::uint32_t>(ProduceError::kSystem);
    return is_known ? make_error_code(static_cast<ProduceError>(value))
                    : make_error_code(boundary::Refusal::kEvidenceFailed);
}

}  // namespace

Task<Result<boundary::ProducedEvidence>> registration_evidence(EnclaveLinkPtr enclave, Hash256 recent_block) {
    constexpr std::chrono::milliseconds kPauseMax{500};
    std::chrono::milliseconds pause{10};
    const auto end = std::chrono::steady_clock::now() + kEvidenceWaitMax;
    for (;;) {
        boundary::ToEnclave message =
            boundary::RegistrationEvidence{.nonce = recent_block, .host_time_ms = host_time_ms()};
        auto made = co_await ask<boundary::RegistrationEvidenceMade>(enclave, std::move(message));
        if (!made.has_value()) {
            co_return made.error();
        }
        if (made.value().evidence) {
            co_return std::move(*made.value().evidence);
        }
        if (made.value().failure != 0) {
            co_return failure_of(made.value().failure);
        }
        if (std::chrono::steady_clock::now() >= end) {
            co_return std::make_error_code(std::errc::timed_out);
        }
        co_await pause_for(pause);
        pause = std::min(2 * pause, kPauseMax);
    }
}

}  // namespace redoubt::node
