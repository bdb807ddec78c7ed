/// How refused evidence is told to the host: one code for each cause that the operator can tell apart.
#pragma once

#include <boundary/refusal.hpp>

namespace redoubt::enclave {

/// For errors of light_client::FinalityTracker and of decoding what it takes.
[[nodiscard]] boundary::Refusal finality_refusal(const std::error_code& error);

/// For errors of light_client::ParachainTracker, those of the relay chain's FinalityTracker among them.
[[nodiscard]] boundary::Refusal parachain_refusal(const std::error_code& error);

/// For errors of reading a block's state proof.
[[nodiscard]] boundary::Refusal proof_refusal(const std::error_code& error);

/// For errors of reading a trust anchor.
[[nodiscard]] boundary::Refusal anchor_refusal(const std::error_code& error);

}  // namespace redoubt::enclave
