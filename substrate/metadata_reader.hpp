/// Reads the three metadata layouts into a Metadata. Internal to this library.
#pragma once

#include <primitives/byte_cursor.hpp>
#include <primitives/scale.hpp>
#include <substrate/memory_limit.hpp>
#include <substrate/metadata.hpp>
#include <type_traits>

namespace redoubt::substrate {

class MetadataReader {
  public:
    /// @param source  starts with the magic; has to outlive what is read
    explicit MetadataReader(ByteView source) noexcept : in_(source), memory_(source.size()) {}

    /// Everything but the wrapping. @errors MetadataError, DecodeError
    [[nodiscard]] Result<void> read(Metadata& out);

  private:
    /// A sequence whose elements take at least `bytes_min` bytes each; allocated at once.
    /// @param read_one  returns the next element, or reads it into the one it is given
    template <class T, class ReadOne>
    [[nodiscard]] Result<std::vector<T>> read_sequence(std::size_t bytes_min, ReadOne read_one) {
        BOOST_OUTCOME_TRY(const auto count, scale::read_compact_u32(in_));
        if (count > in_.remaining() / bytes_min) {
            return DecodeError::kUnexpectedEnd;
        }
        if (!memory_.take(count, sizeof(T))) {
            return MetadataError::kTooMuchMemory;
        }
        std::vector<T> out;
        out.reserve(count);
        for (std::uint32_t i = 0; i < count; ++i) {
            if constexpr (std::is_invocable_v<ReadOne, T&>) {
                BOOST_OUTCOME_TRY(read_one(out.emplace_back()));
            } else {
                BOOST_OUTCOME_TRY(auto element, read_one());
                out.push_back(std::move(element));
            }
        }
        return out;
    }
    /// The same for what is not kept.
    template <class SkipOne>
    [[nodiscard]] Result<void> skip_sequence(std::size_t bytes_min, SkipOne skip_one) {
        BOOST_OUTCOME_TRY(const auto count, scale::read_compact_u32(in_));
        if (count > in_.remaining() / bytes_min) {
            return DecodeError::kUnexpectedEnd;
        }
        for (std::uint32_t i = 0; i < count; ++i) {
            BOOST_OUTCOME_TRY(skip_one());
        }
        return success();
    }
    template <class ReadOne>
    [[nodiscard]] auto read_option(ReadOne read_one)
        -> Result<std::optional<typename decltype(read_one())::value_type>> {
        using T = typename decltype(read_one())::value_type;
        BOOST_OUTCOME_TRY(const auto tag, in_.take_byte());
        if (tag == 0) {
            return std::optional<T>{};
        }
        if (tag != 1) {
            return DecodeError::kBadTag;
        }
        BOOST_OUTCOME_TRY(auto value, read_one());
        return std::optional<T>{std::move(value)};
    }

    [[nodiscard]] Result<std::string_view> read_text();
    [[nodiscard]] Result<TypeId> read_type_id();
    [[nodiscard]] Result<void> skip_docs();

    // The type registry.
    [[nodiscard]] Result<TypeRegistry> read_types();
    [[nodiscard]] Result<void> read_type(Type& out);
    [[nodiscard]] Result<void> read_type_def(TypeDef& out);
    [[nodiscard]] Result<std::vector<Field>> read_fields();
    [[nodiscard]] Result<Variant> read_variant();
    [[nodiscard]] Result<Primitive> read_primitive();

    // Pallets.
    [[nodiscard]] Result<Pallet> read_pallet();
    [[nodiscard]] Result<void> read_storage(Pallet& pallet);
    [[nodiscard]] Result<StorageEntry> read_storage_entry();
    [[nodiscard]] Result<StorageHasher> read_hasher();
    [[nodiscard]] Result<Constant> read_constant();
    [[nodiscard]] Result<std::optional<TypeId>> read_pallet_enum();
    [[nodiscard]] Result<void> skip_associated_types();
    [[nodiscard]] Result<void> skip_view_functions();

    // The rest.
    [[nodiscard]] Result<void> read_extrinsic_v14(ExtrinsicInfo& out);
    [[nodiscard]] Result<void> read_extrinsic_v15(ExtrinsicInfo& out);
    [[nodiscard]] Result<void> read_extrinsic_v16(ExtrinsicInfo& out);
    [[nodiscard]] Result<Extension> read_extension();
    [[nodiscard]] Result<RuntimeApi> read_api();
    [[nodiscard]] Result<RuntimeApiMethod> read_api_method();
    [[nodiscard]] Result<RuntimeApiMethod::Input> read_input();
    [[nodiscard]] Result<void> skip_custom_values();

    // V16: whether something is deprecated is read and dropped.
    [[nodiscard]] Result<void> skip_item_deprecation();
    [[nodiscard]] Result<void> skip_variant_deprecations();

    ByteCursor in_;
    MemoryLimit memory_;
    unsigned version_ = 0;
    const TypeRegistry* types_ = nullptr;
};

}  // namespace redoubt::substrate
