/// The faults by what they lie about. Each file of a group lists its faults with their makers.
#pragma once

#include <tools/devchain/faults/fault.hpp>
#include <vector>

namespace redoubt::devchain::faults {

/// Headers that are signed and wrong, and headers and bodies that are served changed.
[[nodiscard]] std::vector<Fault> block_faults();
/// Justifications and proofs of finality.
[[nodiscard]] std::vector<Fault> finality_faults();
/// Read proofs.
[[nodiscard]] std::vector<Fault> proof_faults();
/// Storage values, events, runtime calls, metadata.
[[nodiscard]] std::vector<Fault> state_faults();
/// Which chain there is, and how far it is.
[[nodiscard]] std::vector<Fault> view_faults();
/// Messages and connections.
[[nodiscard]] std::vector<Fault> transport_faults();

}  // namespace redoubt::devchain::faults
