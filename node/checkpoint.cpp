#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <node/checkpoint.hpp>
#include <primitives/hex.hpp>
#include <substrate/header.hpp>

#include <fstream>
#include <iterator>

namespace redoubt::node {
namespace {

using nlohmann::json;

constexpr std::string_view kFormat = "redoubt-checkpoint/1";
constexpr std::size_t kFileBytesMax = std::size_t{64} << 20;

Problem unusable(const std::filesystem::path& file, std::string_view what) {
    return {ExitCode::kUsage, fmt::format("the checkpoint {}: {}", file.string(), what),
            "Make one with redoubt chain checkpoint, and compare number and hash with a source you trust."};
}

std::optional<Bytes> bytes_at(const json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string()) {
        return std::nullopt;
    }
    auto bytes = parse_hex(found->get_ref<const std::string&>());
    return bytes ? std::optional{std::move(bytes).value()} : std::nullopt;
}

}  // namespace

Outcome<boundary::TrustAnchor> read_checkpoint(const std::filesystem::path& file,
                                               const Hash256& genesis_hash) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    std::ifstream in{file, std::ios::binary};
    if (error || !in || size > kFileBytesMax) {
        return unusable(file, "cannot be read");
    }
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto parsed = json::parse(text, nullptr, false);
    if (!parsed.is_object() || parsed.value("format", json{}) != kFormat) {
        return unusable(file, "is no checkpoint file");
    }
    auto header = bytes_at(parsed, "header");
    const auto genesis = bytes_at(parsed, "genesis");
    const auto hash = bytes_at(parsed, "hash");
    const auto number = parsed.find("number");
    const auto nodes = parsed.find("stateProof");
    if (!header || !genesis || !hash || number == parsed.end() || !number->is_number_unsigned() ||
        nodes == parsed.end() || !nodes->is_array() || nodes->size() > boundary::kProofNodesMax) {
        return unusable(file, "lacks header, genesis, number, hash or stateProof");
    }
    if (!equal(*genesis, genesis_hash.view())) {
        return unusable(file, fmt::format("is of the chain {}, the node is of {}", to_hex_0x(*genesis),
                                          to_hex_0x(genesis_hash.view())));
    }
    if (!equal(*hash, substrate::header_hash(*header).view())) {
        return unusable(file, "names a hash that is not its header's");
    }
    const auto decoded = substrate::decode_header(*header);
    if (!decoded) {
        return unusable(file, "has a header that cannot be decoded");
    }
    if (number->get<std::uint64_t>() != decoded.value().number) {
        return unusable(file, fmt::format("names the number {}, and its header is of block {}",
                                          number->get<std::uint64_t>(), decoded.value().number));
    }
    boundary::TrustAnchor anchor;
    for (const auto& node : *nodes) {
        if (!node.is_string()) {
            return unusable(file, "has a proof that is not hex");
        }
        auto bytes = parse_hex(node.get_ref<const std::string&>());
        if (!bytes) {
            return unusable(file, "has a proof that is not hex");
        }
        anchor.state_proof.push_back(std::move(bytes).value());
    }
    anchor.header = std::move(*header);
    return anchor;
}

}  // namespace redoubt::node
