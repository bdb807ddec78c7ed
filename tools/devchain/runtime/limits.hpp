/// What a block may hold and what transactions cost.
#pragma once

#include <tools/devchain/runtime/types.hpp>

namespace redoubt::devchain {

/// Hashes of this many blocks are kept in System.BlockHash, as FRAME's default; eras cannot be longer.
inline constexpr BlockNumber kBlockHashCount = 2'400;
/// Of a block: two seconds of computing, proofs of any size.
inline constexpr Weight kBlockWeightMax = Weight::of(2'000'000'000'000, UINT64_MAX);
/// Of all normal transactions together: three quarters.
inline constexpr Weight kNormalWeightMax = Weight::of(1'500'000'000'000, UINT64_MAX);
/// What each transaction weighs besides its call.
inline constexpr Weight kExtrinsicBaseWeight = Weight::of(100'000'000);
inline constexpr std::uint32_t kBlockBytesMax = 5 * 1024 * 1024;
inline constexpr std::uint32_t kNormalBytesMax = kBlockBytesMax / 4 * 3;
/// Reading and writing one storage item, in picoseconds.
inline constexpr std::uint64_t kReadWeight = 25'000'000;
inline constexpr std::uint64_t kWriteWeight = 100'000'000;

/// What a transaction costs besides its tip.
struct InclusionFee {
    Balance base_fee = 0;             ///< for being a transaction
    Balance len_fee = 0;              ///< per byte
    Balance adjusted_weight_fee = 0;  ///< for the weight of its call
    static constexpr auto kType = structure("pallet_transaction_payment::types::InclusionFee",
                                            field("base_fee", &InclusionFee::base_fee),
                                            field("len_fee", &InclusionFee::len_fee),
                                            field("adjusted_weight_fee", &InclusionFee::adjusted_weight_fee));
    static constexpr auto kScaleFields = kType.members();
    [[nodiscard]] Balance total() const { return base_fee + len_fee + adjusted_weight_fee; }
};

/// One byte costs a millionth of a UNIT, a microsecond of weight a thousandth of that. The fee multiplier
/// never changes.
inline constexpr Balance kFeePerByte = 1'000'000;
inline constexpr std::uint64_t kWeightPerFee = 1'000;

/// nullopt when the dispatch pays nothing. @param bytes  length of the extrinsic with its prefix
[[nodiscard]] inline std::optional<InclusionFee> inclusion_fee(const Weight& weight,
                                                               Pays pays,
                                                               std::size_t bytes) {
    if (pays == Pays::kNo) {
        return std::nullopt;
    }
    return InclusionFee{kExtrinsicBaseWeight.ref_time.value / kWeightPerFee, kFeePerByte * bytes,
                        weight.ref_time.value / kWeightPerFee};
}

}  // namespace redoubt::devchain
