#include <tests/support/scripted_chain.hpp>

#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <substrate/storage_key.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::tests {

using nlohmann::json;

namespace {

std::string hex(ByteView bytes) {
    return to_hex_0x(bytes);
}

json header_json(const substrate::Header& header) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string number;
    for (auto rest = header.number; number.empty() || rest != 0; rest >>= 4U) {
        number.insert(number.begin(), kDigits[rest & 15U]);
    }
    json logs = json::array();
    for (const auto& item : header.digest) {
        logs.push_back(hex(substrate::encode(item)));
    }
    return {{"parentHash", hex(header.parent_hash.view())},
            {"number", "0x" + number},
            {"stateRoot", hex(header.state_root.view())},
            {"extrinsicsRoot", hex(header.extrinsics_root.view())},
            {"digest", {{"logs", logs}}}};
}

/// System.Events with ExtrinsicSuccess or ExtrinsicFailed(BadOrigin) for each extrinsic.
Bytes events_of(const std::vector<ScriptedChain::Included>& extrinsics) {
    Bytes out;
    scale::append_compact(out, extrinsics.size());
    std::uint32_t index = 0;
    for (const auto& included : extrinsics) {
        out.push_back(0);
        scale::encode_scale(out, index++);
        append(out, included.succeeds ? Bytes{0, 0} : Bytes{0, 1, 2});
        append(out, Bytes{0, 0, 0, 0, 0});
    }
    return out;
}

/// System.Account with `nonce`, one provider and these funds.
Bytes account_of(std::uint32_t nonce, std::uint64_t free) {
    Bytes out;
    scale::encode_scale(out, nonce);
    append(out, Bytes{0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0});
    scale::encode_scale(out, free);
    out.resize(out.size() + 56);
    return out;
}

}  // namespace

std::string paseo_metadata(const std::filesystem::path& folder) {
    auto text = read_file(folder / "integritee-paseo-50.metadata-v14.hex");
    std::erase_if(text, [](char c) { return c == '\n' || c == ' '; });
    return text.starts_with("0x") ? text : "0x" + text;
}

ScriptedChain::ScriptedChain(std::string metadata_hex) {
    push({});
    answer_queries(std::move(metadata_hex));
}

void ScriptedChain::push(std::vector<Included> extrinsics) {
    StoredBlock block;
    block.header.number = static_cast<std::uint32_t>(blocks_.size());
    if (!blocks_.empty()) {
        block.header.parent_hash = blocks_.back().hash;
    }
    block.header.state_root.bytes[0] = salt_;
    block.hash = substrate::header_hash(block.header);
    block.extrinsics = std::move(extrinsics);
    block.nonce = nonce_;
    blocks_.push_back(std::move(block));
}

void ScriptedChain::add_block(std::vector<Included> extrinsics, bool announce) {
    json header;
    {
        const std::scoped_lock lock{mutex_};
        push(std::move(extrinsics));
        header = header_json(blocks_.back().header);
    }
    if (announce) {
        server_.notify_all("chain_finalizedHead", header);
    }
}

void ScriptedChain::announce_forged() {
    json header;
    {
        const std::scoped_lock lock{mutex_};
        substrate::Header forged;
        forged.number = static_cast<std::uint32_t>(blocks_.size());
        forged.parent_hash = blocks_.back().hash;
        forged.state_root.bytes[0] = 0xff;
        header = header_json(forged);
    }
    server_.notify_all("chain_finalizedHead", header);
}

void ScriptedChain::roll_back_to(std::uint32_t number) {
    const std::scoped_lock lock{mutex_};
    blocks_.resize(number);
    ++salt_;
}

void ScriptedChain::restart_as_another_chain() {
    const std::scoped_lock lock{mutex_};
    blocks_.clear();
    ++salt_;
    push({});
}

void ScriptedChain::set_nonce(std::uint32_t nonce) {
    const std::scoped_lock lock{mutex_};
    nonce_ = nonce;
}

void ScriptedChain::set_funds(std::uint64_t free) {
    const std::scoped_lock lock{mutex_};
    funds_ = free;
}

