/// Sidechain: which block of a shard's own chain its primary worker has finalized.
///
/// @source integritee-wire.md, section 2.5
#pragma once

#include <string_view>
#include <tools/devchain/runtime/pallet.hpp>

namespace redoubt::devchain::sidechain {

inline constexpr std::uint8_t kIndex = 53;
inline constexpr std::string_view kName = "Sidechain";

struct SidechainBlockConfirmation {
    std::uint64_t block_number = 0;
    Hash256 block_header_hash;
    static constexpr auto kType =
        structure("sidechain_primitives::SidechainBlockConfirmation",
                  field("block_number", &SidechainBlockConfirmation::block_number),
                  field("block_header_hash", &SidechainBlockConfirmation::block_header_hash));
    static constexpr auto kScaleFields = kType.members();
};

inline const StorageMap<Hash256, SidechainBlockConfirmation> kLatestSidechainBlockConfirmation{
    kName, "LatestSidechainBlockConfirmation", Hasher::kBlake2_128Concat, Absent::kNone};

class Sidechain final : public Pallet {
  public:
    [[nodiscard]] std::string_view name() const override { return kName; }
    [[nodiscard]] std::uint8_t index() const override { return kIndex; }
    [[nodiscard]] std::string_view crate() const override { return "pallet_sidechain"; }
    void describe(PalletDescription& description) const override;

    Dispatched<> confirm_imported_sidechain_block(
        Context&,
        const Origin&,
        const Hash256& shard,
        const std::optional<SidechainBlockConfirmation>& latest_finalized_ancestor,
        const SidechainBlockConfirmation& finalization_candidate) const;
};

}  // namespace redoubt::devchain::sidechain
