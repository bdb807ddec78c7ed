#include <primitives/crypto/hashing.hpp>
#include <primitives/hex.hpp>
#include <registry-client/chain_client.hpp>
#include <registry-client/chain_client_parts.hpp>
#include <registry-client/json_codec.hpp>

#include <spdlog/spdlog.h>
#include <algorithm>
#include <boost/asio/strand.hpp>
#include <substrate/storage_key.hpp>

namespace redoubt::registry_client {

using nlohmann::json;

namespace {

constexpr std::uint32_t kKeysPerPage = 1000;
constexpr std::size_t kStorageKeysMax = 1'000'000;

json hex(ByteView bytes) {
    return to_hex_0x(bytes);
}

void push_at(json& parameters, const std::optional<Hash256>& at) {
    if (at) {
        parameters.push_back(hex(at->view()));
    }
}

/// Nodes say that they lack a block with null, chopsticks with an error.
bool means_no_such_block(const rpc::Failure& failure) {
    return failure.remote && failure.remote->message.find("not found") != std::string::npos &&
           failure.remote->code != kMethodNotFound;
}

rpc::Failure no_such_block(const Hash256& hash) {
    return {make_error_code(ChainError::kNoSuchBlock), to_hex_0x(hash.view())};
}

/// What the connection check remembers: a node that changes its genesis is another chain.
struct GenesisGuard {
    std::string url;
    std::optional<Hash256> expected;

