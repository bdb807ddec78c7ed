/// The interface of a state transition module: its calls, its queries, its storage.
///
/// A module is a folder below stf/ and one line in modules.cpp. It is deterministic, keeps nothing outside of
/// the state it is given, and writes only below its own key prefix. Signatures, nonces and roll-back are the
/// executor's (executor.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <stf/chain_reader.hpp>
#include <stf/state.hpp>
#include <stf/stf_error.hpp>
#include <stf/types/getter.hpp>
#include <stf/types/trusted_call.hpp>
#include <string_view>
#include <vector>

namespace redoubt::stf {

/// The parent chain block that is being processed.
struct BlockContext {
    std::uint32_t number = 0;
    Hash256 hash;
    /// From Timestamp.set of this block, or of the last one that had it.
    std::uint64_t timestamp_ms = 0;
    /// What the chain keeps in an account at least: a smaller amount cannot be paid out.
    Balance existential_deposit = 0;
};

/// Something the shard owes the chain: `EnclaveBridge.unshield_funds`.
struct Unshield {
    AccountId beneficiary;
    Balance amount = 0;
    Hash256 call_hash;
    bool operator==(const Unshield&) const = default;
};

/// What a call may see and touch. References are valid during the call.
struct CallContext {
    Overlay& state;
    const BlockContext& block;
    /// The parent chain's state at `block`.
    ChainReader& chain;
    const ShardId& shard;
    /// The shard was created for development.
    bool dev = false;
    /// Verified.
    const AccountId& sender;
    std::uint32_t nonce = 0;
    /// Dropped again when the call fails.
    std::vector<Unshield>& unshields;
};

/// What a question may see: the state after the last imported block, and the parent chain's state at it.
struct QueryContext {
    const StateReader& state;
    ChainReader& chain;
    /// That block. Before the first one nothing of the chain can be read.
    std::uint32_t block_number = 0;
    Hash256 block_hash;
};

class Module {
  public:
    virtual ~Module() = default;

    /// Lower case, unique: the name in ModuleCall and the prefix of its storage keys.
    [[nodiscard]] virtual std::string_view name() const = 0;

    /// Writes the module's part of an empty shard.
    virtual void init(Overlay&) const {}

    /// True for the variants of the original call table that this module executes. A ModuleCall that names
    /// the module always comes to it.
    [[nodiscard]] virtual bool executes(const TrustedCall&) const { return false; }

    /// Executes a call. When it fails, everything it wrote is dropped.
    /// @errors StfError; ChainReadError as it was read
    [[nodiscard]] virtual Result<void> execute(const TrustedCall& call, CallContext& context) const = 0;

    /// Answers a public getter; nullopt when it is not this module's.
    [[nodiscard]] virtual std::optional<Bytes> query_public(const PublicGetter&, const StateReader&) const {
        return std::nullopt;
    }
    /// Answers a getter whose owner signed it; nullopt when it is not this module's.
    [[nodiscard]] virtual std::optional<Bytes> query_trusted(const TrustedGetter&, const StateReader&) const {
        return std::nullopt;
    }

    /// query_trusted for a module whose answers need the chain's state too.
    /// @errors StfError; ChainReadError as it was read
    [[nodiscard]] virtual Result<std::optional<Bytes>> query_with_chain(const TrustedGetter& getter,
                                                                        QueryContext& context) const {
        return query_trusted(getter, context.state);
    }

    /// Runs once for each imported block, before its calls.
    virtual void on_block(const BlockContext&, Overlay&) const {}
};

/// The module's storage key of an account: `name/` ++ the account.
[[nodiscard]] inline Bytes account_key(std::string_view prefix, const AccountId& account) {
    return concat(bytes_of(prefix), account);
}

}  // namespace redoubt::stf
