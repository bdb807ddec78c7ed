/// The RPC methods of the dev chain, all of them in one table.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <rpc/method_table.hpp>
#include <rpc/server.hpp>
#include <string>
#include <tools/devchain/chain/chain.hpp>
#include <variant>
#include <vector>

namespace redoubt::devchain::api {

/// Turns named faults on and off while the chain runs; behind dev_faults and dev_setFault.
class FaultSwitches {
  public:
    FaultSwitches() = default;
    FaultSwitches(const FaultSwitches&) = delete;
    FaultSwitches& operator=(const FaultSwitches&) = delete;
    virtual ~FaultSwitches() = default;

    struct Fault {
        std::string name;
        std::string meaning;  ///< one sentence for people
        bool is_on = false;
    };
    [[nodiscard]] virtual std::vector<Fault> list() const = 0;
    /// @param setting  true or false, or an object with what this fault can be told
    /// @errors -32602 for an unknown name or a setting that the fault does not understand
    [[nodiscard]] virtual rpc::Expected<std::monostate> set(const std::string& name,
                                                            const nlohmann::json& setting) = 0;
    /// What faults make of a message before it is sent; see rpc::ServerOptions::interfere.
    [[nodiscard]] virtual rpc::Delivery deliver(std::string& message) = 0;
};

/// Methods of every family, and rpc_methods, which lists exactly those. They observe the chain and run where
/// it lives, on one strand.
/// @param chain   outlives the table
/// @param faults  may be empty; then there is no dev_setFault and no dev_faults
[[nodiscard]] std::shared_ptr<const rpc::MethodTable> make_method_table(
    Chain& chain,
    std::shared_ptr<FaultSwitches> faults = {});

}  // namespace redoubt::devchain::api
