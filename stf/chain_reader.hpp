/// What a call may read of the parent chain: values of its state at the block that is being processed, each
/// proven present or absent before a module sees it.
///
/// A key that is not proven yet ends the call without a trace: it is executed again when the key is there.
/// What a call sees follows from the block alone, so all workers of a shard see the same. The keys that were
/// asked for are known to the host: a module reads nothing by a key that has to stay secret.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <string_view>
#include <vector>

namespace redoubt::stf {

/// Different keys that one call reads at most.
inline constexpr std::size_t kChainKeysPerCallMax = 16;
inline constexpr std::size_t kChainKeyBytesMax = 512;
/// A value that a call can read; a larger one is refused to it.
inline constexpr std::size_t kChainValueBytesMax = 64 * 1024;

/// No outcome of a call: it has to wait.
enum class ChainReadError : int {
    kNotProvenYet = 1,  ///< the value is not there: prove it and execute again
};
[[nodiscard]] std::string_view error_domain(ChainReadError);
[[nodiscard]] std::string_view error_message(ChainReadError);
REDOUBT_ERROR_DOMAIN(ChainReadError)

/// Keys of one block's state with what was proven of them: a value, or nullopt for none.
using ProvenChainState = std::map<Bytes, std::optional<Bytes>>;

/// A value as it is kept: one above kChainValueBytesMax is cut off behind that length, which is enough to
/// refuse it.
[[nodiscard]] std::optional<Bytes> kept_chain_value(std::optional<ByteView> proven);

/// One call's access to a block's state.
class ChainReader {
  public:
    /// @param proven  outlives the reader
    explicit ChainReader(const ProvenChainState& proven) : proven_(proven) {}

    /// The value of `key` in the main trie, or nullopt when it is proven that there is none.
    /// @errors StfError::kChainReadLimit for more than kChainKeysPerCallMax keys, and for a key or value that
    ///   is too long; ChainReadError::kNotProvenYet, which the module passes on
    [[nodiscard]] Result<std::optional<Bytes>> read(ByteView key);

    /// The keys that were asked for and are not proven, in that order.
    [[nodiscard]] const std::vector<Bytes>& missing() const noexcept { return missing_; }

  private:
    const ProvenChainState& proven_;
    std::vector<Bytes> asked_;
    std::vector<Bytes> missing_;
};

}  // namespace redoubt::stf

template <>
struct std::is_error_code_enum<redoubt::stf::ChainReadError> : std::true_type {};
