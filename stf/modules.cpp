#include <stf/balances/balances.hpp>
#include <stf/counter/counter.hpp>
#include <stf/gated/gated.hpp>
#include <stf/modules.hpp>

namespace redoubt::stf {

std::vector<std::unique_ptr<const Module>> make_modules() {
    std::vector<std::unique_ptr<const Module>> modules;
    modules.push_back(std::make_unique<balances::Balances>());
    modules.push_back(std::make_unique<counter::Counter>());
    modules.push_back(std::make_unique<gated::Gated>());
    return modules;
}

}  // namespace redoubt::stf
