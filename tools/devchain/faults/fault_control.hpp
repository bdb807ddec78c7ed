/// The faults of one running chain: which are on, and the hooks through which they lie.
///
/// Several work at the same time, in the order in which they were switched on. The chain underneath stays
/// true, so that clients that have refused a lie can go on when it ends.
#pragma once

#include <list>
#include <string>
#include <tools/devchain/api/api.hpp>
#include <tools/devchain/api/observation.hpp>
#include <tools/devchain/faults/fault_table.hpp>
#include <vector>

namespace redoubt::devchain::faults {

class FaultControl final : public api::FaultSwitches, private api::Observation {
  public:
    /// Takes over all hooks of the chain. Make it before other observers, so that it knows first where the
    /// chain is. @param chain  outlives this object
    explicit FaultControl(Chain& chain);
    ~FaultControl() override;

    /// Switches a fault on; one that is on begins again.
    /// @errors -32602 for an unknown name or an argument that the fault does not understand
    [[nodiscard]] rpc::Expected<std::monostate> start(const FaultRequest& request);

    [[nodiscard]] std::vector<State> list() const override;
    [[nodiscard]] rpc::Expected<std::monostate> set(const std::string& name,
                                                    const nlohmann::json& setting) override;
    [[nodiscard]] rpc::Expected<std::monostate> clear(const std::optional<std::string>& name) override;
    [[nodiscard]] rpc::Delivery deliver(std::string& message) override;

  private:
    struct Active {
        FaultRequest request;
        Lie lie;
        bool is_working = false;
    };

    void on_best_changed(const BestChange& change) override;
    void on_finalized(const Finalization& finalization) override;
    /// True while block `number` is in the fault's range; tells the fault when that begins.
    [[nodiscard]] bool works_at(Active& active, std::uint32_t number);
    /// Sets the hooks that are needed, and no others.
    void install();
    template <class Told, class... Given>
    void install(std::function<Told(Given...)> Hooks::*hook);

    Moment moment_;
    std::list<Active> active_;
};

}  // namespace redoubt::devchain::faults
