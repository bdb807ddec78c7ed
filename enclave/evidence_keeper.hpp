/// The process between the enclave's and the one that makes evidence. It starts that one, hands questions to
/// it and whole answers back, and starts it again when it has ended: the enclave itself can start nothing
/// once it has locked itself down. It looks into no question and no answer.
///
/// It ends when the enclave's process ends, and with it what it started.
///
/// @source docs/adr/0029-evidence-is-made-beside-the-enclave.md
#pragma once

#include <enclave/sandbox.hpp>

#include <cstdint>
#include <functional>

namespace redoubt::enclave {

/// After an end that no answer went before, so long until the next start, doubled each time. After one that
/// made something it is started at once.
inline constexpr std::uint64_t kEvidenceRestartMsMin = 500;
inline constexpr std::uint64_t kEvidenceRestartMsMax = 60'000;

/// The life of a process that makes evidence: questions and answers go over the descriptor. Does not return.
using Produce = std::function<void(int fd)>;

/// The life of this process. @param enclave_fd  its end of the socket pair with the enclave's
/// @param needs  of what it starts
[[noreturn]] void keep_evidence(int enclave_fd, const Produce& produce, ProducerNeeds needs);

}  // namespace redoubt::enclave
