/// All named faults, and how a fault is asked for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tools/devchain/faults/fault.hpp>
#include <vector>

namespace redoubt::devchain::faults {

/// In the order of the manual.
[[nodiscard]] const std::vector<Fault>& all_faults();
/// @errors -32602 with the nearest name for one that is not in the table
[[nodiscard]] rpc::Expected<const Fault*> find_fault(std::string_view name);

/// A fault, how, and while the newest block has which numbers.
struct FaultRequest {
    std::string name;
    std::optional<std::string> argument;
    BlockRange when;
};
/// `NAME[=ARG][@when]`, with `when` as parse_block_range reads it.
/// @errors -32602 for an unknown name or unreadable block numbers
[[nodiscard]] rpc::Expected<FaultRequest> parse_fault_request(std::string_view text);

/// The table for people, and as a list of objects with name, group, argument, lie and notice.
[[nodiscard]] std::string fault_table_text();
[[nodiscard]] nlohmann::json fault_table_json();

}  // namespace redoubt::devchain::faults
