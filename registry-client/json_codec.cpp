#include <primitives/hex.hpp>
#include <registry-client/json_codec.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

namespace redoubt::registry_client {
namespace {

using nlohmann::json;

const json& member(const json& object, const char* name) {
    static const json absent;
    if (!object.is_object()) {
        return absent;
    }
    const auto found = object.find(name);
    return found == object.end() ? absent : *found;
}

Reply<std::uint32_t> quantity_from_json(const json& value, std::string_view method) {
    const auto* text = value.get_ptr<const std::string*>();
    if (text == nullptr || !text->starts_with("0x") || text->size() < 3) {
        return bad_answer(method, "a block number is no hex quantity");
    }
    std::uint32_t out = 0;
    const auto* end = text->data() + text->size();
    const auto parsed = std::from_chars(text->data() + 2, end, out, 16);
    if (parsed.ec != std::errc{} || parsed.ptr != end) {
        return bad_answer(method, "a block number does not fit 32 bits");
    }
    return out;
}

/// Bytes as a list of numbers, the way justifications are written.
std::optional<Bytes> bytes_from_numbers(const json& list) {
    if (!list.is_array()) {
        return std::nullopt;
    }
    Bytes out;
    out.reserve(list.size());
    for (const auto& element : list) {
        if (!element.is_number_unsigned() || element.get<std::uint64_t>() > 255) {
            return std::nullopt;
        }
        out.push_back(static_cast<std::uint8_t>(element.get<std::uint64_t>()));
    }
    return out;
}

/// nullopt when there is no GRANDPA justification.
Reply<std::optional<Bytes>> justification_from_json(const json& list, std::string_view method) {
    if (list.is_null()) {
        return std::optional<Bytes>{};
    }
    if (!list.is_array()) {
        return bad_answer(method, "justifications are no list");
    }
    for (const auto& entry : list) {
        if (!entry.is_array() || entry.size() != 2) {
            return bad_answer(method, "a justification is no pair of engine and bytes");
        }
        const auto engine = bytes_from_numbers(entry[0]);
        if (!engine) {
            return bad_answer(method, "a consensus engine is not given as bytes");
        }
        if (std::ranges::equal(*engine, substrate::kGrandpaEngine)) {
            auto bytes = bytes_from_numbers(entry[1]);
            if (!bytes) {
                return bad_answer(method, "a justification is not given as bytes");
            }
            return bytes;
        }
    }
    return std::optional<Bytes>{};
}

}  // namespace

rpc::Failure bad_answer(std::string_view method, std::string_view what) {
    return {make_error_code(ChainError::kBadAnswer), std::string{method} + ": " + std::string{what}};
}

Reply<Bytes> bytes_from_json(const json& value, std::string_view method) {
    const auto* text = value.get_ptr<const std::string*>();
    if (text == nullptr || !text->starts_with("0x")) {
        return bad_answer(method, "expected hex with 0x");
    }
    auto bytes = parse_hex(*text);
    if (!bytes) {
        return bad_answer(method, bytes.error().message());
    }
    return std::move(bytes).value();
}

Reply<Hash256> hash_from_json(const json& value, std::string_view method) {
    BOOST_OUTCOME_TRY(const auto bytes, bytes_from_json(value, method));
    if (bytes.size() != Hash256::kSize) {
        return bad_answer(method, "a hash is not 32 bytes long");
    }
    return Hash256::copy_of(std::span<const std::uint8_t, 32>{bytes});
}

Reply<std::vector<Bytes>> bytes_list_from_json(const json& value, std::string_view method) {
    if (!value.is_array()) {
        return bad_answer(method, "expected a list");
    }
    std::vector<Bytes> out;
    out.reserve(value.size());
    for (const auto& element : value) {
        BOOST_OUTCOME_TRY(auto bytes, bytes_from_json(element, method));
        out.push_back(std::move(bytes));
    }
    return out;
}

Reply<std::uint32_t> u32_from_json(const json& value, std::string_view method) {
    if (!value.is_number_unsigned() ||
        value.get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max()) {
        return bad_answer(method, "expected a number of 32 bits");
    }
    return static_cast<std::uint32_t>(value.get<std::uint64_t>());
}

Reply<BlockHeader> header_from_json(const json& value, std::string_view method) {
    BlockHeader out;
    auto& header = out.header;
    BOOST_OUTCOME_TRY(header.parent_hash, hash_from_json(member(value, "parentHash"), method));
    BOOST_OUTCOME_TRY(header.number, quantity_from_json(member(value, "number"), method));
    BOOST_OUTCOME_TRY(header.state_root, hash_from_json(member(value, "stateRoot"), method));
    BOOST_OUTCOME_TRY(header.extrinsics_root, hash_from_json(member(value, "extrinsicsRoot"), method));
    BOOST_OUTCOME_TRY(const auto logs, bytes_list_from_json(member(member(value, "digest"), "logs"), method));
    if (logs.size() > substrate::kDigestItemsMax) {
        return bad_answer(method, "a header has too many digest items");
    }
    for (const auto& log : logs) {
        auto item = substrate::decode_digest_item(log);
        if (!item) {
            return bad_answer(method, "a digest item does not decode: " + item.error().message());
        }
        header.digest.push_back(std::move(item).value());
    }
    out.bytes = substrate::encode(header);
    if (out.bytes.size() > substrate::kHeaderBytesMax) {
        return bad_answer(method, "a header is too long");
    }
    out.hash = substrate::header_hash(out.bytes);
    return out;
}

Reply<Block> block_from_json(const json& value, std::string_view method) {
    const auto& block = member(value, "block");
    Block out;
    BOOST_OUTCOME_TRY(out.header, header_from_json(member(block, "header"), method));
    BOOST_OUTCOME_TRY(out.extrinsics, bytes_list_from_json(member(block, "extrinsics"), method));
    BOOST_OUTCOME_TRY(out.grandpa_justification,
                      justification_from_json(member(value, "justifications"), method));
    return out;
}

}  // namespace redoubt::registry_client
