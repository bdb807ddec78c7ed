/// The error codes of the Substrate formats, one enum per concern and one enumerator per remedy.
///
/// Bytes that are not SCALE at all are reported as redoubt::DecodeError by the same functions.
#pragma once

#include <primitives/result.hpp>
#include <string_view>
#include <system_error>

namespace redoubt::substrate {

/// Why metadata was refused.
enum class MetadataError : int {
    kTooLarge = 1,           ///< above kMetadataBytesMax
    kBadMagic,               ///< none of the four wrappings of light-client.md section 8.1
    kUnsupportedVersion,     ///< a version other than 14, 15 and 16
    kTooManyTypes,           ///< above kTypesMax
    kTypeIdsNotConsecutive,  ///< type ids do not run 0, 1, 2 ...
    kUnknownType,            ///< a type id that the registry does not hold
    kBadType,                ///< a type description that nothing can be encoded with
    kDuplicatePallet,        ///< two pallets of one name or one index
    kTooMuchMemory,          ///< the description would take more memory than its length allows
    kNoRuntimeVersion,       ///< `System.Version` is missing or malformed
    kNeedsNewerVersion,      ///< the metadata digest needs V15 or V16
};

/// Why a name could not be resolved in the metadata.
enum class LookupError : int {
    kNoSuchPallet = 1,
    kNoSuchCall,
    kNoSuchEvent,
    kNoSuchStorageItem,
    kNoSuchConstant,
    kWrongKeyParts,  ///< a storage key got more or fewer parts than the item has hashers
    kNotReversible,  ///< a key part cannot be read back: its hasher keeps no copy of it
    kForeignKey,     ///< a storage key that does not belong to the item
};

/// Why a dynamic value could not be decoded or encoded.
enum class ValueError : int {
    kUnknownType = 1,  ///< the registry does not hold the type id
    kKindMismatch,     ///< the value's kind is not the type's kind
    kOutOfRange,       ///< an integer does not fit its type
    kMissingField,     ///< a named field has no value
    kUnknownField,     ///< a value has a field that the type does not have
    kUnknownVariant,   ///< no such variant name or index
    kWrongLength,      ///< an array or tuple of another length
    kDepthLimit,       ///< nested deeper than kValueDepthMax
    kMemoryLimit,      ///< the value would take more memory or work than its length allows
    kUnencodableType,  ///< for example a compact of a type that has no compact form
};

/// Why an extrinsic could not be read, signed or assembled.
enum class ExtrinsicError : int {
    kTooLarge = 1,          ///< above kExtrinsicBytesMax
    kUnsupportedVersion,    ///< neither bare v4, bare v5, signed v4 nor general v5
    kUnknownExtension,      ///< an extension that carries data and is not known; see unsupported_extension()
    kUnsupportedAddress,    ///< the chain's address type cannot hold a 32-byte account id
    kUnsupportedSignature,  ///< the chain's signature type has no such scheme
    kBadEra,                ///< an era that no period and phase give
};

/// Why a header, its digest or its seal was refused.
enum class HeaderError : int {
    kTooLarge = 1,        ///< above kHeaderBytesMax
    kTooManyItems,        ///< above kDigestItemsMax
    kMissingSeal,         ///< no seal, or the seal is not the last item
    kDuplicateSeal,       ///< more than one seal
    kMissingPreDigest,    ///< no pre-runtime item of the engine
    kDuplicatePreDigest,  ///< more than one pre-runtime item of the engine
    kBadPreDigest,        ///< a pre-runtime item that does not decode
    kBadConsensusLog,     ///< a consensus item that does not decode
    kUnknownAuthority,    ///< an authority index outside the set
    kWrongAuthor,         ///< not the author that the slot belongs to
    kClaimNotAllowed,     ///< a secondary claim of a kind that the epoch does not allow
    kBadSeal,             ///< the seal is no signature of the author over the unsealed header
    kBadVrf,              ///< the VRF proof does not verify
    kAboveThreshold,      ///< a primary claim whose VRF value is not below the threshold
};

[[nodiscard]] std::string_view error_domain(MetadataError);
[[nodiscard]] std::string_view error_message(MetadataError);
REDOUBT_ERROR_DOMAIN(MetadataError)
[[nodiscard]] std::string_view error_domain(LookupError);
[[nodiscard]] std::string_view error_message(LookupError);
REDOUBT_ERROR_DOMAIN(LookupError)
[[nodiscard]] std::string_view error_domain(ValueError);
[[nodiscard]] std::string_view error_message(ValueError);
REDOUBT_ERROR_DOMAIN(ValueError)
[[nodiscard]] std::string_view error_domain(ExtrinsicError);
[[nodiscard]] std::string_view error_message(ExtrinsicError);
REDOUBT_ERROR_DOMAIN(ExtrinsicError)
[[nodiscard]] std::string_view error_domain(HeaderError);
[[nodiscard]] std::string_view error_message(HeaderError);
REDOUBT_ERROR_DOMAIN(HeaderError)

}  // namespace redoubt::substrate

template <>
struct std::is_error_code_enum<redoubt::substrate::MetadataError> : std::true_type {};
template <>
struct std::is_error_code_enum<redoubt::substrate::LookupError> : std::true_type {};
template <>
struct std::is_error_code_enum<redoubt::substrate::ValueError> : std::true_type {};
template <>
struct std::is_error_code_enum<redoubt::substrate::ExtrinsicError> : std::true_type {};
template <>
struct std::is_error_code_enum<redoubt::substrate::HeaderError> : std::true_type {};
