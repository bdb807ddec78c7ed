/// Runs blocks of the runtime over a state trie, without a chain around it: for tests.
#pragma once

#include <gtest/gtest.h>

#include <primitives/crypto/key_pair.hpp>

#include <string>
#include <substrate/call.hpp>
#include <substrate/dispatch_error.hpp>
#include <substrate/events.hpp>
#include <substrate/signing.hpp>
#include <substrate/storage_key.hpp>
#include <tools/devchain/runtime/runtime.hpp>
#include <trie/state_trie.hpp>
#include <vector>

namespace redoubt::devchain::tests {

/// The key of a dev account, for example "//Alice".
[[nodiscard]] inline crypto::KeyPair dev_key(std::string_view uri,
                                             crypto::Scheme scheme = crypto::Scheme::kSr25519) {
    return crypto::KeyPair::from_secret_uri(uri, scheme).value();
}
[[nodiscard]] inline AccountId account_of(std::string_view uri) {
    return dev_key(uri).account_id();
}

/// What a block did.
struct BlockOutcome {
    std::vector<ApplyResult> results;  ///< of the given extrinsics, without the inherents
    std::vector<substrate::EventRecord> events;
    Bytes encoded_events;
    substrate::Header header;
    std::vector<Bytes> extrinsics;  ///< the block's body, inherents first
};

class BlockRunner {
  public:
    static constexpr uint128 kUnit = 1'000'000'000'000;

    BlockRunner() : BlockRunner(default_genesis()) {}
    explicit BlockRunner(const GenesisConfig& genesis)
        : metadata_(substrate::Metadata::decode(*runtime_.metadata(15)).value()) {
        Storage storage{state_};
        runtime_.build_genesis(storage, genesis);
        apply(storage.take_changes());
        genesis_hash_.bytes.fill(0x11);
        parent_hash_ = genesis_hash_;
    }

