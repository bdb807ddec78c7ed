#include <primitives/crypto/hashing.hpp>
#include <tools/devchain/api/answers.hpp>
#include <tools/devchain/api/child_key.hpp>
#include <tools/devchain/api/families.hpp>
#include <tools/devchain/api/params.hpp>
#include <tools/devchain/api/trie_queries.hpp>

namespace redoubt::devchain::api {
namespace {

/// The state at parameter `position`, and in it the child trie that the first parameter names.
struct ChildAt {
    BlockStatePtr state;
    const trie::StateTrie* trie = nullptr;  ///< nullptr when there is none
};

Expected<ChildAt> child_at(const Chain& chain, const Params& params, std::size_t position) {
    BOOST_OUTCOME_TRY(const auto child, read_child_key(params.at(0), "childStorageKey"));
    BOOST_OUTCOME_TRY(const auto at, params.optional_hash(position, "hash"));
    BOOST_OUTCOME_TRY(auto state, answered(chain.state(at.value_or(chain.best().hash)), kStateErrorCode));
    const auto* trie = state->child(child);
    return ChildAt{std::move(state), trie};
}

/// What `tell` says of the value at a key, or null.
template <class Tell>
Answer read_child(const Chain& chain, const json& list, Tell tell) {
    const Params params{list};
    BOOST_OUTCOME_TRY(const auto child, child_at(chain, params, 2));
    BOOST_OUTCOME_TRY(const auto key, params.bytes(1, "key"));
    const auto value = child.trie == nullptr ? std::nullopt : child.trie->get(key);
    return value ? json(tell(*value)) : json();
}

}  // namespace

void add_child_state_methods(rpc::MethodTable& table, Chain& chain) {
    table.add("childstate_getStorage", {"childStorageKey", "key", "hash"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  return read_child(chain, list, [](ByteView value) { return hex_json(value); });
              });
    table.add("childstate_getStorageHash", {"childStorageKey", "key", "hash"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  return read_child(chain, list,
                                    [](ByteView value) { return hex_json(crypto::blake2b_256(value)); });
              });
    table.add("childstate_getStorageSize", {"childStorageKey", "key", "hash"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  return read_child(chain, list, [](ByteView value) { return value.size(); });
              });
    table.add("childstate_getKeysPaged", {"childStorageKey", "prefix", "count", "startKey", "hash"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  const Params params{list};
                  BOOST_OUTCOME_TRY(const auto page, read_keys_page(params, 1));
                  BOOST_OUTCOME_TRY(const auto child, child_at(chain, params, 4));
                  return child.trie == nullptr ? json::array() : keys_page_json(*child.trie, page);
              });
    table.add_alias("childstate_getKeysPagedAt", "childstate_getKeysPaged");
}

}  // namespace redoubt::devchain::api
