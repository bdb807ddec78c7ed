/// Signed trusted calls and the operations that carry them, with their hashes and signing payloads.
///
/// @source integritee-wire.md, section 3.2
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/crypto/multi_signature.hpp>
#include <stf/types/getter.hpp>
#include <stf/types/trusted_call.hpp>
#include <tuple>
#include <variant>

namespace redoubt::stf {

struct TrustedCallSigned {
    TrustedCall call;
    std::uint32_t nonce = 0;
    std::optional<AccountId> delegate;
    crypto::MultiSignature signature;
    static constexpr auto kScaleFields =
        std::tuple{&TrustedCallSigned::call, &TrustedCallSigned::nonce, &TrustedCallSigned::delegate,
                   &TrustedCallSigned::signature};
    bool operator==(const TrustedCallSigned&) const = default;
};

/// A call that travels through `EnclaveBridge.invoke`.
struct IndirectCallOperation {
    TrustedCallSigned signed_call;
    static constexpr auto kScaleFields = std::tuple{&IndirectCallOperation::signed_call};
    bool operator==(const IndirectCallOperation&) const = default;
};
/// A call given to the worker directly.
struct DirectCallOperation {
    TrustedCallSigned signed_call;
    static constexpr auto kScaleFields = std::tuple{&DirectCallOperation::signed_call};
    bool operator==(const DirectCallOperation&) const = default;
};

/// SCALE: 00 indirect call | 01 direct call | 02 getter.
using TrustedOperation = std::variant<IndirectCallOperation, DirectCallOperation, Getter>;

/// Largest encoded operation that is decoded.
inline constexpr std::size_t kTrustedOperationBytesMax = 64 * 1024;

/// Decodes a complete operation. @errors those of DecodeError; kLengthLimit above kTrustedOperationBytesMax
[[nodiscard]] Result<TrustedOperation> decode_trusted_operation(ByteView bytes);

/// What a wallet signs: SCALE(call) ++ nonce u32 LE ++ fingerprint ++ shard, not hashed. The fingerprint is
/// the measurement of the enclave that is to execute the call.
[[nodiscard]] Bytes signing_payload(const TrustedCall& call,
                                    std::uint32_t nonce,
                                    const Hash256& fingerprint,
                                    const ShardId& shard);

/// True when the call's sender (or the named delegate) signed it for this enclave and shard, plainly or
/// wrapped in `<Bytes>`. Whether a delegate is allowed to is not decided here.
[[nodiscard]] bool verify(const TrustedCallSigned& signed_call,
                          const Hash256& fingerprint,
                          const ShardId& shard);

/// The TOP hash: BLAKE2b-256 of SCALE(TrustedOperation), the name of an operation towards its owner.
[[nodiscard]] Hash256 operation_hash(const TrustedOperation& operation);

/// Redoubt's call hash for unshield_funds: BLAKE2b-256 of SCALE(call) ++ nonce u32 LE. The nonce makes two
/// equal unshields two payments; the original leaves it out and pays the second one never.
[[nodiscard]] Hash256 unshield_call_hash(const TrustedCall& call, std::uint32_t nonce);

}  // namespace redoubt::stf
