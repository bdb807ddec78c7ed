#include <primitives/hex.hpp>
#include <registry-client/chain_client_parts.hpp>
#include <registry-client/json_codec.hpp>
#include <registry-client/runtime.hpp>

#include <spdlog/spdlog.h>
#include <substrate/runtime_version.hpp>

namespace redoubt::registry_client {
namespace {

using nlohmann::json;

constexpr std::string_view kMetadataMagic = "meta";
constexpr std::size_t kSymbolBytesMax = 32;

/// A property may be a scalar or a list with one element per token; the first is the native one.
const json& first_of(const json& properties, const char* name) {
    static const json absent;
    const auto found = properties.find(name);
    if (found == properties.end()) {
        return absent;
    }
    if (found->is_array()) {
        return found->empty() ? absent : found->front();
    }
    return *found;
}

json parameters_at(json parameters, const std::optional<Hash256>& at) {
    if (at) {
        parameters.push_back(to_hex_0x(at->view()));
    }
    return parameters;
}

/// What lies inside the wrappings of light-client.md section 8.1.
Bytes from_magic_on(Bytes wrapped) {
    const auto magic = bytes_of(kMetadataMagic);
    // An Option byte and a compact length are at most five bytes.
    const auto head_end =
        wrapped.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(wrapped.size(), 9));
    const auto start = std::search(wrapped.begin(), head_end, magic.begin(), magic.end());
    if (start != head_end) {
        wrapped.erase(wrapped.begin(), start);
    }
    return wrapped;
}

/// V15 where the runtime has it, else what the node gives by default.
Task<Reply<Bytes>> load_metadata_bytes(std::shared_ptr<rpc::Client> rpc, std::optional<Hash256> at) {
    auto parameters = parameters_at(json::array({"Metadata_metadata_at_version", "0x0f000000"}), at);
    const auto versioned = co_await rpc->call("state_call", std::move(parameters));
    if (versioned) {
        auto bytes = bytes_from_json(versioned.value(), "Metadata_metadata_at_version");
        if (bytes && bytes.value().size() > 1) {
            co_return std::move(bytes);
        }
    } else if (versioned.error() != rpc::RpcError::kRemoteError) {
        co_return versioned.error();
    }
    auto plain_parameters = parameters_at(json::array(), at);
    BOOST_OUTCOME_CO_TRY(const auto plain,
                         co_await rpc->call("state_getMetadata", std::move(plain_parameters)));
    co_return bytes_from_json(plain, "state_getMetadata");
}

}  // namespace

ChainProperties properties_from_json(const json& properties) {
    ChainProperties out;
    if (!properties.is_object()) {
        return out;
    }
    if (const auto& prefix = first_of(properties, "ss58Format");
        prefix.is_number_unsigned() && prefix.get<std::uint64_t>() < 16'384) {
        out.ss58_prefix = static_cast<std::uint16_t>(prefix.get<std::uint64_t>());
    }
    if (const auto& decimals = first_of(properties, "tokenDecimals");
        decimals.is_number_unsigned() && decimals.get<std::uint64_t>() <= 38) {
        out.decimals = static_cast<std::uint8_t>(decimals.get<std::uint64_t>());
    }
    if (const auto& symbol = first_of(properties, "tokenSymbol");
        symbol.is_string() && symbol.get_ref<const std::string&>().size() <= kSymbolBytesMax) {
        out.symbol = symbol.get<std::string>();
    }
    return out;
}

Task<Reply<std::shared_ptr<const Runtime>>> load_runtime(std::shared_ptr<rpc::Client> rpc,
                                                         ChainProperties properties,
                                                         std::optional<Hash256> at) {
    auto loading = load_metadata_bytes(std::move(rpc), at);
    BOOST_OUTCOME_CO_TRY(auto wrapped, co_await std::move(loading));
    auto bytes = from_magic_on(std::move(wrapped));
    auto metadata = substrate::Metadata::decode(bytes);
    if (!metadata) {
        co_return rpc::Failure{make_error_code(ChainError::kBadMetadata), metadata.error().message()};
    }
    auto version = substrate::runtime_version(metadata.value());
    if (!version) {
        co_return rpc::Failure{make_error_code(ChainError::kBadMetadata), version.error().message()};
    }
    // The runtime's own prefix counts; system_properties is the node operator's word.
    auto prefix = properties.ss58_prefix.value_or(42);
    if (const auto constant = metadata.value().constant("System", "SS58Prefix")) {
        if (constant->size() == 2) {
            prefix = static_cast<std::uint16_t>((*constant)[0] | (*constant)[1] << 8);
        } else if (constant->size() == 1) {
            prefix = (*constant)[0];
        }
    }
    std::shared_ptr<const Runtime> runtime = std::make_shared<Runtime>(
        Runtime{std::move(metadata).value(), std::move(bytes), std::move(version).value(), prefix,
                properties.decimals, std::move(properties.symbol)});
    co_return runtime;
}

}  // namespace redoubt::registry_client
