#include <node/registration_evidence.hpp>

#include <node/enclave_start.hpp>
#include <node/signal.hpp>

#include <algorithm>

namespace redoubt::node {

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
        if (std::chrono::steady_clock::now() >= end) {
            co_return std::make_error_code(std::errc::timed_out);
        }
        co_await pause_for(pause);
        pause = std::min(2 * pause, kPauseMax);
    }
}

}  // namespace redoubt::node
