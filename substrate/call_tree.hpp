/// A call with the calls inside it, as far as the wrapping calls are known by name.
///
/// Known are Utility.batch, batch_all, force_batch, as_derivative, with_weight, dispatch_as,
/// dispatch_as_fallible and if_else; Proxy.proxy and proxy_announced; Multisig.as_multi and
/// as_multi_threshold_1; Sudo.sudo, sudo_unchecked_weight and sudo_as. Every other call is a leaf, whatever
/// its arguments hold. No values are built: the tree consists of views of the call's bytes.
///
/// @source polkadot-sdk, pallet_utility, pallet_proxy, pallet_multisig, pallet_sudo
#pragma once

#include <array>
#include <cstdint>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <substrate/metadata.hpp>
#include <vector>

namespace redoubt::substrate {

/// How many levels of wrapping calls are looked into.
inline constexpr unsigned kCallTreeDepthMax = 16;
/// Most calls of one tree; a batch of the real pallet holds at most 10,922.
inline constexpr std::size_t kCallTreeSizeMax = 16'384;

/// What a call does with the calls inside it. Each kind tells its outcome by events of its own.
enum class CallKind : std::uint8_t {
    kLeaf,
    kBatch,               ///< runs calls until one fails
    kBatchAll,            ///< all or none
    kForceBatch,          ///< all, whether some fail or not
    kTransparent,         ///< fails with the inner call and says nothing: as_derivative, with_weight
    kDispatchAs,          ///< says how the inner call ended
    kDispatchAsFallible,  ///< fails with the inner call
    kIfElse,              ///< the second call runs when the first fails
    kProxy,
    kAsMulti,  ///< may only record an approval
    kAsMultiThreshold1,
    kSudo,
    kSudoAs,
};

struct CallNode {
    CallKind kind = CallKind::kLeaf;
    /// Pallet and call index.
    std::array<std::uint8_t, 2> index{};
    ByteView bytes;
    /// Positions in the tree, in the order of the arguments.
    std::vector<std::uint32_t> children;
};

/// The outermost call is the first node; a node stands before the calls inside it.
using CallTree = std::vector<CallNode>;

/// The kind of a call by its index; kLeaf for calls that are not known.
[[nodiscard]] CallKind call_kind(const Metadata& metadata, std::array<std::uint8_t, 2> index);

/// @param call  one complete call; the tree's views are parts of it
/// @errors LookupError::kNoSuchPallet, kNoSuchCall; ValueError, with kDepthLimit and kMemoryLimit for trees
/// above the limits; DecodeError
[[nodiscard]] Result<CallTree> read_call_tree(const Metadata& metadata, ByteView call);

}  // namespace redoubt::substrate
