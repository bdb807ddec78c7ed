/// The closed, versioned list of messages between host and enclave.
///
/// Each frame of the host gets exactly one reply frame. Whatever fails is answered with Refused and changes
/// nothing. The messages are plain data: no behaviour, no keys in clear. Framing is in frame.hpp, size limits
/// are in limits.hpp, the codes that Refused carries in refusal.hpp; byte layouts in docs/PROTOCOL.md.
#pragma once

#include <boundary/block_messages.hpp>
#include <boundary/chain_messages.hpp>
#include <boundary/client_messages.hpp>
#include <boundary/evidence_messages.hpp>
#include <boundary/life_messages.hpp>
#include <boundary/signing_messages.hpp>
#include <boundary/verification_messages.hpp>

#include <variant>

namespace redoubt::boundary {

/// Host -> enclave. The index is the wire tag: append only.
using ToEnclave = std::variant<Hello,                 // 0
                               Start,                 // 1
                               Restore,               // 2
                               RestoreDone,           // 3
                               SetRuntime,            // 4
                               ImportBlock,           // 5
                               CommitPersisted,       // 6
                               Outbox,                // 7
                               SignOutbox,            // 8
                               SignRegistration,      // 9
                               SignShardConfig,       // 10
                               ClientOpened,          // 11
                               ClientBytes,           // 12
                               ClientClosed,          // 13
                               Status,                // 14
                               Finality,              // 15
                               FinalityHop,           // 16
                               ChainState,            // 17
                               ParachainHead,         // 18
                               ClientState,           // 19
                               Page,                  // 20
                               CheckActivity,         // 21
                               StartVerifying,        // 22
                               VerifyState,           // 23
                               TakeEvidence,          // 24
                               RegistrationEvidence,  // 25
                               SignCollateral>;       // 26
static_assert(std::variant_size_v<ToEnclave> == 27,
              "extend docs/PROTOCOL.md, limits.hpp and the fuzz target");

/// Enclave -> host. The index is the wire tag: append only.
using FromEnclave = std::variant<Refused,                    // 0
                                 HelloReply,                 // 1
                                 Started,                    // 2
                                 Restored,                   // 3
                                 Position,                   // 4
                                 RuntimeSet,                 // 5
                                 Commit,                     // 6
                                 Committed,                  // 7
                                 OutboxItems,                // 8
                                 Signed,                     // 9
                                 ClientEffects,              // 10
                                 StatusReport,               // 11
                                 FinalityMoved,              // 12
                                 StateNeeded,                // 13
                                 PageNeeded,                 // 14
                                 ActivityChecked,            // 15
                                 VerifyingStarted,           // 16
                                 StateVerified,              // 17
                                 RegistrationEvidenceMade>;  // 18
static_assert(std::variant_size_v<FromEnclave> == 19, "extend docs/PROTOCOL.md and limits.hpp");

}  // namespace redoubt::boundary
