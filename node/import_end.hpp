/// Why the taking in of blocks ended.
#pragma once

#include <node/enclave_link.hpp>
#include <node/problem.hpp>

#include <cstdint>
#include <optional>
#include <system_error>

namespace redoubt::node {

struct ImportEnd {
    bool enclave_lost = false;  ///< the channel failed: start the enclave again
    Problem problem;
    /// The block that the enclave did not answer about in time.
    std::optional<std::uint32_t> timed_out_at = std::nullopt;
};

/// The end that an error of the channel, or a refusal that is not about the chain, means at block `number`.
[[nodiscard]] ImportEnd end_of(std::error_code error, std::uint32_t number);

}  // namespace redoubt::node
