/// Reading an extrinsic, and everything that must hold before it may be applied: signature, versions,
/// genesis, mortality, nonce, limits, fee.
#pragma once

#include <tools/devchain/runtime/extensions.hpp>
#include <tools/devchain/runtime/limits.hpp>
#include <tools/devchain/runtime/runtime_call.hpp>
#include <tools/devchain/runtime/storage.hpp>
#include <tools/devchain/runtime/validity.hpp>

namespace redoubt::devchain {

class Runtime;

template <class T>
using Checked = outcome::basic_result<T, TransactionValidityError, outcome::policy::terminate>;

/// An extrinsic taken apart. The views are parts of the input.
struct ParsedExtrinsic {
    struct Signed {
        AccountId signer;
        crypto::MultiSignature signature;
        SignedExtra extra;
        ByteView extra_bytes;
    };
    std::optional<Signed> signature;  ///< nullopt for a bare extrinsic
    RuntimeCall call;
    ByteView call_bytes;
    std::size_t length = 0;  ///< with the prefix
};

/// Reads a signed or bare extrinsic of format 4 with its length prefix.
/// @errors kExhaustsResources above kBlockBytesMax; kCall when it does not decode; kCannotLookup for an
/// address
///         that is no account id
[[nodiscard]] Checked<ParsedExtrinsic> parse_extrinsic(ByteView bytes);

/// The block that an extrinsic is to go into.
struct BlockPosition {
    BlockNumber number = 0;
    Hash256 parent_hash;
};
/// What the block holds so far.
struct BlockUse {
    PerDispatchClass<Weight> weight;
    std::uint32_t bytes = 0;
};

/// Checks a signed extrinsic except for its nonce being the next one.
/// @returns the first block number at which it is no longer valid
/// @errors kBadSigner, kAncientBirthBlock, kBadProof, kStale, kPayment, kExhaustsResources
[[nodiscard]] Checked<std::uint64_t> check_signed(const Runtime& runtime,
                                                  const Storage& storage,
                                                  const BlockPosition& position,
                                                  const ParsedExtrinsic& extrinsic);
/// Whether there is room left in a block. @errors kExhaustsResources
[[nodiscard]] Checked<void> check_room(const BlockUse& use, const DispatchInfo& info, std::size_t length);

/// The order of a transaction in the pool: what it tips and pays for, per share of the block it takes.
[[nodiscard]] std::uint64_t priority_of(const DispatchInfo& info, std::size_t length, Balance tip);

}  // namespace redoubt::devchain
