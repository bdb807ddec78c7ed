/// The transaction extensions: what stands in a signed extrinsic besides the call, and what is signed with
/// it. transaction_check.hpp enforces them.
#pragma once

#include <primitives/scale.hpp>

#include <optional>
#include <string_view>
#include <substrate/era.hpp>
#include <tools/devchain/runtime/type_builder.hpp>
#include <vector>

namespace redoubt::devchain {

/// A type of that path with one unnamed field; for description only.
template <Text kPath, class... Inner>
struct Described {};
template <Text kPath, class... Inner>
struct TypeOf<Described<kPath, Inner...>> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types) {
        substrate::CompositeDef def;
        (def.fields.push_back(field_of({}, types.add<Inner>())), ...);
        return detail::type_with(std::move(def), kPath.view());
    }
};

enum class MetadataHashMode : std::uint8_t { kDisabled, kEnabled };
template <>
inline constexpr EnumInfo<2> kEnum<MetadataHashMode>{"frame_metadata_hash_extension::Mode",
                                                     {"Disabled", "Enabled"}};
/// What CheckMetadataHash puts into an extrinsic.
struct CheckMetadataHash {
    MetadataHashMode mode = MetadataHashMode::kDisabled;
    static constexpr auto kType = structure("frame_metadata_hash_extension::CheckMetadataHash",
                                            field("mode", &CheckMetadataHash::mode));
    static constexpr auto kScaleFields = kType.members();
};

struct ExtensionInfo {
    std::string_view identifier;
    substrate::TypeId extra = 0;
    substrate::TypeId additional = 0;
};
/// In the order of the extrinsic.
[[nodiscard]] std::vector<ExtensionInfo> describe_extensions(TypeBuilder& types);

/// The extensions' bytes in a signed extrinsic.
struct SignedExtra {
    substrate::Era era;
    std::uint32_t nonce = 0;
    uint128 tip = 0;
    MetadataHashMode metadata_hash = MetadataHashMode::kDisabled;
};
/// @errors DecodeError; substrate::ExtrinsicError::kBadEra
[[nodiscard]] Result<SignedExtra> read_signed_extra(ByteCursor& in);

/// An extrinsic as bytes; its type tells what is in them.
struct OpaqueExtrinsic {
    Bytes bytes;  ///< without the length prefix
    static constexpr auto kScaleFields = std::tuple{&OpaqueExtrinsic::bytes};
};
template <>
struct TypeOf<OpaqueExtrinsic> {
    [[nodiscard]] static substrate::Type describe(TypeBuilder& types);
};
/// The type of all that stands in an extrinsic for its extensions.
[[nodiscard]] substrate::TypeId extra_type(TypeBuilder& types);

}  // namespace redoubt::devchain
