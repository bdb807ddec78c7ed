#include <substrate/dispatch_error.hpp>

namespace redoubt::substrate {
namespace {

/// The variant index inside a module error: four bytes in current runtimes, one number in old ones.
std::optional<std::uint8_t> error_index(const Value& module) {
    const auto* error = module.find("error");
    if (error == nullptr) {
        return std::nullopt;
    }
    if (const auto* bytes = error->as_bytes()) {
        return bytes->empty() ? std::nullopt : std::optional{bytes->front()};
    }
    const auto number = error->as_u64();
    return number && *number <= 0xff ? std::optional{static_cast<std::uint8_t>(*number)} : std::nullopt;
}

std::string describe_module(const Metadata& metadata, const Value& module) {
    const auto* index = module.find("index");
    const auto pallet_index = index == nullptr ? std::nullopt : index->as_u64();
    const auto variant_index = error_index(module);
    if (!pallet_index || *pallet_index > 0xff || !variant_index) {
        return "Module";
    }
    const auto* pallet = metadata.pallet_by_index(static_cast<std::uint8_t>(*pallet_index));
    if (pallet != nullptr && pallet->errors) {
        const auto* errors = metadata.types().find_def<VariantDef>(*pallet->errors);
        if (const auto* variant = errors == nullptr ? nullptr : errors->by_index(*variant_index)) {
            return std::string{pallet->name} + "." + std::string{variant->name};
        }
    }
    return "Module " + std::to_string(*pallet_index) + " error " + std::to_string(*variant_index);
}

}  // namespace

std::string describe_dispatch_error(const Metadata& metadata, const Value& error) {
    if (error.as_variant() == nullptr) {
        return "unknown dispatch error";
    }
    if (error.variant_name() == "Module") {
        // Either the fields stand in the variant itself, or in one composite inside it.
        const auto* inner = error.find("index") == nullptr ? error.at(0) : &error;
        return inner == nullptr ? "Module" : describe_module(metadata, *inner);
    }
    std::string out{error.variant_name()};
    for (const auto* inner = error.at(0); inner != nullptr && inner->as_variant() != nullptr;
         inner = inner->at(0)) {
        out += "." + std::string{inner->variant_name()};
    }
    return out;
}

}  // namespace redoubt::substrate