    Reply<void> judge(const json& answer) {
        BOOST_OUTCOME_TRY(const auto genesis, hash_from_json(answer, "chain_getBlockHash"));
        if (!expected) {
            expected = genesis;
        }
        if (genesis == *expected) {
            return success();
        }
        return rpc::Failure{
            make_error_code(ChainError::kWrongGenesis),
            "expected " + to_hex_0x(expected->view()) + ", " + url + " serves " + to_hex_0x(genesis.view())};
    }
};

}  // namespace

std::string_view error_domain(ChainError) {
    return "chain client";
}

std::string_view error_message(ChainError error) {
    switch (error) {
        case ChainError::kWrongGenesis:
            return "the node serves another chain";
        case ChainError::kBadAnswer:
            return "the node's answer is malformed or does not fit the question";
        case ChainError::kNoSuchBlock:
            return "the node does not have the block";
        case ChainError::kFinalizedReorg:
            return "a finalized block was replaced by another";
        case ChainError::kBadMetadata:
            return "the runtime's metadata is unusable";
        case ChainError::kUnknownPallet:
            return "the runtime lacks the pallet or item";
    }
    return "unknown error";
}

bool is_passing(const rpc::Failure& failure) {
    return failure == rpc::RpcError::kConnectionLost || failure == rpc::RpcError::kNotConnected ||
           failure == rpc::RpcError::kDeadline || failure == rpc::RpcError::kTooManyCalls ||
           failure == ChainError::kNoSuchBlock;
}

ChainClient::ChainClient(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {
}

ChainClient::~ChainClient() = default;

Task<Reply<ChainClientPtr>> ChainClient::connect(Executor executor, ConnectOptions options) {
    const auto guard = std::make_shared<GenesisGuard>();
    guard->url = options.rpc.url;
    guard->expected = options.expected_genesis;
    rpc::ConnectionCheck check;
    check.method = "chain_getBlockHash";
    check.params = json::array({0});
    check.judge = [guard](const json& answer) { return guard->judge(answer); };

    auto parts = std::make_unique<Parts>();
    parts->url = options.rpc.url;
    parts->nonces = std::make_shared<AccountNonces>(boost::asio::make_strand(executor));
    auto connecting = rpc::Client::connect(executor, std::move(options.rpc), std::move(check));
    BOOST_OUTCOME_CO_TRY(parts->rpc, co_await std::move(connecting));
    // The check has run: a genesis is known.
    parts->genesis_hash = *guard->expected;

    auto no_parameters = json::array();
    const auto properties = co_await parts->rpc->call("system_properties", std::move(no_parameters));
    if (properties) {
        parts->properties = properties_from_json(properties.value());
    } else if (properties.error() != rpc::RpcError::kRemoteError) {
        co_return properties.error();
    }
    auto client = std::make_shared<ChainClient>(std::move(parts));
    BOOST_OUTCOME_CO_TRY(co_await client->refresh_runtime());
    co_return client;
}

const Hash256& ChainClient::genesis_hash() const {
    return parts_->genesis_hash;
}

const std::string& ChainClient::url() const {
    return parts_->url;
}

rpc::Client& ChainClient::rpc() {
    return *parts_->rpc;
}

rpc::ConnectionStatus ChainClient::status() const {
    return parts_->rpc->status();
}

void ChainClient::close() {
    parts_->rpc->close();
}

std::shared_ptr<const Runtime> ChainClient::runtime() const {
    const std::scoped_lock lock{parts_->runtime_mutex};
    return parts_->current_runtime;
}

Task<Reply<std::shared_ptr<const Runtime>>> ChainClient::runtime_at_state(std::optional<Hash256> at) {
    const auto self = shared_from_this();
    auto parameters = json::array();
    push_at(parameters, at);
    BOOST_OUTCOME_CO_TRY(const auto answer,
                         co_await parts_->rpc->call("state_getRuntimeVersion", std::move(parameters)));
    if (!answer.is_object()) {
        co_return bad_answer("state_getRuntimeVersion", "expected an object");
    }
    const auto found = answer.find("specVersion");
    BOOST_OUTCOME_CO_TRY(const auto spec_version,
                         u32_from_json(found == answer.end() ? json{} : *found, "state_getRuntimeVersion"));
    {
        const std::scoped_lock lock{parts_->runtime_mutex};
        for (const auto& runtime : parts_->runtimes) {
            if (runtime->version.spec_version == spec_version) {
                co_return runtime;
            }
        }
    }
    auto loading = load_runtime(parts_->rpc, parts_->properties, at);
    BOOST_OUTCOME_CO_TRY(auto loaded, co_await std::move(loading));
    const std::scoped_lock lock{parts_->runtime_mutex};
    auto& kept = parts_->runtimes;
    kept.push_back(loaded);
    if (kept.size() > Parts::kRuntimesKept) {
        kept.erase(kept.begin());
    }
    co_return loaded;
}

Task<Reply<std::shared_ptr<const Runtime>>> ChainClient::refresh_runtime() {
    const auto self = shared_from_this();
    BOOST_OUTCOME_CO_TRY(auto runtime, co_await runtime_at_state(std::nullopt));
    const std::scoped_lock lock{parts_->runtime_mutex};
    if (parts_->current_runtime &&
        parts_->current_runtime->version.spec_version != runtime->version.spec_version) {
        spdlog::info("the chain's runtime is now {} version {}", runtime->version.spec_name,
                     runtime->version.spec_version);
    }
    parts_->current_runtime = runtime;
    co_return runtime;
}

Task<Reply<std::shared_ptr<const Runtime>>> ChainClient::runtime_of_block(BlockHeader block) {
    // A block is executed by the code in its parent's state.
    const auto state = block.header.number == 0 ? block.hash : block.header.parent_hash;
    return runtime_at_state(state);
}

Task<Reply<BlockReference>> ChainClient::finalized_head() {
    const auto self = shared_from_this();
    auto no_parameters = json::array();
    BOOST_OUTCOME_CO_TRY(const auto answer,
                         co_await parts_->rpc->call("chain_getFinalizedHead", std::move(no_parameters)));
    BOOST_OUTCOME_CO_TRY(const auto hash, hash_from_json(answer, "chain_getFinalizedHead"));
    BOOST_OUTCOME_CO_TRY(const auto found, co_await header(hash));
    co_return found.reference();
}

Task<Reply<BlockReference>> ChainClient::best_head() {
    const auto self = shared_from_this();
    auto no_parameters = json::array();
    BOOST_OUTCOME_CO_TRY(const auto answer,
                         co_await parts_->rpc->call("chain_getHeader", std::move(no_parameters)));
    BOOST_OUTCOME_CO_TRY(const auto found, header_from_json(answer, "chain_getHeader"));
    auto reference = found.reference();
    if (reference.number == 0) {
        reference.hash = parts_->genesis_hash;
    }
    co_return reference;
}

Task<Reply<std::optional<Hash256>>> ChainClient::block_hash(std::uint32_t number) {
    const auto self = shared_from_this();
    auto parameters = json::array({number});
    BOOST_OUTCOME_CO_TRY(const auto answer,
                         co_await parts_->rpc->call("chain_getBlockHash", std::move(parameters)));
    if (answer.is_null()) {
        co_return std::optional<Hash256>{};
    }
    BOOST_OUTCOME_CO_TRY(const auto hash, hash_from_json(answer, "chain_getBlockHash"));
    co_return std::optional{hash};
}

/// A header must hash to what was asked for. Chains made by hand may have an invented genesis hash.
Reply<void> ChainClient::check_header(BlockHeader& found,
                                      const Hash256& asked,
                                      std::string_view method) const {
    if (found.hash != asked) {
        if (asked != parts_->genesis_hash || found.header.number != 0) {
            return bad_answer(method, "the header does not hash to " + to_hex_0x(asked.view()));
        }
        found.hash = asked;
    }
    return success();
}

Task<Reply<BlockHeader>> ChainClient::header(Hash256 hash) {
    const auto self = shared_from_this();
    auto parameters = json::array({hex(hash.view())});
    const auto answer = co_await parts_->rpc->call("chain_getHeader", std::move(parameters));
    if (!answer) {
        co_return means_no_such_block(answer.error()) ? no_such_block(hash) : answer.error();
    }
    if (answer.value().is_null()) {
        co_return no_such_block(hash);
    }
    BOOST_OUTCOME_CO_TRY(auto found, header_from_json(answer.value(), "chain_getHeader"));
    BOOST_OUTCOME_CO_TRY(check_header(found, hash, "chain_getHeader"));
    co_return found;
}

Task<Reply<Block>> ChainClient::block(Hash256 hash) {
    const auto self = shared_from_this();
    auto parameters = json::array({hex(hash.view())});
    const auto answer = co_await parts_->rpc->call("chain_getBlock", std::move(parameters));
    if (!answer) {
        co_return means_no_such_block(answer.error()) ? no_such_block(hash) : answer.error();
    }
    if (answer.value().is_null()) {
        co_return no_such_block(hash);
    }
    BOOST_OUTCOME_CO_TRY(auto found, block_from_json(answer.value(), "chain_getBlock"));
    BOOST_OUTCOME_CO_TRY(check_header(found.header, hash, "chain_getBlock"));
    co_return found;
}

Task<Reply<std::optional<Bytes>>> ChainClient::storage(Bytes key, std::optional<Hash256> at) {
    const auto self = shared_from_this();
    auto parameters = json::array({hex(key)});
    push_at(parameters, at);
    BOOST_OUTCOME_CO_TRY(const auto answer,
                         co_await parts_->rpc->call("state_getStorage", std::move(parameters)));
    if (answer.is_null()) {
        co_return std::optional<Bytes>{};
    }
    BOOST_OUTCOME_CO_TRY(auto bytes, bytes_from_json(answer, "state_getStorage"));
    co_return std::optional{std::move(bytes)};
}

Task<Reply<std::vector<Bytes>>> ChainClient::storage_keys(Bytes prefix, std::optional<Hash256> at) {
    const auto self = shared_from_this();
    std::vector<Bytes> out;
    while (true) {
        auto parameters = json::array({hex(prefix), kKeysPerPage});
        parameters.push_back(out.empty() ? json{} : hex(out.back()));
        push_at(parameters, at);
        BOOST_OUTCOME_CO_TRY(const auto answer,
                             co_await parts_->rpc->call("state_getKeysPaged", std::move(parameters)));
        BOOST_OUTCOME_CO_TRY(auto page, bytes_list_from_json(answer, "state_getKeysPaged"));
        const bool last_page = page.size() < kKeysPerPage;
        for (auto& key : page) {
            const bool below =
                key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
            if (!below || (!out.empty() && key <= out.back())) {
                co_return bad_answer("state_getKeysPaged", "a key is outside the prefix or out of order");
            }
            out.push_back(std::move(key));
        }
        if (last_page) {
            co_return out;
        }
        if (out.size() >= kStorageKeysMax) {
            co_return bad_answer("state_getKeysPaged", "there are too many keys");
        }
    }
}

Task<Reply<std::vector<Bytes>>> ChainClient::read_proof(std::vector<Bytes> keys, Hash256 at) {
    const auto self = shared_from_this();
    auto list = json::array();
    for (const auto& key : keys) {
        list.push_back(hex(key));
    }
    auto parameters = json::array();
    parameters.push_back(std::move(list));
    parameters.push_back(hex(at.view()));
    BOOST_OUTCOME_CO_TRY(const auto answer,
                         co_await parts_->rpc->call("state_getReadProof", std::move(parameters)));
    if (!answer.is_object() || !answer.contains("at") || !answer.contains("proof")) {
        co_return bad_answer("state_getReadProof", "expected an object with at and proof");
    }
    BOOST_OUTCOME_CO_TRY(const auto proven_at, hash_from_json(answer.at("at"), "state_getReadProof"));
    if (proven_at != at) {
        co_return bad_answer("state_getReadProof", "the proof is of another block");
    }
    co_return bytes_list_from_json(answer.at("proof"), "state_getReadProof");
}

Task<Reply<Bytes>> ChainClient::events_bytes(Hash256 at) {
    const auto self = shared_from_this();
    auto key = substrate::storage_prefix("System", "Events");
    BOOST_OUTCOME_CO_TRY(auto value, co_await storage(std::move(key), at));
    // No events at all: an empty list, not an absent answer.
    co_return value ? std::move(*value) : Bytes{0};
}

Task<Reply<std::vector<substrate::EventRecord>>> ChainClient::events(Hash256 at) {
    const auto self = shared_from_this();
    BOOST_OUTCOME_CO_TRY(auto found, co_await header(at));
    BOOST_OUTCOME_CO_TRY(const auto executed_by, co_await runtime_of_block(std::move(found)));
    BOOST_OUTCOME_CO_TRY(const auto bytes, co_await events_bytes(at));
    auto records = substrate::decode_events(executed_by->metadata, bytes);
    if (!records) {
        co_return bad_answer("System.Events", records.error().message());
    }
    co_return std::move(records).value();
}

Task<Reply<Bytes>> ChainClient::runtime_call(std::string function,
                                             Bytes arguments,
                                             std::optional<Hash256> at) {
    const auto self = shared_from_this();
    auto parameters = json::array({function, hex(arguments)});
    push_at(parameters, at);
    BOOST_OUTCOME_CO_TRY(const auto answer, co_await parts_->rpc->call("state_call", std::move(parameters)));
    co_return bytes_from_json(answer, function);
}

Task<Reply<Hash256>> ChainClient::submit(Bytes extrinsic) {
    const auto self = shared_from_this();
    auto parameters = json::array({hex(extrinsic)});
    BOOST_OUTCOME_CO_TRY(const auto answer,
                         co_await parts_->rpc->call("author_submitExtrinsic", std::move(parameters)));
    co_return hash_from_json(answer, "author_submitExtrinsic");
}

}  // namespace redoubt::registry_client
