/// The families of RPC methods. Each function registers one family for a chain; the chain outlives the table.
///
/// @source light-client.md, sections 16 and 17; paritytech/json-rpc-interface-spec
#pragma once

#include <memory>
#include <rpc/method_table.hpp>
#include <tools/devchain/chain/chain.hpp>

namespace redoubt::devchain::api {

class FaultSwitches;
class TransactionWatchers;

/// chain_: blocks and subscriptions to heads.
void add_chain_methods(rpc::MethodTable& table, Chain& chain);
/// state_: storage, read proofs, metadata and runtime calls.
void add_state_methods(rpc::MethodTable& table, Chain& chain);
/// childstate_.
void add_child_state_methods(rpc::MethodTable& table, Chain& chain);
/// author_: the transaction pool.
void add_author_methods(rpc::MethodTable& table,
                        Chain& chain,
                        const std::shared_ptr<TransactionWatchers>& watchers);
/// system_, and chainSpec_v1_, which say which chain this is.
void add_system_methods(rpc::MethodTable& table, Chain& chain);
/// payment_.
void add_payment_methods(rpc::MethodTable& table, Chain& chain);
/// grandpa_.
void add_grandpa_methods(rpc::MethodTable& table, Chain& chain);
/// chainHead_v1_.
void add_chain_head_methods(rpc::MethodTable& table, Chain& chain);
/// transaction_v1_ and transactionWatch_v1_.
void add_transaction_methods(rpc::MethodTable& table,
                             Chain& chain,
                             const std::shared_ptr<TransactionWatchers>& watchers);
/// archive_v1_.
void add_archive_methods(rpc::MethodTable& table, Chain& chain);
/// dev_: making blocks, forks and finality; faults when there is a switch for them.
void add_dev_methods(rpc::MethodTable& table, Chain& chain, std::shared_ptr<FaultSwitches> faults);

}  // namespace redoubt::devchain::api
