/// Executes signed calls and answers getters: everything between decrypted bytes and the modules.
///
/// A call passes, in this order: no delegate, nonce, signature, module. Up to and including the signature a
/// failure changes nothing at all. A call that was validly signed with the right nonce and then fails in its
/// module leaves only the raised nonce behind (docs/adr), so that it cannot come back with effect when
/// circumstances change. A call that needs chain state which is not proven yet leaves nothing behind.
#pragma once

#include <memory>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <stf/module.hpp>
#include <stf/types/legacy_getter.hpp>
#include <stf/types/trusted_operation.hpp>
#include <vector>

namespace redoubt::stf {

/// Largest encoded getter that is decoded.
inline constexpr std::size_t kGetterBytesMax = 64 * 1024;

class Executor {
  public:
    /// @param fingerprint  the measurement that calls are signed for
    /// @param dev          a development shard
    Executor(std::vector<std::unique_ptr<const Module>> modules,
             const ShardId& shard,
             const Hash256& fingerprint,
             bool dev);

    /// Lets every module write its part of an empty shard.
    void init(Overlay& state) const;
    /// Tells every module of a new block; before the block's calls.
    void on_block(const BlockContext& block, Overlay& state) const;

    /// Executes one call. What it owes the chain is appended to `unshields`.
    /// @param chain  made for this call; names what is missing after kNotProvenYet
    /// @errors StfError; ChainReadError::kNotProvenYet: nothing happened, and the call can be executed again
    [[nodiscard]] Result<void> execute(const TrustedCallSigned& signed_call,
                                       const BlockContext& block,
                                       Overlay& state,
                                       ChainReader& chain,
                                       std::vector<Unshield>& unshields) const;

    /// Answers SCALE(Getter) of either client generation; nullopt when the signature is not the owner's, when
    /// it is a delegate's, or when no module knows the getter.
    /// @param context  its reader names what is missing after kNotProvenYet
    /// @errors those of DecodeError; StfError; ChainReadError::kNotProvenYet
    [[nodiscard]] Result<std::optional<Bytes>> query(ByteView getter, QueryContext& context) const;

    [[nodiscard]] const ShardId& shard() const noexcept { return shard_; }

  private:
    /// The call without its nonce. @errors as execute
    [[nodiscard]] Result<void> execute_in_module(const TrustedCallSigned& signed_call,
                                                 const BlockContext& block,
                                                 Overlay& state,
                                                 ChainReader& chain,
                                                 std::vector<Unshield>& unshields) const;
    [[nodiscard]] Result<const Module*> module_for(const TrustedCall& call) const;
    [[nodiscard]] std::optional<Bytes> query(const PublicGetter& getter, const StateReader& state) const;
    [[nodiscard]] Result<std::optional<Bytes>> query(const TrustedGetterSigned& getter,
                                                     QueryContext& context) const;
    [[nodiscard]] std::optional<Bytes> query(const legacy::TrustedGetterSigned& getter,
                                             const StateReader& state) const;

    std::vector<std::unique_ptr<const Module>> modules_;
    ShardId shard_;
    Hash256 fingerprint_;
    bool dev_ = false;
};

}  // namespace redoubt::stf
