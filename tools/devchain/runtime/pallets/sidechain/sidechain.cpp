#include <tools/devchain/runtime/pallets/enclave_bridge/enclave_bridge.hpp>
#include <tools/devchain/runtime/pallets/sidechain/sidechain.hpp>

namespace redoubt::devchain::sidechain {
namespace {

constexpr Event<Hash256, std::uint64_t, Hash256, AccountId> kFinalizedSidechainBlock{
    0,
    "FinalizedSidechainBlock",
    {"shard", "block_number", "block_header_hash", "validateer"}};

constexpr Error<> kFinalizationCandidateIsOutdated{0, "FinalizationCandidateIsOutdated"};
constexpr Error<> kAncestorNumberMismatch{1, "AncestorNumberMismatch"};
constexpr Error<> kAncestorHashMismatch{2, "AncestorHashMismatch"};
constexpr Error<> kAncestorMissing{3, "AncestorMissing"};

Dispatched<> check_ancestor(const std::optional<SidechainBlockConfirmation>& stored,
                            const std::optional<SidechainBlockConfirmation>& claimed) {
    if (!stored && !claimed) {
        return success();
    }
    if (!stored || !claimed) {
        return module_error(kIndex, kAncestorMissing);
    }
    if (stored->block_number != claimed->block_number) {
        return module_error(kIndex, kAncestorNumberMismatch);
    }
    if (stored->block_header_hash != claimed->block_header_hash) {
        return module_error(kIndex, kAncestorHashMismatch);
    }
    return success();
}

}  // namespace

void Sidechain::describe(PalletDescription& description) const {
    description.call(0, "confirm_imported_sidechain_block",
                     {"shard", "latest_finalized_ancestor", "finalization_candidate"},
                     DispatchInfo{Weight::of(464'580'000, 3'877)},
                     &Sidechain::confirm_imported_sidechain_block);
    description.events(kFinalizedSidechainBlock);
    description.errors(kFinalizationCandidateIsOutdated, kAncestorNumberMismatch, kAncestorHashMismatch,
                       kAncestorMissing);
    description.storage(kLatestSidechainBlockConfirmation);
}

Dispatched<> Sidechain::confirm_imported_sidechain_block(
    Context& context,
    const Origin& origin,
    const Hash256& shard,
    const std::optional<SidechainBlockConfirmation>& latest_finalized_ancestor,
    const SidechainBlockConfirmation& finalization_candidate) const {
    BOOST_OUTCOME_TRY(const auto sender, origin.ensure_signed());
    BOOST_OUTCOME_TRY(const auto signers, enclave_bridge::act_for_shard(context, sender, shard));
    if (signers.items.front().signer != sender) {
        return success();  // only the primary worker decides
    }
    const auto stored = kLatestSidechainBlockConfirmation.find(context.storage(), shard);
    BOOST_OUTCOME_TRY(check_ancestor(stored, latest_finalized_ancestor));
    if (stored && finalization_candidate.block_number <= stored->block_number) {
        return module_error(kIndex, kFinalizationCandidateIsOutdated);
    }
    kLatestSidechainBlockConfirmation.put(context.storage(), shard, finalization_candidate);
    context.deposit(kIndex, kFinalizedSidechainBlock, shard, finalization_candidate.block_number,
                    finalization_candidate.block_header_hash, sender);
    return success();
}

}  // namespace redoubt::devchain::sidechain
