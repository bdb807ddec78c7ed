/// The list of pallets that make up the runtime.
#pragma once

#include <tools/devchain/runtime/pallet.hpp>
#include <vector>

namespace redoubt::devchain {

/// Every pallet with its description, in the order of their indices. Hooks run in this order.
[[nodiscard]] const std::vector<PalletDescription>& pallets();

}  // namespace redoubt::devchain
