/// A named fault: what the dev chain says that is not true, and what an honest client should notice.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <rpc/method.hpp>
#include <rpc/server.hpp>
#include <string>
#include <string_view>
#include <tools/devchain/chain/chain.hpp>

namespace redoubt::devchain::faults {

/// Where the chain truly is.
struct Moment {
    light_client::BlockRef best;
    light_client::BlockRef finalized;
};

/// One fault at work. Members that are empty change nothing.
struct Lie {
    Hooks hooks;
    std::function<rpc::Delivery(std::string& message)> deliver;
    /// Called when the fault begins to work, before anything else here.
    std::function<void(const Moment&)> on_start;
};

/// A fault as the table lists it.
struct Fault {
    std::string_view name;      ///< kebab-case
    std::string_view group;     ///< what kind of thing it lies about
    std::string_view argument;  ///< what ARG is and what it defaults to; empty when there is none
    std::string_view lie;       ///< one sentence
    std::string_view notice;    ///< what an honest client should notice
    /// @param chain     outlives the lie
    /// @param argument  nullopt for the default
    /// @errors -32602 for an argument that this fault does not understand
    std::function<rpc::Expected<Lie>(Chain& chain, const std::optional<std::string>& argument)> make;
};

/// Block numbers, both ends included.
struct BlockRange {
    std::uint32_t first = 0;
    std::uint32_t last = std::numeric_limits<std::uint32_t>::max();
    [[nodiscard]] bool contains(std::uint32_t number) const noexcept {
        return first <= number && number <= last;
    }
    bool operator==(const BlockRange&) const = default;
};
/// "7" (from 7 on), "7..9", "7.." or "..9". @errors -32602
[[nodiscard]] rpc::Expected<BlockRange> parse_block_range(std::string_view text);
/// The other way round; empty for all blocks.
[[nodiscard]] std::string to_text(const BlockRange& range);

// Readers of arguments. @errors -32602
[[nodiscard]] rpc::Expected<std::uint32_t> count_argument(const std::optional<std::string>& argument,
                                                          std::uint32_t fallback,
                                                          std::uint32_t least = 1);
/// `LEFT:RIGHT`
struct TextPair {
    std::string left;
    std::string right;
};
[[nodiscard]] rpc::Expected<TextPair> pair_argument(const std::optional<std::string>& argument);
[[nodiscard]] rpc::Expected<Bytes> hex_argument(std::string_view text);

/// A maker for a fault without an argument: `fill` sets members of the lie.
template <class Fill>
[[nodiscard]] auto plain(Fill fill) {
    return [fill](Chain& chain, const std::optional<std::string>& argument) -> rpc::Expected<Lie> {
        if (argument) {
            return rpc::invalid_params("this fault takes no argument");
        }
        Lie lie;
        fill(lie, chain);
        return lie;
    };
}

}  // namespace redoubt::devchain::faults
