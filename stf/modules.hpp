/// The modules of this build, in the order in which they are asked.
#pragma once

#include <memory>
#include <stf/module.hpp>
#include <vector>

namespace redoubt::stf {

[[nodiscard]] std::vector<std::unique_ptr<const Module>> make_modules();

}  // namespace redoubt::stf
