#include <algorithm>
#include <primitives/byte_cursor.hpp>
#include <primitives/scale.hpp>
#include <substrate/metadata.hpp>
#include <substrate/metadata_reader.hpp>

namespace redoubt::substrate {
namespace {

bool starts_with_magic(ByteView input) noexcept {
    constexpr std::string_view kMagic = "meta";
    return text_of(input).starts_with(kMagic);
}

/// Takes a compact length off; nullopt when it does not announce exactly the rest, or the rest is no
/// metadata.
std::optional<ByteView> without_length(ByteView input) {
    ByteCursor in{input};
    const auto length = scale::read_compact_u32(in);
    if (!length || length.value() != in.remaining() || !starts_with_magic(in.rest())) {
        return std::nullopt;
    }
    return in.rest();
}

/// The bytes from the magic on: plain, with a compact length, or either in an Option.
std::optional<ByteView> unwrapped(ByteView input) {
    if (starts_with_magic(input)) {
        return input;
    }
    if (const auto inner = without_length(input)) {
        return inner;
    }
    if (input.empty() || input.front() != 1) {
        return std::nullopt;
    }
    const auto inside = input.subspan(1);
    return starts_with_magic(inside) ? std::optional{inside} : without_length(inside);
}

}  // namespace

const StorageEntry* Pallet::find_storage(std::string_view item) const noexcept {
    const auto found = std::ranges::find(storage, item, &StorageEntry::name);
    return found == storage.end() ? nullptr : &*found;
}

const Constant* Pallet::find_constant(std::string_view constant) const noexcept {
    const auto found = std::ranges::find(constants, constant, &Constant::name);
    return found == constants.end() ? nullptr : &*found;
}

std::optional<std::vector<Extension>> ExtrinsicInfo::extension_set(std::uint8_t version) const {
    if (extensions_by_version.empty()) {
        return version == 0 ? std::optional{extensions} : std::nullopt;
    }
    const auto found = std::ranges::find(extensions_by_version, version,
                                         [](const auto& versioned) { return versioned.first; });
    if (found == extensions_by_version.end()) {
        return std::nullopt;
    }
    std::vector<Extension> out;
    out.reserve(found->second.size());
    for (const auto index : found->second) {
        out.push_back(extensions[index]);
    }
    return out;
}

Result<Metadata> Metadata::decode(ByteView input) {
    if (input.size() > kMetadataBytesMax) {
        return MetadataError::kTooLarge;
    }
    const auto body = unwrapped(input);
    if (!body) {
        return MetadataError::kBadMagic;
    }
    Metadata out;
    out.source_ = to_bytes(*body);
    MetadataReader reader{out.source_};
    BOOST_OUTCOME_TRY(reader.read(out));
    BOOST_OUTCOME_TRY(out.index_pallets());
    return out;
}

Result<void> Metadata::index_pallets() {
    by_index_.fill(-1);
    for (std::size_t i = 0; i < pallets_.size(); ++i) {
        auto& slot = by_index_[pallets_[i].index];
        if (slot != -1 || !by_name_.emplace(pallets_[i].name, i).second) {
            return MetadataError::kDuplicatePallet;
        }
        slot = static_cast<std::int16_t>(i);
    }
    return success();
}

const Pallet* Metadata::find_pallet(std::string_view name) const noexcept {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &pallets_[found->second];
}

const Pallet* Metadata::pallet_by_index(std::uint8_t index) const noexcept {
    const auto slot = by_index_[index];
    return slot < 0 ? nullptr : &pallets_[static_cast<std::size_t>(slot)];
}

std::optional<ByteView> Metadata::constant(std::string_view pallet, std::string_view name) const noexcept {
    const auto* found = find_pallet(pallet);
    const auto* constant = found == nullptr ? nullptr : found->find_constant(name);
    return constant == nullptr ? std::nullopt : std::optional{constant->value};
}

std::optional<TypeId> Metadata::event_type() const noexcept {
    if (outer_enums_) {
        return outer_enums_->event;
    }
    // V14 names it only inside the type of System.Events: a sequence of records {phase, event, topics}.
    const auto* system = find_pallet("System");
    const auto* entry = system == nullptr ? nullptr : system->find_storage("Events");
    const auto* sequence = entry == nullptr ? nullptr : types_.find_def<SequenceDef>(entry->value);
    const auto* record = sequence == nullptr ? nullptr : types_.find_def<CompositeDef>(sequence->element);
    if (record == nullptr) {
        return std::nullopt;
    }
    const auto field =
        std::ranges::find(record->fields, std::optional<std::string_view>{"event"}, &Field::name);
    return field == record->fields.end() ? std::nullopt : std::optional{field->type};
}

}  // namespace redoubt::substrate
