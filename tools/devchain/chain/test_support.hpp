/// A chain in memory, and accounts that sign transfers on it, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <primitives/crypto/key_pair.hpp>
#include <primitives/scale.hpp>
#include <substrate/extrinsic.hpp>
#include <substrate/metadata.hpp>
#include <substrate/signing.hpp>
#include <tools/devchain/chain/chain.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace redoubt::devchain::tests {

inline constexpr uint128 kUnit = 1'000'000'000'000;
inline constexpr std::uint64_t kStartMs = 1'700'000'000'000;

inline crypto::KeyPair key_of(const std::string& name) {
    return crypto::KeyPair::from_secret_uri("//" + name, crypto::Scheme::kSr25519).value();
}

inline ChainOptions test_options() {
    ChainOptions options;
    for (const auto* name : {"Alice", "Bob", "Charlie"}) {
        options.genesis.balances.emplace_back(key_of(name).account_id(), 1'000 * kUnit);
    }
    options.genesis.sudo = key_of("Alice").account_id();
    options.now_ms = [] { return kStartMs; };
    return options;
}

inline std::unique_ptr<Chain> open_chain(ChainOptions options = test_options()) {
    return Chain::open(std::move(options)).value();
}

inline const substrate::Metadata& metadata_of(const Chain& chain) {
    static const auto metadata = substrate::Metadata::decode(*chain.runtime().metadata(14)).value();
    return metadata;
}

struct TransferTerms {
    uint128 tip = 0;
    substrate::Era era;
    Hash256 birth_hash;
};

/// Signs Balances.transfer_keep_alive.
inline Bytes transfer(const Chain& chain,
                      const std::string& from,
                      const std::string& to,
                      uint128 amount,
                      std::uint64_t nonce,
                      const TransferTerms& terms = {}) {
    Bytes call{10, 3, 0};
    append(call, key_of(to).account_id().view());
    scale::append_compact(call, amount);
    substrate::SigningContext context;
    context.nonce = nonce;
    context.tip = terms.tip;
    context.era = terms.era;
    context.genesis_hash = chain.genesis_hash();
    context.birth_hash = terms.birth_hash;
    return substrate::sign_extrinsic(metadata_of(chain), call, context, key_of(from)).value();
}

/// Makes `count` empty blocks on the best block.
inline void build(Chain& chain, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        ASSERT_TRUE(chain.build_block().has_value());
    }
}

/// Remembers everything it is told.
class Recorder final : public Observer {
  public:
    explicit Recorder(Chain& chain) : chain_(&chain) { chain.add_observer(*this); }
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;
    ~Recorder() override { chain_->remove_observer(*this); }

    void on_imported(const ImportedBlock& notice) override { imported.push_back(notice); }
    void on_best_changed(const BestChange& notice) override { best_changes.push_back(notice); }
    void on_finalized(const Finalization& notice) override { finalizations.push_back(notice); }
    void on_transaction(const PoolEvent& notice) override { transactions.push_back(notice); }

    /// What happened to one transaction.
    [[nodiscard]] std::vector<PoolEventKind> fate(const Hash256& txn) const {
        std::vector<PoolEventKind> out;
        for (const auto& event : transactions) {
            if (event.txn == txn) {
                out.push_back(event.kind);
            }
        }
        return out;
    }

    std::vector<ImportedBlock> imported;
    std::vector<BestChange> best_changes;
    std::vector<Finalization> finalizations;
    std::vector<PoolEvent> transactions;

  private:
    Chain* chain_;
};

/// For failure messages.
inline void PrintTo(PoolEventKind kind, std::ostream* out) {
    static constexpr std::array<const char*, 10> kNames{
        "future",          "ready",     "broadcast", "inBlock", "retracted",
        "finalityTimeout", "finalized", "usurped",   "dropped", "invalid"};
    *out << kNames[static_cast<std::size_t>(kind)];
}

}  // namespace redoubt::devchain::tests
