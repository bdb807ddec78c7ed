#include <boundary/limits.hpp>
#include <boundary/refusal.hpp>
#include <enclave/activity_check.hpp>
#include <enclave/block_reader.hpp>
#include <light-client/block_proof.hpp>
#include <light-client/shard_activity.hpp>
#include <primitives/total_size.hpp>
#include <substrate/header.hpp>
#include <trie/trie_root.hpp>

namespace redoubt::enclave {

using boundary::Refusal;

Result<boundary::ActivityChecked> ActivityCheck::take(const boundary::CheckActivity& message,
                                                      const ChainView& view,
                                                      const std::optional<boundary::BlockId>& last,
                                                      const Runtime* runtime) {
    if (phase_ == Phase::kHalted) {
        return Refusal::kRolledBack;
    }
    if (message.header.size() > boundary::kHeaderBytesMax ||
        total_size(message.proof) > boundary::kStateProofBytesMax) {
        return Refusal::kBlockTooLarge;
    }
    const auto finalized = view.finalized();
    const auto header = substrate::decode_header(message.header);
    if (!header || substrate::header_hash(message.header) != finalized.hash) {
        return Refusal::kActivityUnproven;
    }
    const auto active =
        light_client::last_activity(header.value().state_root, message.proof, shard_, account_);
    if (!active) {
        return Refusal::kActivityUnproven;
    }
    if (active.value() && !last) {
        return Refusal::kRolledBack;
    }
    // What it did up to the last imported block it did before it had imported that block.
    if (active.value() && *active.value() > last->number) {
        const auto block = view.waiting(*active.value(), *last);
        if (!block) {
            return Refusal::kActivityUnproven;
        }
        if (!message.block) {
            return boundary::ActivityChecked{.block_needed = block, .catching_up_to = std::nullopt};
        }
        BOOST_OUTCOME_TRY(const auto known, known_in(*message.block, *block, runtime));
        if (known > last->number && !message.catch_up) {
            phase_ = Phase::kUnchecked;
            return Refusal::kRolledBack;
        }
        if (known > last->number) {
            phase_ = Phase::kCatchingUp;
            checked_up_to_ = finalized.number;
            return boundary::ActivityChecked{.block_needed = std::nullopt,
                                             .catching_up_to = finalized.number};
        }
    }
    const auto number = last ? last->number : 0;
    // Asked again in between, it still looks for what was not remembered the first time.
    if (phase_ != Phase::kPassed || number >= checked_up_to_) {
        remembered_ = number;
    }
    phase_ = Phase::kPassed;
    checked_up_to_ = finalized.number;
    return boundary::ActivityChecked{.block_needed = std::nullopt, .catching_up_to = std::nullopt};
}

Result<void> ActivityCheck::look_at(std::uint32_t number,
                                    std::span<const Bytes> extrinsics,
                                    const Runtime& runtime) {
    if (phase_ != Phase::kPassed || number > checked_up_to_) {
        return success();
    }
    const auto known = known_when_signed(runtime, shard_, account_, number, extrinsics);
    if (known && *known > remembered_) {
        halt();
        return Refusal::kRolledBack;
    }
    return success();
}

void ActivityCheck::imported(std::uint32_t number) noexcept {
    if (phase_ == Phase::kCatchingUp && number >= checked_up_to_) {
        phase_ = Phase::kUnchecked;
    }
}

Result<std::uint32_t> ActivityCheck::known_in(const boundary::ImportBlock& message,
                                              const boundary::BlockId& block,
                                              const Runtime* runtime) const {
    if (runtime == nullptr) {
        return Refusal::kRuntimeMissing;
    }
    if (message.header.size() > boundary::kHeaderBytesMax ||
        total_size(message.extrinsics) > boundary::kBlockExtrinsicsBytesMax ||
        total_size(message.state_proof) > boundary::kStateProofBytesMax) {
        return Refusal::kBlockTooLarge;
    }
    const auto header = substrate::decode_header(message.header);
    if (!header || substrate::header_hash(message.header) != block.hash ||
        trie::ordered_trie_root(message.extrinsics, runtime->extrinsics_root_version()) !=
            header.value().extrinsics_root) {
        return Refusal::kActivityUnproven;
    }
    // Metadata of another runtime could read the extrinsics as something else.
    const auto facts = light_client::read_block_proof(header.value().state_root, message.state_proof);
    if (!facts) {
        return Refusal::kActivityUnproven;
    }
    if (!runtime->has_executed(facts.value())) {
        return Refusal::kRuntimeOutdated;
    }
    const auto known = known_when_signed(*runtime, shard_, account_, block.number, message.extrinsics);
    if (!known) {
        return Refusal::kActivityUnproven;
    }
    return *known;
}

}  // namespace redoubt::enclave
