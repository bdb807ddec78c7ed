/// The RPC methods of the dev chain, all of them in one table.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <rpc/method_table.hpp>
#include <rpc/server.hpp>
#include <string>
#include <tools/devchain/chain/chain.hpp>
#include <variant>
#include <vector>

namespace redoubt::devchain::api {

/// Turns named faults on and off while the chain runs; behind dev_faults, dev_setFault and dev_clearFault.
class FaultSwitches {
  public:
    FaultSwitches() = default;
    FaultSwitches(const FaultSwitches&) = delete;
    FaultSwitches& operator=(const FaultSwitches&) = delete;
    virtual ~FaultSwitches() = default;

    struct State {
        std::string name;
        std::string group;
        std::string argument;  ///< what the argument is, for people; empty when there is none
        std::string lie;       ///< one sentence for people
        std::string notice;    ///< what an honest client should notice
        bool is_on = false;
        std::string setting;  ///< ARG[@when] as it was switched on with
    };
    /// All there are, on or off.
    [[nodiscard]] virtual std::vector<State> list() const = 0;
    /// @param setting  true or false, a number or a text `ARG[@when]`, or an object {argument, when}
    /// @errors -32602 for an unknown name or a setting that the fault does not understand
    [[nodiscard]] virtual rpc::Expected<std::monostate> set(const std::string& name,
                                                            const nlohmann::json& setting) = 0;
    /// Switches one fault off, or all. @errors -32602 for an unknown name
    [[nodiscard]] virtual rpc::Expected<std::monostate> clear(const std::optional<std::string>& name) = 0;
    /// What faults make of a message before it is sent; see rpc::ServerOptions::interfere.
    [[nodiscard]] virtual rpc::Delivery deliver(std::string& message) = 0;
};

/// Methods of every family, and rpc_methods, which lists exactly those. They observe the chain and run where
/// it lives, on one strand.
/// @param chain   outlives the table
/// @param faults  may be empty; then there are no methods for faults
[[nodiscard]] std::shared_ptr<const rpc::MethodTable> make_method_table(
    Chain& chain,
    std::shared_ptr<FaultSwitches> faults = {});

}  // namespace redoubt::devchain::api
