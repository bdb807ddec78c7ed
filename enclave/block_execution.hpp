/// Executes one parent chain block on top of a shard's state: pure, from what was read to what changed.
#pragma once

#include <boundary/messages.hpp>
#include <cstdint>
#include <enclave/block_reader.hpp>
#include <primitives/crypto/rsa.hpp>
#include <span>
#include <stf/executor.hpp>
#include <stf/state.hpp>

namespace redoubt::enclave {

/// RSA blocks of one call at most: room for a trusted operation of some kilobytes.
inline constexpr std::size_t kCallBlocksMax = 16;

struct BlockOutcome {
    stf::Changes changes;
    Hash256 merkle_root;
    std::uint32_t calls_executed = 0;
    std::uint32_t calls_failed = 0;
};

/// Processes the calls in their order: settles the outbox, credits shielded funds or plans their refund,
/// decrypts and executes trusted calls and records their status. Then returns the payments that were given up
/// to their owners, and appends the block's confirmation to the outbox.
/// @param first_block  true for the first block of an empty shard
[[nodiscard]] BlockOutcome execute_block(const stf::Executor& executor,
                                         const crypto::RsaKeyPair& shielding_key,
                                         const stf::State& state,
                                         const boundary::BlockId& block,
                                         stf::Balance existential_deposit,
                                         bool first_block,
                                         std::span<const SeenCall> calls);

/// The time of the last block that had one, milliseconds since 1970.
[[nodiscard]] std::uint64_t chain_time_ms(const stf::StateReader& state);

/// The call hash of a refund: BLAKE2b-256 of "redoubt/refund" ++ block hash ++ the position u32 LE of the
/// shielding's event in the block.
[[nodiscard]] Hash256 refund_call_hash(const Hash256& block_hash, std::uint32_t event_index);

}  // namespace redoubt::enclave
