/// Reading extrinsics: the envelope around a call.
///
/// The signature is not verified here and the call is not decoded (see call.hpp); a block that the chain
/// accepted holds neither wrong.
///
/// @source light-client.md section 7.1
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <primitives/uint128.hpp>
#include <substrate/era.hpp>
#include <substrate/metadata.hpp>

namespace redoubt::substrate {

inline constexpr std::size_t kExtrinsicBytesMax = 4 * 1024 * 1024;

enum class ExtrinsicKind : std::uint8_t { kBare, kSigned, kGeneral };

struct DecodedExtrinsic {
    ExtrinsicKind kind = ExtrinsicKind::kBare;
    std::uint8_t format_version = 4;
    std::uint8_t extension_version = 0;  ///< of general extrinsics
    /// Of a signed extrinsic whose address holds a 32-byte account id.
    std::optional<AccountId> signer;
    ByteView address;    ///< SCALE bytes; empty unless signed
    ByteView signature;  ///< SCALE bytes; empty unless signed
    std::optional<Era> era;
    std::optional<std::uint64_t> nonce;
    std::optional<uint128> tip;
    /// The call's bytes; like the other views, a part of the input.
    ByteView call;
};

/// Reads the bytes of an extrinsic as a block's body holds them: a compact length, then the envelope.
/// Accepted are bare v4, bare v5, signed v4 and general v5.
/// @errors ExtrinsicError::kTooLarge, kUnsupportedVersion; ValueError; DecodeError
[[nodiscard]] Result<DecodedExtrinsic> decode_extrinsic(const Metadata& metadata,
                                                        ByteView bytes_with_length_prefix);

/// BLAKE2b-256 of the bytes, length prefix included: the hash that pools and RPC use.
[[nodiscard]] Hash256 extrinsic_hash(ByteView bytes_with_length_prefix);

/// `call` as a bare extrinsic with its length prefix. @param format_version  4 or 5
[[nodiscard]] Bytes bare_extrinsic(ByteView call, std::uint8_t format_version = 4);

}  // namespace redoubt::substrate
