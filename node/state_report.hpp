/// `redoubtd state inspect`: how large a shard's stored state is, and how much of its journal a start reads.
#pragma once

#include <node/shard_report.hpp>

#include <string>

namespace redoubt::node {

/// The text that the command prints, of a report with SurveyDepth::kEverything.
[[nodiscard]] std::string state_text(const ShardReport& report, bool json);

}  // namespace redoubt::node
