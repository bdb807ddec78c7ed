#include <tools/devchain/api/api.hpp>
#include <tools/devchain/api/families.hpp>
#include <tools/devchain/api/transaction_watchers.hpp>

#include <algorithm>
#include <utility>

namespace redoubt::devchain::api {

std::shared_ptr<const rpc::MethodTable> make_method_table(Chain& chain,
                                                          std::shared_ptr<FaultSwitches> faults) {
    auto table = std::make_shared<rpc::MethodTable>();
    const auto watchers = std::make_shared<TransactionWatchers>(chain);
    add_chain_methods(*table, chain);
    add_state_methods(*table, chain);
    add_child_state_methods(*table, chain);
    add_author_methods(*table, chain, watchers);
    add_system_methods(*table, chain);
    add_payment_methods(*table, chain);
    add_grandpa_methods(*table, chain);
    add_chain_head_methods(*table, chain);
    add_transaction_methods(*table, chain, watchers);
    add_archive_methods(*table, chain);
    add_dev_methods(*table, chain, std::move(faults));

    auto names = table->names();
    names.emplace_back("rpc_methods");
    std::ranges::sort(names);
    table->add("rpc_methods", {},
               [names = std::move(names)](const nlohmann::json&, rpc::CallContext&) -> rpc::Answer {
                   return nlohmann::json{{"methods", names}};
               });
    return table;
}

}  // namespace redoubt::devchain::api
