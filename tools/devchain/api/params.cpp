#include <primitives/hex.hpp>
#include <tools/devchain/api/params.hpp>

#include <charconv>
#include <limits>

namespace redoubt::devchain::api {
namespace {

rpc::ErrorObject bad(std::string_view name, std::string_view expected) {
    return rpc::invalid_params(std::string{name} + " has to be " + std::string{expected});
}

const json& absent() {
    static const json kNull;
    return kNull;
}

}  // namespace

Expected<Bytes> read_bytes(const json& value, std::string_view name) {
    const auto* text = value.get_ptr<const std::string*>();
    if (text == nullptr) {
        return bad(name, "a text in hex");
    }
    auto bytes = parse_hex(*text);
    if (!bytes) {
        return bad(name, "hex with an even number of digits");
    }
    return std::move(bytes).value();
}

Expected<Hash256> read_hash(const json& value, std::string_view name) {
    BOOST_OUTCOME_TRY(const auto bytes, read_bytes(value, name));
    if (bytes.size() != Hash256::kSize) {
        return bad(name, "a hash of 32 bytes");
    }
    return Hash256::copy_of(std::span<const std::uint8_t, 32>{bytes});
}

Expected<std::vector<Bytes>> read_bytes_list(const json& value, std::string_view name) {
    if (!value.is_array() || value.size() > kListItemsMax) {
        return bad(name, "a list of hex texts");
    }
    std::vector<Bytes> out;
    out.reserve(value.size());
    for (const auto& element : value) {
        BOOST_OUTCOME_TRY(auto bytes, read_bytes(element, name));
        out.push_back(std::move(bytes));
    }
    return out;
}

Expected<std::uint32_t> read_u32(const json& value, std::string_view name) {
    constexpr std::uint64_t kMax = std::numeric_limits<std::uint32_t>::max();
    if (value.is_number_unsigned() && value.get<std::uint64_t>() <= kMax) {
        return static_cast<std::uint32_t>(value.get<std::uint64_t>());
    }
    if (const auto* text = value.get_ptr<const std::string*>(); text != nullptr && text->starts_with("0x")) {
        std::uint32_t out = 0;
        const auto* end = text->data() + text->size();
        const auto parsed = std::from_chars(text->data() + 2, end, out, 16);
        if (parsed.ec == std::errc{} && parsed.ptr == end) {
            return out;
        }
    }
    return bad(name, "a number of 32 bits");
}

Expected<std::string> read_text(const json& value, std::string_view name) {
    if (!value.is_string()) {
        return bad(name, "a text");
    }
    return value.get<std::string>();
}

const json& member(const json& object, std::string_view name) {
    if (!object.is_object()) {
        return absent();
    }
    const auto found = object.find(name);
    return found == object.end() ? absent() : *found;
}

const json& Params::at(std::size_t position) const {
    return position < list_.size() ? list_[position] : absent();
}

Expected<std::optional<Hash256>> Params::optional_hash(std::size_t position, std::string_view name) const {
    if (is_absent(position)) {
        return std::optional<Hash256>{};
    }
    BOOST_OUTCOME_TRY(const auto value, hash(position, name));
    return std::optional{value};
}

}  // namespace redoubt::devchain::api
