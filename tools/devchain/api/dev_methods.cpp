#include <tools/devchain/api/answers.hpp>
#include <tools/devchain/api/api.hpp>
#include <tools/devchain/api/families.hpp>
#include <tools/devchain/api/params.hpp>

#include <string>
#include <utility>

namespace redoubt::devchain::api {
namespace {

/// Blocks that one call makes.
constexpr std::uint32_t kBlocksMax = 10'000;

Expected<std::uint32_t> read_count(const json& value) {
    if (value.is_null()) {
        return 1U;
    }
    BOOST_OUTCOME_TRY(const auto count, read_u32(value, "count"));
    if (count > kBlocksMax) {
        return rpc::invalid_params("count has to be at most " + std::to_string(kBlocksMax));
    }
    return count;
}

/// Makes blocks one upon the other. @return their hashes
Expected<std::vector<Hash256>> build(Chain& chain, BuildRequest request, std::uint32_t count) {
    std::vector<Hash256> out;
    for (std::uint32_t i = 0; i < count; ++i) {
        BOOST_OUTCOME_TRY(const auto made, answered(chain.build_block(request)));
        out.push_back(made);
        if (request.parent) {
            request.parent = made;
        }
        request.now_ms = std::nullopt;
    }
    return out;
}

/// The options of dev_newBlock may be an object, as other development chains take them, or come in order.
Answer new_block(Chain& chain, const Params& params) {
    const auto& first = params.at(0);
    const bool is_object = first.is_object();
    BuildRequest request;
    BOOST_OUTCOME_TRY(const auto count, read_count(is_object ? member(first, "count") : first));
    const auto& parent = is_object ? member(first, "parent") : params.at(1);
    if (!parent.is_null()) {
        BOOST_OUTCOME_TRY(request.parent, read_hash(parent, "parent"));
    }
    const auto& extrinsics = is_object ? member(first, "transactions") : params.at(2);
    if (!extrinsics.is_null()) {
        BOOST_OUTCOME_TRY(request.extrinsics, read_bytes_list(extrinsics, "transactions"));
    }
    BOOST_OUTCOME_TRY(const auto made, build(chain, std::move(request), count));
    return hex_json(made.empty() ? chain.best().hash : made.back());
}

Expected<Hash256> read_block(const Chain& chain, const json& value) {
    if (const auto* text = value.get_ptr<const std::string*>(); text != nullptr && text->size() == 66) {
        return read_hash(value, "block");
    }
    BOOST_OUTCOME_TRY(const auto number, read_u32(value, "block"));
    const auto hash = chain.hash_by_number(number);
    if (!hash) {
        return rpc::invalid_params("there is no block with this number");
    }
    return *hash;
}

/// Blocks without transactions of the pool, so that the old branch keeps what it has.
Answer fork_at(Chain& chain, const Params& params) {
    BOOST_OUTCOME_TRY(const auto parent, read_block(chain, params.at(0)));
    BOOST_OUTCOME_TRY(const auto count, read_count(params.at(1)));
    const auto header = chain.header(parent);
    if (!header) {
        return chain_error(make_error_code(ChainError::kUnknownBlock));
    }
    BuildRequest request;
    request.parent = parent;
    request.extrinsics.emplace();
    // Each sibling gets a slot of its own: the same slot would make the same block again.
    const auto siblings = chain.hashes_at(header->number + 1).size();
    request.now_ms = chain.options().now_ms() + siblings * chain.options().genesis.slot_duration_ms;
    BOOST_OUTCOME_TRY(const auto made, build(chain, std::move(request), count));
    return hash_list_json(made);
}

json finality_json(const Chain& chain) {
    const auto view = chain.finality();
    const auto finalized = chain.finalized();
    return {{"stalled", view.is_stalled},
            {"lag", view.lag},
            {"setId", view.set_id},
            {"finalized", {{"hash", hex_json(finalized.hash)}, {"number", finalized.number}}}};
}

Answer set_finality(Chain& chain, const Params& params) {
    if (!params.is_absent(1)) {
        BOOST_OUTCOME_TRY(const auto lag, params.u32(1, "lag"));
        if (const auto done = chain.set_finality_lag(lag); !done) {
            return chain_error(done.error());
        }
    }
    if (!params.is_absent(0)) {
        BOOST_OUTCOME_TRY(const auto mode, params.text(0, "mode"));
        if (mode != "stall" && mode != "resume") {
            return rpc::invalid_params("mode has to be stall or resume");
        }
        if (const auto done = chain.stall_finality(mode == "stall"); !done) {
            return chain_error(done.error());
        }
    }
    return finality_json(chain);
}

/// A number of development authorities, or a list of [public key, weight].
Expected<light_client::AuthorityList> read_authorities(Chain& chain, const Params& params) {
    const auto& value = params.at(0);
    if (!value.is_array()) {
        BOOST_OUTCOME_TRY(const auto count, read_u32(value, "authorities"));
        std::uint32_t generation = 0;
        if (!params.is_absent(2)) {
            BOOST_OUTCOME_TRY(generation, params.u32(2, "generation"));
        }
        if (count == 0 || count > kAuthoritiesMax) {
            return rpc::invalid_params("authorities has to be from 1 to " + std::to_string(kAuthoritiesMax));
        }
        return answered(chain.development_authorities(count, generation));
    }
    light_client::AuthorityList out;
    for (const auto& each : value) {
        if (!each.is_array() || each.size() != 2 || !each[1].is_number_unsigned()) {
            return rpc::invalid_params("an authority has to be a pair of public key and weight");
        }
        BOOST_OUTCOME_TRY(const auto key, read_hash(each[0], "public key"));
        out.push_back({light_client::AuthorityId::copy_of(std::span<const std::uint8_t, 32>{key.bytes}),
                       each[1].get<std::uint64_t>()});
    }
    return out;
}

using AuthorityChange = Result<void> (Chain::*)(const light_client::AuthorityList&, std::uint32_t);

rpc::Method changing_authorities(Chain& chain, AuthorityChange change) {
    return [&chain, change](const json& list, rpc::CallContext&) -> Answer {
        const Params params{list};
        BOOST_OUTCOME_TRY(const auto next, read_authorities(chain, params));
        std::uint32_t delay = 0;
        if (!params.is_absent(1)) {
            BOOST_OUTCOME_TRY(delay, params.u32(1, "delay"));
        }
        if (const auto done = (chain.*change)(next, delay); !done) {
            return chain_error(done.error());
        }
        json out = json::array();
        for (const auto& authority : next) {
            out.push_back(json::array({hex_json(authority.id), authority.weight}));
        }
        return out;
    };
}

void add_fault_methods(rpc::MethodTable& table, const std::shared_ptr<FaultSwitches>& faults) {
    table.add("dev_faults", {}, [faults](const json&, rpc::CallContext&) -> Answer {
        json out = json::array();
        for (const auto& fault : faults->list()) {
            out.push_back({{"name", fault.name},
                           {"group", fault.group},
                           {"argument", fault.argument},
                           {"lie", fault.lie},
                           {"notice", fault.notice},
                           {"on", fault.is_on},
                           {"setting", fault.setting}});
        }
        return out;
    });
    table.add("dev_setFault", {"name", "setting"}, [faults](const json& list, rpc::CallContext&) -> Answer {
        const Params params{list};
        BOOST_OUTCOME_TRY(const auto name, params.text(0, "name"));
        BOOST_OUTCOME_TRY(faults->set(name, params.is_absent(1) ? json(true) : params.at(1)));
        return json();
    });
    table.add("dev_clearFault", {"name"}, [faults](const json& list, rpc::CallContext&) -> Answer {
        const Params params{list};
        std::optional<std::string> name;
        if (!params.is_absent(0)) {
            BOOST_OUTCOME_TRY(name, params.text(0, "name"));
        }
        BOOST_OUTCOME_TRY(faults->clear(name));
        return json();
    });
}

}  // namespace

void add_dev_methods(rpc::MethodTable& table, Chain& chain, std::shared_ptr<FaultSwitches> faults) {
    table.add("dev_newBlock", {"count", "parent", "transactions"},
              [&chain](const json& list, rpc::CallContext&) { return new_block(chain, Params{list}); });
    table.add("dev_forkAt", {"block", "count"},
              [&chain](const json& list, rpc::CallContext&) { return fork_at(chain, Params{list}); });
    table.add("dev_finalize", {"block"}, [&chain](const json& list, rpc::CallContext&) -> Answer {
        BOOST_OUTCOME_TRY(const auto block, read_block(chain, Params{list}.at(0)));
        if (const auto done = chain.finalize(block); !done) {
            return chain_error(done.error());
        }
        return finality_json(chain);
    });
    table.add("dev_setFinality", {"mode", "lag"},
              [&chain](const json& list, rpc::CallContext&) { return set_finality(chain, Params{list}); });
    table.add("dev_scheduleAuthorityChange", {"authorities", "delay", "generation"},
              changing_authorities(chain, &Chain::schedule_authority_change));
    table.add("dev_forceAuthorityChange", {"authorities", "delay", "generation"},
              changing_authorities(chain, &Chain::force_authority_change));
    if (faults != nullptr) {
        add_fault_methods(table, faults);
    }
}

}  // namespace redoubt::devchain::api