void ScriptedChain::set_storage(const Bytes& key, std::optional<Bytes> value) {
    const std::scoped_lock lock{mutex_};
    storage_[hex(key)] = std::move(value);
}

registry_client::BlockReference ScriptedChain::head() const {
    const std::scoped_lock lock{mutex_};
    return {blocks_.back().header.number, blocks_.back().hash};
}

Hash256 ScriptedChain::genesis() const {
    const std::scoped_lock lock{mutex_};
    return blocks_.front().hash;
}

const ScriptedChain::StoredBlock* ScriptedChain::find(const json& hash) const {
    for (const auto& block : blocks_) {
        if (hex(block.hash.view()) == hash) {
            return &block;
        }
    }
    return nullptr;
}

void ScriptedChain::answer_queries(std::string metadata_hex) {
    server_.on("chain_getBlockHash", [this](const json& params) -> json {
        const std::scoped_lock lock{mutex_};
        const auto number = params.at(0).get<std::size_t>();
        return number < blocks_.size() ? json(hex(blocks_[number].hash.view())) : json{};
    });
    server_.on("chain_getFinalizedHead", [this](const json&) -> json { return hex(head().hash.view()); });
    server_.on("chain_getHeader", [this](const json& params) -> json {
        const std::scoped_lock lock{mutex_};
        const auto* block = params.empty() ? &blocks_.back() : find(params.at(0));
        return block == nullptr ? json{} : header_json(block->header);
    });
    server_.on("chain_getBlock", [this](const json& params) -> json {
        const std::scoped_lock lock{mutex_};
        const auto* block = find(params.at(0));
        if (block == nullptr) {
            return nullptr;
        }
        json extrinsics = json::array();
        for (const auto& included : block->extrinsics) {
            extrinsics.push_back(hex(included.extrinsic));
        }
        return {{"block", {{"header", header_json(block->header)}, {"extrinsics", extrinsics}}},
                {"justifications", nullptr}};
    });
    server_.on("state_getStorage", [this](const json& params) -> json {
        const std::scoped_lock lock{mutex_};
        const auto* block = params.size() > 1 ? find(params.at(1)) : &blocks_.back();
        const auto key = params.at(0).get<std::string>();
        if (block == nullptr) {
            throw ScriptedError{-32000, "State already discarded"};
        }
        if (key == hex(substrate::storage_prefix("System", "Events"))) {
            return hex(events_of(block->extrinsics));
        }
        if (key.starts_with(hex(substrate::storage_prefix("System", "Account")))) {
            return hex(account_of(block->nonce, funds_));
        }
        if (const auto found = storage_.find(key); found != storage_.end() && found->second) {
            return hex(*found->second);
        }
        return nullptr;
    });
    server_.on("system_accountNextIndex", [this](const json&) -> json {
        const std::scoped_lock lock{mutex_};
        return nonce_;
    });
    server_.on("author_pendingExtrinsics", [](const json&) -> json { return json::array(); });
    server_.on("system_properties", [](const json&) -> json {
        return {
            {"ss58Format", 13}, {"tokenDecimals", json::array({12})}, {"tokenSymbol", json::array({"TEER"})}};
    });
    server_.on("state_getRuntimeVersion", [](const json&) -> json {
        return {{"specName", "integritee-parachain"}, {"specVersion", 50}, {"transactionVersion", 7}};
    });
    server_.on("state_getMetadata",
               [metadata = std::move(metadata_hex)](const json&) -> json { return metadata; });
    server_.on_subscription("chain_subscribeFinalizedHeads", "chain_unsubscribeFinalizedHeads",
                            "chain_finalizedHead");
    server_.on_exchange("author_submitAndWatchExtrinsic",
                        [this](const json& params, ScriptedRpcServer::ExchangePtr exchange) {
                            const auto extrinsic = parse_hex(params.at(0).get<std::string>()).value();
                            if (on_submit) {
                                on_submit(extrinsic, std::move(exchange));
                            } else {
                                exchange->reply("watch");
                            }
                        });
    server_.on("author_unwatchExtrinsic", [](const json&) -> json { return true; });
}

}  // namespace redoubt::tests
