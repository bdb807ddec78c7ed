/// A light client that sees the dev chain through its JSON-RPC only, and believes nothing that it has not
/// checked with the light-client library.
#pragma once

#include <light-client/finality_tracker.hpp>
#include <primitives/hex.hpp>
#include <trie/read_proof.hpp>
#include <trie/trie_root.hpp>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <tests/support/rpc_listener.hpp>
#include <tools/devchain/api/api.hpp>
#include <utility>
#include <vector>

namespace redoubt::devchain::faults {

/// What the client notices by comparing, where no function of the library judges.
enum class Noticed : int {
    kNothing = 0,
    kOtherValue = 1,    ///< a told value is not the proven one
    kOtherBody,         ///< the body is missing, or not the one of the header
    kOtherGenesis,      ///< block 0 is not the one that was trusted
    kNothingNewIsFinal  ///< blocks go on and finality does not, or goes back
};

class HonestClient {
  public:
    HonestClient(Chain& chain, std::shared_ptr<const rpc::MethodTable> table)
        : table_(std::move(table)), tracker_(begin(chain)), genesis_(chain.genesis_hash()) {}

    nlohmann::json reply(const std::string& method, nlohmann::json params = nlohmann::json::array()) {
        const nlohmann::json request{
            {"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", std::move(params)}};
        return nlohmann::json::parse(table_->answer(request.dump(), {}, listener_).value());
    }
    /// The result; null for an error too.
    nlohmann::json call(const std::string& method, nlohmann::json params = nlohmann::json::array()) {
        return reply(method, std::move(params)).value("result", nlohmann::json());
    }
    redoubt::tests::Listener& listener() { return listener_; }
    [[nodiscard]] const light_client::FinalityTracker& tracker() const { return tracker_; }

    /// Follows finality with proofs of finality as far as the chain says it is. The first refusal ends it.
    Result<void> follow() {
        const auto head = call("archive_v1_finalizedHeight").get<std::uint32_t>();
        while (tracker_.state().finalized.block.number < head) {
            const auto next = tracker_.state().finalized.block.number + 1;
            std::vector<Bytes> headers;
            add_header(headers, next);
            std::optional<Bytes> justification;
            if (const auto proof = call("grandpa_proveFinality", {next}); proof.is_string()) {
                BOOST_OUTCOME_TRY(auto decoded, light_client::decode_finality_proof(bytes(proof)));
                headers.insert(headers.end(), decoded.unknown_headers.begin(), decoded.unknown_headers.end());
                justification = std::move(decoded.justification);
            }
            BOOST_OUTCOME_TRY(tracker_.submit(headers, justification));
        }
        return success();
    }

    /// As follow, with the justification that is stored with each block.
    Result<void> follow_stored() {
        const auto next = tracker_.state().finalized.block.number + 1;
        const auto hash = call("chain_getBlockHash", {next});
        std::vector<Bytes> headers;
        add_header(headers, next);
        const auto block = call("chain_getBlock", {hash});
        std::optional<Bytes> justification;
        if (block.is_object() && block.at("justifications").is_array()) {
            justification = block.at("justifications")[0][1].get<Bytes>();
        }
        return tracker_.submit(headers, justification);
    }

    /// The proven value of a key in the newest block that this client believes in.
    Result<std::optional<Bytes>> read(const Bytes& key) {
        const auto& block = tracker_.state().finalized;
        const auto answer = call("state_getReadProof", {nlohmann::json::array({to_hex_0x(key)}),
                                                        to_hex_0x(block.block.hash.view())});
        std::vector<Bytes> proof;
        for (const auto& entry : answer.at("proof")) {
            proof.push_back(bytes(entry));
        }
        return trie::read_with_proof(block.state_root, proof, key);
    }

    /// Compares what is told of a key with what is proven.
    Noticed compare(const Bytes& key) {
        const auto hash = to_hex_0x(tracker_.state().finalized.block.hash.view());
        const auto told = call("state_getStorage", {to_hex_0x(key), hash});
        const auto proven = read(key).value();
        return told == (proven ? nlohmann::json(to_hex_0x(*proven)) : nlohmann::json())
                   ? Noticed::kNothing
                   : Noticed::kOtherValue;
    }

    Noticed check_body() {
        const auto hash = to_hex_0x(tracker_.state().finalized.block.hash.view());
        const auto header = call("chain_getHeader", {hash});
        const auto block = call("chain_getBlock", {hash});
        if (!block.is_object()) {
            return Noticed::kOtherBody;
        }
        std::vector<Bytes> body;
        for (const auto& extrinsic : block.at("block").at("extrinsics")) {
            body.push_back(bytes(extrinsic));
        }
        const auto root = trie::ordered_trie_root(body, trie::StateVersion::kV0);
        return header.at("extrinsicsRoot") == to_hex_0x(root.view()) ? Noticed::kNothing
                                                                     : Noticed::kOtherBody;
    }

    Noticed check_genesis() {
        const auto trusted = to_hex_0x(genesis_.view());
        return call("chain_getBlockHash", {0}) == trusted && call("chainSpec_v1_genesisHash") == trusted
                   ? Noticed::kNothing
                   : Noticed::kOtherGenesis;
    }

    /// After new blocks: whether finality went on.
    Noticed check_progress() {
        return call("archive_v1_finalizedHeight") > tracker_.state().finalized.block.number
                   ? Noticed::kNothing
                   : Noticed::kNothingNewIsFinal;
    }

    static Bytes bytes(const nlohmann::json& hex) { return parse_hex(hex.get<std::string>()).value(); }

  private:
    static light_client::FinalityTracker begin(Chain& chain) {
        light_client::FinalityState state;
        state.finalized = {{chain.genesis_hash(), 0}, chain.header(chain.genesis_hash()).value().state_root};
        state.authorities = chain.finality().authorities;
        return light_client::FinalityTracker::from(state).value();
    }
    void add_header(std::vector<Bytes>& headers, std::uint32_t number) {
        const auto hash = call("chain_getBlockHash", {number});
        const auto header = hash.is_null() ? hash : call("archive_v1_header", {hash});
        if (!header.is_null()) {
            headers.push_back(bytes(header));
        }
    }

    std::shared_ptr<const rpc::MethodTable> table_;
    redoubt::tests::Listener listener_;
    light_client::FinalityTracker tracker_;
    Hash256 genesis_;
};

}  // namespace redoubt::devchain::faults
