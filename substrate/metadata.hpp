/// Runtime metadata V14, V15 and V16: pallets, calls, events, errors, storage, constants, extensions.
///
/// A Metadata owns the bytes it was decoded from; every name it gives is a view of them. It can be moved,
/// not copied. It says what bytes mean, not whether they are true: where the bytes come from is the
/// caller's question (light-client.md section 8.7).
///
/// @source light-client.md section 8
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <string_view>
#include <substrate/errors.hpp>
#include <substrate/type_registry.hpp>
#include <unordered_map>
#include <vector>

namespace redoubt::substrate {

/// Longest metadata accepted, wrapping included.
inline constexpr std::size_t kMetadataBytesMax = 8 * 1024 * 1024;

/// In the order of the metadata's tags.
enum class StorageHasher : std::uint8_t {
    kBlake2_128 = 0,
    kBlake2_256,
    kBlake2_128Concat,
    kTwox128,
    kTwox256,
    kTwox64Concat,
    kIdentity,
};

struct StorageEntry {
    std::string_view name;
    bool has_default = false;            ///< absent values read as `default_value` instead of none
    std::vector<StorageHasher> hashers;  ///< empty for a plain value
    std::optional<TypeId> key;  ///< of a map; a tuple with one part per hasher when there are several
    TypeId value = 0;
    ByteView default_value;
};

struct Constant {
    std::string_view name;
    TypeId type = 0;
    ByteView value;
};

struct Pallet {
    std::string_view name;
    std::uint8_t index = 0;
    std::optional<TypeId> calls;
    std::optional<TypeId> events;
    std::optional<TypeId> errors;
    std::string_view storage_prefix;  ///< empty when the pallet has no storage
    std::vector<StorageEntry> storage;
    std::vector<Constant> constants;

    [[nodiscard]] const StorageEntry* find_storage(std::string_view item) const noexcept;
    [[nodiscard]] const Constant* find_constant(std::string_view constant) const noexcept;
};

/// A transaction extension ("signed extension" in V14 and V15).
struct Extension {
    std::string_view identifier;
    TypeId extra = 0;       ///< type of what stands in the extrinsic
    TypeId additional = 0;  ///< type of what is signed in addition
};

struct ExtrinsicInfo {
    std::vector<std::uint8_t> versions;
    std::optional<TypeId> address;
    std::optional<TypeId> call;
    std::optional<TypeId> signature;
    std::vector<Extension> extensions;
    /// V16: which extensions belong to an extension version. Empty in V14 and V15: version 0 has all.
    std::vector<std::pair<std::uint8_t, std::vector<std::uint32_t>>> extensions_by_version;

    /// The extensions of an extension version in their order; nullopt when the version does not exist.
    [[nodiscard]] std::optional<std::vector<Extension>> extension_set(std::uint8_t version) const;
};

struct RuntimeApiMethod {
    struct Input {
        std::string_view name;
        TypeId type = 0;
    };
    std::string_view name;
    std::vector<Input> inputs;
    TypeId output = 0;
};
struct RuntimeApi {
    std::string_view name;
    std::optional<std::uint32_t> version;  ///< told by V16
    std::vector<RuntimeApiMethod> methods;
};

/// The enums over all pallets (V15 and V16).
struct OuterEnums {
    TypeId call = 0;
    TypeId event = 0;
    TypeId error = 0;
};

class Metadata {
  public:
    /// Accepts the plain form, a compact length in front, and Option of either as runtime calls answer.
    /// @errors MetadataError, DecodeError
    [[nodiscard]] static Result<Metadata> decode(ByteView input);

    Metadata(const Metadata&) = delete;
    Metadata& operator=(const Metadata&) = delete;
    Metadata(Metadata&&) noexcept = default;
    Metadata& operator=(Metadata&&) noexcept = default;
    ~Metadata() = default;

    /// 14, 15 or 16.
    [[nodiscard]] unsigned version() const noexcept { return version_; }
    [[nodiscard]] const TypeRegistry& types() const noexcept { return types_; }
    /// In the metadata's order.
    [[nodiscard]] const std::vector<Pallet>& pallets() const noexcept { return pallets_; }
    /// nullptr when there is no such pallet.
    [[nodiscard]] const Pallet* find_pallet(std::string_view name) const noexcept;
    [[nodiscard]] const Pallet* pallet_by_index(std::uint8_t index) const noexcept;
    [[nodiscard]] const ExtrinsicInfo& extrinsic() const noexcept { return extrinsic_; }
    /// The SCALE bytes of a constant; nullopt when there is none of that name.
    [[nodiscard]] std::optional<ByteView> constant(std::string_view pallet,
                                                   std::string_view name) const noexcept;
    /// Empty in V14.
    [[nodiscard]] const std::vector<RuntimeApi>& apis() const noexcept { return apis_; }
    [[nodiscard]] const std::optional<OuterEnums>& outer_enums() const noexcept { return outer_enums_; }
    /// The enum of all events, as `System.Events` holds it; nullopt when the metadata does not tell.
    [[nodiscard]] std::optional<TypeId> event_type() const noexcept;

  private:
    friend class MetadataReader;
    Metadata() = default;
    [[nodiscard]] Result<void> index_pallets();

    Bytes source_;
    unsigned version_ = 0;
    TypeRegistry types_;
    std::vector<Pallet> pallets_;
    ExtrinsicInfo extrinsic_;
    std::vector<RuntimeApi> apis_;
    std::optional<OuterEnums> outer_enums_;
    std::array<std::int16_t, 256> by_index_{};
    std::unordered_map<std::string_view, std::size_t> by_name_;
};

}  // namespace redoubt::substrate