    /// 1000 UNIT for Alice, Bob and Charlie; Alice is sudo.
    [[nodiscard]] static GenesisConfig default_genesis() {
        GenesisConfig out;
        for (const auto* uri : {"//Alice", "//Bob", "//Charlie"}) {
            out.balances.emplace_back(account_of(uri), 1'000 * kUnit);
        }
        out.sudo = account_of("//Alice");
        light_client::Authority authority;
        authority.id.bytes.fill(7);
        authority.weight = 1;
        out.grandpa = {authority};
        return out;
    }

    /// Runs the next block. @param number  0 for the one after the last
    BlockOutcome run(const std::vector<Bytes>& extrinsics,
                     std::uint32_t number = 0,
                     bool with_inherents = true) {
        number_ = number == 0 ? number_ + 1 : number;
        now_ms_ += 6'000;
        Storage storage{state_};
        BlockExecution execution{runtime_, storage, number_, parent_hash_, {}};
        BlockOutcome out;
        if (with_inherents) {
            out.extrinsics = runtime_.inherent_extrinsics(now_ms_);
            for (const auto& inherent : out.extrinsics) {
                EXPECT_TRUE(execution.apply_extrinsic(inherent).has_value());
            }
        }
        out.extrinsics.insert(out.extrinsics.end(), extrinsics.begin(), extrinsics.end());
        for (const auto& extrinsic : extrinsics) {
            out.results.push_back(execution.apply_extrinsic(extrinsic));
        }
        out.header = execution.finalize();
        apply(storage.take_changes());
        parent_hash_ = substrate::header_hash(out.header);
        out.encoded_events = stored("System", "Events").value();
        auto events = substrate::decode_events(metadata_, out.encoded_events);
        EXPECT_TRUE(events.has_value());
        out.events = std::move(events).value();
        return out;
    }

    /// `call` signed by a dev account with its next nonce, immortal.
    [[nodiscard]] Bytes sign(ByteView call, std::string_view uri = "//Alice", std::uint64_t nonce_ahead = 0) {
        substrate::SigningContext context;
        context.nonce = nonce_of(account_of(uri)) + nonce_ahead;
        return sign_with(call, uri, context);
    }
    [[nodiscard]] Bytes sign_with(ByteView call, std::string_view uri, substrate::SigningContext context) {
        context.genesis_hash = genesis_hash_;
        return substrate::sign_extrinsic(metadata_, call, context, dev_key(uri)).value();
    }

    [[nodiscard]] static Bytes transfer_call(const AccountId& to, uint128 amount, std::uint8_t index = 3) {
        Bytes out{10, index, 0};
        append(out, to.view());
        scale::append_compact(out, amount);
        return out;
    }

    [[nodiscard]] std::optional<Bytes> stored(std::string_view pallet,
                                              std::string_view item,
                                              const std::vector<Bytes>& key = {}) const {
        const auto value = state_.get(substrate::storage_key(metadata_, pallet, item, key).value());
        return value ? std::optional{to_bytes(*value)} : std::nullopt;
    }
    /// nonce u32, consumers u32, providers u32, sufficients u32, free u128, reserved u128 ...
    [[nodiscard]] uint128 free_of(const AccountId& who) const {
        const auto bytes = stored("System", "Account", {scale::encode(who)});
        return bytes ? ByteCursor{ByteView{*bytes}.subspan(16)}.take_le<uint128>().value() : 0;
    }
    [[nodiscard]] std::uint32_t nonce_of(const AccountId& who) const {
        const auto bytes = stored("System", "Account", {scale::encode(who)});
        return bytes ? ByteCursor{*bytes}.take_le<std::uint32_t>().value() : 0;
    }
    [[nodiscard]] uint128 issuance() const {
        return scale::decode<uint128>(stored("Balances", "TotalIssuance").value()).value();
    }

    [[nodiscard]] const Runtime& runtime() const { return runtime_; }
    [[nodiscard]] const substrate::Metadata& metadata() const { return metadata_; }
    [[nodiscard]] trie::StateTrie& state() { return state_; }
    [[nodiscard]] const Hash256& genesis_hash() const { return genesis_hash_; }
    [[nodiscard]] const Hash256& parent_hash() const { return parent_hash_; }
    [[nodiscard]] std::uint32_t number() const { return number_; }

  private:
    void apply(const Changes& changes) {
        for (const auto& [key, value] : changes.main) {
            if (value) {
                state_.put(key, *value);
            } else {
                state_.erase(key);
            }
        }
    }

    Runtime runtime_;
    substrate::Metadata metadata_;
    trie::StateTrie state_;
    Hash256 genesis_hash_;
    Hash256 parent_hash_;
    std::uint32_t number_ = 0;
    std::uint64_t now_ms_ = 1'700'000'000'000;
};

/// An account that nobody has a key for.
[[nodiscard]] inline AccountId fresh_account(std::uint8_t seed) {
    AccountId out;
    out.bytes.fill(seed);
    return out;
}

/// Names of the events of an extrinsic; 1 is the first after the inherent.
[[nodiscard]] inline std::vector<std::string> event_names(const BlockOutcome& block,
                                                          std::uint32_t extrinsic = 1) {
    std::vector<std::string> out;
    for (const auto& event : block.events) {
        if (event.belongs_to(extrinsic)) {
            out.push_back(event.pallet + "." + event.name);
        }
    }
    return out;
}

/// Why an extrinsic failed, for example "Sudo.RequireSudo"; empty when it did not.
[[nodiscard]] inline std::string failure_of(const BlockRunner& runner,
                                            const BlockOutcome& block,
                                            std::uint32_t extrinsic = 1) {
    const auto* error = substrate::dispatch_error_of(block.events, extrinsic);
    return error == nullptr ? "" : substrate::describe_dispatch_error(runner.metadata(), *error);
}

/// What the first paying transaction paid.
[[nodiscard]] inline uint128 fee_paid(const BlockOutcome& block) {
    for (const auto& event : block.events) {
        if (event.is("TransactionPayment", "TransactionFeePaid")) {
            return event.fields.find("actual_fee")->as_u128().value();
        }
    }
    return 0;
}

[[nodiscard]] inline bool is_invalid(const auto& result, InvalidTransaction reason) {
    return !result.has_value() && result.error().is(reason);
}

}  // namespace redoubt::devchain::tests
