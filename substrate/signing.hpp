/// Signing extrinsics: the payload, and putting a signed v4 extrinsic together, as the extension list of
/// the metadata demands.
///
/// @source light-client.md sections 7.2 and 7.3
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/crypto/multi_signature.hpp>
#include <primitives/result.hpp>
#include <primitives/uint128.hpp>
#include <string_view>
#include <substrate/era.hpp>
#include <substrate/metadata.hpp>

namespace redoubt::substrate {

/// Payloads longer than this are hashed before they are signed.
inline constexpr std::size_t kPayloadBytesMax = 256;

struct SigningContext {
    std::uint64_t nonce = 0;
    uint128 tip = 0;
    Era era;
    Hash256 genesis_hash;
    Hash256 birth_hash;  ///< hash of block `era.birth(current)`; ignored for an immortal era
    /// The digest of metadata_hash.hpp: its check is switched on when given, and off otherwise.
    std::optional<Hash256> metadata_hash;
    /// SCALE bytes of the asset that fees are paid in (ChargeAssetTxPayment); none is the native token.
    std::optional<Bytes> asset_id;
};

/// The first extension of the chain that carries data and is not known, so that nothing can be signed;
/// nullopt when everything can be signed.
[[nodiscard]] std::optional<std::string_view> unsupported_extension(const Metadata& metadata);

/// What stands in the extrinsic and what is signed besides, for all extensions in order.
struct ExtensionBytes {
    Bytes extra;
    Bytes additional;
};
/// @errors ExtrinsicError::kUnknownExtension; MetadataError::kNoRuntimeVersion
[[nodiscard]] Result<ExtensionBytes> extension_bytes(const Metadata& metadata, const SigningContext& context);

/// The message to sign: call, extra and additional, reduced to its BLAKE2b-256 when longer than 256 bytes.
/// @errors as extension_bytes
[[nodiscard]] Result<Bytes> signing_payload(const Metadata& metadata,
                                            ByteView call,
                                            const SigningContext& context);
/// The same before it is reduced. @errors as extension_bytes
[[nodiscard]] Result<Bytes> full_signing_payload(const Metadata& metadata,
                                                 ByteView call,
                                                 const SigningContext& context);

/// A signed v4 extrinsic with its length prefix. The signature is taken as it is.
/// @errors as extension_bytes; ExtrinsicError::kUnsupportedAddress, kUnsupportedSignature
[[nodiscard]] Result<Bytes> signed_extrinsic(const Metadata& metadata,
                                             ByteView call,
                                             const SigningContext& context,
                                             const AccountId& signer,
                                             const crypto::MultiSignature& signature);

/// Payload, signature and extrinsic in one step. @errors as signed_extrinsic
[[nodiscard]] Result<Bytes> sign_extrinsic(const Metadata& metadata,
                                           ByteView call,
                                           const SigningContext& context,
                                           const crypto::KeyPair& key);

}  // namespace redoubt::substrate
