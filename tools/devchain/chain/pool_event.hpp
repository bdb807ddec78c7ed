/// What happens to a transaction between its submission and its end.
///
/// @source light-client.md, section 16 (author_extrinsicUpdate)
#pragma once

#include <primitives/bytes.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace redoubt::devchain {

enum class PoolEventKind : std::uint8_t {
    kFuture,           ///< waits for another transaction
    kReady,            ///< could go into the next block
    kBroadcast,        ///< went to the peers named
    kInBlock,          ///< in a block of the best chain
    kRetracted,        ///< that block is not in the best chain any more
    kFinalityTimeout,  ///< in a block that was not finalized for very long; an end
    kFinalized,        ///< in a finalized block; an end
    kUsurped,          ///< replaced by another transaction with the same tags; an end
    kDropped,          ///< gave way because the pool was full; an end
    kInvalid,          ///< cannot go into a block any more; an end
};
/// True when no further event of the transaction follows.
[[nodiscard]] constexpr bool is_final(PoolEventKind kind) noexcept {
    return kind >= PoolEventKind::kFinalityTimeout;
}

struct PoolEvent {
    Hash256 txn;
    PoolEventKind kind = PoolEventKind::kReady;
    /// The block of kInBlock, kRetracted, kFinalityTimeout and kFinalized; the replacing transaction of
    /// kUsurped.
    Hash256 subject;
    std::uint32_t extrinsic_index = 0;  ///< of kInBlock and kFinalized
    std::vector<std::string> peers;     ///< of kBroadcast
    bool operator==(const PoolEvent&) const = default;
};

}  // namespace redoubt::devchain
