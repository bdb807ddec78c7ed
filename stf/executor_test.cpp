#include <gtest/gtest.h>

#include <primitives/crypto/key_pair.hpp>
#include <stf/balances/balances.hpp>
#include <stf/chain_account.hpp>
#include <stf/counter/counter.hpp>
#include <stf/executor.hpp>
#include <stf/gated/gated.hpp>
#include <stf/modules.hpp>
#include <stf/nonces.hpp>
#include <stf/types/bytes_wrapping.hpp>
#include <tests/support/memory_state.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::stf {
namespace {

constexpr Balance kMax = ~Balance{0};

crypto::KeyPair dev(std::string_view uri) {
    return crypto::KeyPair::from_secret_uri(uri, crypto::Scheme::kSr25519).value();
}

class ExecutorTest : public ::testing::Test {
  protected:
    ExecutorTest() {
        shard_.bytes.fill(3);
        fingerprint_.bytes.fill(4);
    }

    TrustedCallSigned sign(const crypto::KeyPair& key, const TrustedCall& call, std::uint32_t nonce) const {
        TrustedCallSigned out;
        out.call = call;
        out.nonce = nonce;
        out.signature = key.sign(signing_payload(call, nonce, fingerprint_, shard_));
        return out;
    }
    Result<void> run(const TrustedCallSigned& call) {
        ChainReader chain{proven_};
        return executor(true).execute(call, block_, overlay_, chain, unshields_);
    }
    Result<void> run(const crypto::KeyPair& key, const TrustedCall& call) {
        return run(sign(key, call, nonce_of(overlay_, key.account_id())));
    }
    [[nodiscard]] Executor executor(bool dev_shard) const {
        return {make_modules(), shard_, fingerprint_, dev_shard};
    }
    void credit(const crypto::KeyPair& key, Balance amount) {
        ASSERT_OK(balances::shield(overlay_, key.account_id(), amount));
    }
    static TrustedCall gated_call(const crypto::KeyPair& key, const gated::Call& call) {
        return call::ModuleCall{.origin = key.account_id(), .module = "gated", .call = scale::encode(call)};
    }
    void prove_balance(const crypto::KeyPair& key, Balance free) {
        proven_[chain_account_key(key.account_id())] = scale::encode(AccountInfo{.free = free});
    }
    [[nodiscard]] Balance free_of(const crypto::KeyPair& key) const {
        return balances::account_data(overlay_, key.account_id()).free;
    }
    [[nodiscard]] Result<std::optional<Bytes>> query(const Bytes& getter) const {
        ChainReader chain{proven_};
        QueryContext context{
            .state = overlay_, .chain = chain, .block_number = block_.number, .block_hash = block_.hash};
        return executor(true).query(getter, context);
    }
    template <class T>
    std::optional<T> ask(const Getter& getter) const {
        const auto answer = query(scale::encode(getter));
        EXPECT_OK(answer);
        if (!answer || !answer.value()) {
            return std::nullopt;
        }
        return scale::decode<T>(*answer.value()).value();
    }
    static TrustedGetterSigned sign_getter(const crypto::KeyPair& key, const TrustedGetter& getter) {
        TrustedGetterSigned out;
        out.getter = getter;
        out.signature = key.sign(signing_payload(getter));
        return out;
    }

    ShardId shard_;
    Hash256 fingerprint_;
    BlockContext block_;
    MemoryState state_;
    Overlay overlay_{state_};
    ProvenChainState proven_;
    std::vector<Unshield> unshields_;
    crypto::KeyPair alice_ = dev("//Alice");
    crypto::KeyPair bob_ = dev("//Bob");
};

TrustedCall transfer(const crypto::KeyPair& from, const crypto::KeyPair& to, Balance amount) {
    return call::BalanceTransfer{.from = from.account_id(), .to = to.account_id(), .amount = amount};
}

TEST_F(ExecutorTest, transfers_all_a_sender_has_and_not_more) {
    credit(alice_, 10);
    EXPECT_ERROR(run(alice_, transfer(alice_, bob_, 11)), StfError::kInsufficientFunds);
    EXPECT_OK(run(alice_, transfer(alice_, bob_, 10)));
    EXPECT_EQ(free_of(alice_), Balance{0});
    EXPECT_EQ(free_of(bob_), Balance{10});
    EXPECT_OK(run(bob_, transfer(bob_, bob_, 10)));
    EXPECT_EQ(free_of(bob_), Balance{10});
    EXPECT_EQ(balances::total_issuance(overlay_), Balance{10});
}

TEST_F(ExecutorTest, accepts_the_nonce_of_the_account_alone) {
    const TrustedCall noop = call::Noop{.sender = alice_.account_id()};
    EXPECT_ERROR(run(sign(alice_, noop, 1)), StfError::kNonceTooHigh);
    EXPECT_OK(run(sign(alice_, noop, 0)));
    EXPECT_ERROR(run(sign(alice_, noop, 0)), StfError::kNonceTooLow);
    EXPECT_EQ(nonce_of(overlay_, alice_.account_id()), 1U);
}

TEST_F(ExecutorTest, leaves_no_trace_of_a_call_with_a_bad_signature) {
    const TrustedCall noop = call::Noop{.sender = alice_.account_id()};
    auto call = sign(bob_, noop, 0);
    EXPECT_ERROR(run(call), StfError::kBadSignature);
    call = sign(alice_, noop, 0);
    call.delegate = bob_.account_id();
    EXPECT_ERROR(run(call), StfError::kDelegateNotSupported);
    EXPECT_TRUE(overlay_.take_changes().empty());
}

TEST_F(ExecutorTest, accepts_signatures_of_all_schemes_and_of_browser_extensions) {
    for (const auto scheme : {crypto::Scheme::kEd25519, crypto::Scheme::kSr25519, crypto::Scheme::kEcdsa}) {
        const auto key = crypto::KeyPair::from_secret_uri("//Carol", scheme).value();
        const TrustedCall noop = call::Noop{.sender = key.account_id()};
        EXPECT_OK(run(key, noop));
        auto wrapped = sign(key, noop, 1);
        wrapped.signature = key.sign(wrap_in_bytes(signing_payload(noop, 1, fingerprint_, shard_)));
        EXPECT_OK(run(wrapped));
    }
}

TEST_F(ExecutorTest, raises_the_nonce_of_a_call_that_fails_in_its_module) {
    EXPECT_ERROR(run(alice_, transfer(alice_, bob_, 1)), StfError::kInsufficientFunds);
    EXPECT_EQ(nonce_of(overlay_, alice_.account_id()), 1U);
    EXPECT_ERROR(run(alice_, call::SendNote{.from = alice_.account_id(), .to = {}, .note = {}}),
                 StfError::kNotSupported);
    EXPECT_ERROR(run(alice_, call::ModuleCall{.origin = alice_.account_id(), .module = "none", .call = {}}),
                 StfError::kNoSuchModule);
    EXPECT_EQ(nonce_of(overlay_, alice_.account_id()), 3U);
}

TEST_F(ExecutorTest, refuses_every_overflow) {
    EXPECT_OK(balances::shield(overlay_, bob_.account_id(), kMax));
    EXPECT_ERROR(balances::shield(overlay_, bob_.account_id(), 1), StfError::kOverflow);
    EXPECT_ERROR(balances::shield(overlay_, alice_.account_id(), 1), StfError::kOverflow);
    const auto set = [&](Balance free, Balance reserved) {
        return TrustedCall{call::BalanceSetBalance{
            .sudo = alice_.account_id(), .who = alice_.account_id(), .free = free, .reserved = reserved}};
    };
    EXPECT_ERROR(run(alice_, set(1, 0)), StfError::kOverflow);
    EXPECT_ERROR(run(alice_, set(kMax, 1)), StfError::kOverflow);
    EXPECT_EQ(free_of(bob_), kMax);
}

TEST_F(ExecutorTest, sets_balances_for_alice_on_development_shards_only) {
    const TrustedCall set = call::BalanceSetBalance{
        .sudo = alice_.account_id(), .who = bob_.account_id(), .free = 42, .reserved = 43};
    ChainReader chain{proven_};
    EXPECT_ERROR(executor(false).execute(sign(alice_, set, 0), block_, overlay_, chain, unshields_),
                 StfError::kNotPermitted);
    EXPECT_OK(run(sign(alice_, set, 1)));
    EXPECT_EQ(balances::account_data(overlay_, bob_.account_id()),
              (balances::AccountData{.free = 42, .reserved = 43}));
    EXPECT_EQ(balances::total_issuance(overlay_), Balance{85});
    const TrustedCall by_bob = call::BalanceSetBalance{
        .sudo = bob_.account_id(), .who = bob_.account_id(), .free = 1, .reserved = 0};
    EXPECT_ERROR(run(bob_, by_bob), StfError::kNotPermitted);
}

TEST_F(ExecutorTest, unshields_each_call_under_its_own_hash) {
    credit(alice_, 100);
    block_.existential_deposit = 10;
    const auto unshield = [&](Balance amount, const ShardId& shard) {
        return TrustedCall{call::BalanceUnshield{
            .from = alice_.account_id(), .beneficiary = bob_.account_id(), .amount = amount, .shard = shard}};
    };
    EXPECT_OK(run(alice_, unshield(10, shard_)));
    EXPECT_OK(run(alice_, unshield(10, shard_)));
    EXPECT_OK(run(
        alice_,
        call::BalanceUnshieldThroughBridge{
            .from = alice_.account_id(), .beneficiary = bob_.account_id(), .amount = 10, .shard = shard_}));
    ASSERT_EQ(unshields_.size(), 3U);
    EXPECT_NE(unshields_[0].call_hash, unshields_[1].call_hash);
    EXPECT_EQ(unshields_[0].call_hash, unshield_call_hash(unshield(10, shard_), 0));
    EXPECT_ERROR(run(alice_, unshield(9, shard_)), StfError::kBelowMinimum);
    EXPECT_ERROR(run(alice_, unshield(71, shard_)), StfError::kInsufficientFunds);
    EXPECT_ERROR(run(alice_, unshield(10, ShardId{})), StfError::kWrongShard);
    EXPECT_EQ(unshields_.size(), 3U);
    EXPECT_EQ(balances::total_issuance(overlay_), Balance{70});
}

TEST_F(ExecutorTest, counts_and_refuses_to_count_too_far) {
    const auto add = [&](std::uint64_t amount) {
        return TrustedCall{call::ModuleCall{.origin = alice_.account_id(),
                                            .module = "counter",
                                            .call = scale::encode(counter::Call{counter::Add{amount}})}};
    };
    EXPECT_OK(run(alice_, add(UINT64_MAX)));
    EXPECT_OK(run(alice_, add(0)));
    EXPECT_ERROR(run(alice_, add(1)), StfError::kOverflow);
    EXPECT_ERROR(
        run(alice_, call::ModuleCall{.origin = alice_.account_id(), .module = "counter", .call = {7}}),
        StfError::kBadModuleCall);
    const TrustedGetter get = trusted_getter::ModuleQuery{
        .origin = alice_.account_id(), .module = "counter", .query = scale::encode(counter::Query{})};
    EXPECT_EQ(ask<std::uint64_t>(sign_getter(alice_, get)), UINT64_MAX);
    EXPECT_EQ(ask<std::uint64_t>(sign_getter(bob_, get)), std::nullopt);
}

TEST_F(ExecutorTest, answers_getters_to_their_owner_alone) {
    credit(alice_, 5);
    const TrustedGetter info = trusted_getter::AccountInfo{.account = alice_.account_id()};
    const auto answer = ask<AccountInfo>(sign_getter(alice_, info));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->free, Balance{5});
    EXPECT_EQ(ask<AccountInfo>(sign_getter(bob_, info)), std::nullopt);
    auto by_delegate = sign_getter(bob_, info);
    by_delegate.delegate = bob_.account_id();
    EXPECT_EQ(ask<AccountInfo>(by_delegate), std::nullopt);
    EXPECT_EQ(ask<std::uint32_t>(PublicGetter{public_getter::SomeValue{}}), kSomeValue);
    EXPECT_EQ(ask<Balance>(PublicGetter{public_getter::TotalIssuance{}}), Balance{5});
    EXPECT_EQ(ask<Balance>(PublicGetter{public_getter::ShardInfo{}}), std::nullopt);
    EXPECT_EQ(ask<Balance>(sign_getter(alice_, trusted_getter::AssetBalance{.account = alice_.account_id(),
                                                                            .asset = AssetId::kUsdt})),
              std::nullopt);
}

TEST_F(ExecutorTest, answers_the_older_client_in_its_own_dialect) {
    credit(alice_, 5);
    ASSERT_OK(run(alice_, call::Noop{.sender = alice_.account_id()}));
    const auto ask_legacy = [&](const legacy::TrustedGetter& getter, const crypto::KeyPair& key) {
        const legacy::TrustedGetterSigned signed_getter{.getter = getter,
                                                        .signature = key.sign(scale::encode(getter))};
        const auto answer = query(scale::encode_all(std::uint8_t{1}, signed_getter));
        EXPECT_OK(answer);
        return answer.value();
    };
    EXPECT_EQ(ask_legacy(legacy::FreeBalance{.account = alice_.account_id()}, alice_),
              scale::encode(Balance{5}));
    EXPECT_EQ(ask_legacy(legacy::ReservedBalance{.account = alice_.account_id()}, alice_),
              scale::encode(Balance{0}));
    EXPECT_EQ(ask_legacy(legacy::Nonce{.account = alice_.account_id()}, alice_), scale::encode(1U));
    EXPECT_EQ(ask_legacy(legacy::Nonce{.account = alice_.account_id()}, bob_), std::nullopt);
    EXPECT_FALSE(query(Bytes{1, 2, 3}).has_value());
}

TEST_F(ExecutorTest, leaves_no_trace_of_a_call_that_waits_for_chain_state) {
    const auto enter = gated_call(alice_, gated::Enter{.room = bob_.account_id()});
    EXPECT_ERROR(run(alice_, enter), StfError::kNoSuchRoom);
    ASSERT_OK(run(bob_, gated_call(bob_, gated::Open{.threshold = 100})));
    const auto signed_call = sign(alice_, enter, 1);
    ChainReader chain{proven_};
    EXPECT_ERROR(executor(true).execute(signed_call, block_, overlay_, chain, unshields_),
                 ChainReadError::kNotProvenYet);
    EXPECT_EQ(chain.missing(), std::vector<Bytes>(1, chain_account_key(alice_.account_id())));
    EXPECT_EQ(nonce_of(overlay_, alice_.account_id()), 1U);
    block_.number = 7;
    prove_balance(alice_, 100);
    EXPECT_OK(run(signed_call));
    EXPECT_EQ(nonce_of(overlay_, alice_.account_id()), 2U);
    EXPECT_EQ(gated::entered(overlay_, bob_.account_id(), alice_.account_id()), 7U);
}

TEST_F(ExecutorTest, lets_in_who_holds_enough_on_the_chain) {
    ASSERT_OK(run(bob_, gated_call(bob_, gated::Open{.threshold = 100})));
    const auto enter = gated_call(alice_, gated::Enter{.room = bob_.account_id()});
    prove_balance(alice_, 99);
    EXPECT_ERROR(run(alice_, enter), StfError::kChainBalanceTooLow);
    EXPECT_EQ(nonce_of(overlay_, alice_.account_id()), 1U);
    EXPECT_EQ(gated::entered(overlay_, bob_.account_id(), alice_.account_id()), std::nullopt);
    proven_[chain_account_key(alice_.account_id())] = std::nullopt;
    EXPECT_ERROR(run(alice_, enter), StfError::kChainBalanceTooLow);
    prove_balance(alice_, 100);
    EXPECT_OK(run(alice_, enter));
    // A room that asks for nothing takes accounts that do not exist on the chain.
    proven_[chain_account_key(alice_.account_id())] = std::nullopt;
    ASSERT_OK(run(bob_, gated_call(bob_, gated::Open{.threshold = 0})));
    EXPECT_OK(run(alice_, enter));
    EXPECT_ERROR(run(alice_, call::ModuleCall{.origin = alice_.account_id(), .module = "gated", .call = {2}}),
                 StfError::kBadModuleCall);
}

TEST_F(ExecutorTest, tells_the_account_itself_whether_it_is_inside) {
    ASSERT_OK(run(bob_, gated_call(bob_, gated::Open{.threshold = 0})));
    prove_balance(alice_, 1);
    block_.number = 9;
    ASSERT_OK(run(alice_, gated_call(alice_, gated::Enter{.room = bob_.account_id()})));
    const auto query = [&](const crypto::KeyPair& signer) {
        return Getter{sign_getter(
            signer, trusted_getter::ModuleQuery{
                        .origin = alice_.account_id(),
                        .module = "gated",
                        .query = scale::encode(gated::Query{gated::Inside{.room = bob_.account_id()}})})};
    };
    EXPECT_EQ(ask<std::optional<std::uint32_t>>(query(alice_)), std::optional{std::optional{9U}});
    EXPECT_EQ(ask<std::optional<std::uint32_t>>(query(bob_)), std::nullopt);
}

TEST_F(ExecutorTest, tells_whether_a_door_would_open_and_as_of_which_block) {
    ASSERT_OK(run(bob_, gated_call(bob_, gated::Open{.threshold = 100})));
    block_.number = 9;
    block_.hash.bytes.fill(8);
    const auto question = [&](const crypto::KeyPair& room) {
        return Getter{sign_getter(
            alice_, trusted_getter::ModuleQuery{
                        .origin = alice_.account_id(),
                        .module = "gated",
                        .query = scale::encode(gated::Query{gated::Door{.room = room.account_id()}})})};
    };
    EXPECT_ERROR(query(scale::encode(question(bob_))), ChainReadError::kNotProvenYet);
    prove_balance(alice_, 99);
    gated::DoorAnswer expected{
        .threshold = 100, .balance = 99, .opens = false, .block_number = 9, .block_hash = block_.hash};
    EXPECT_EQ(ask<gated::DoorAnswer>(question(bob_)), expected);
    prove_balance(alice_, 100);
    expected.balance = 100;
    expected.opens = true;
    EXPECT_EQ(ask<gated::DoorAnswer>(question(bob_)), expected);
    expected.threshold = std::nullopt;
    expected.opens = false;
    EXPECT_EQ(ask<gated::DoorAnswer>(question(alice_)), expected);
    proven_[chain_account_key(alice_.account_id())] = Bytes(3, 0);
    EXPECT_ERROR(query(scale::encode(question(bob_))), StfError::kChainValueUnreadable);
}

/// Reads a key and makes the best of it when it cannot.
class Careless final : public Module {
  public:
    [[nodiscard]] std::string_view name() const override { return "careless"; }
    [[nodiscard]] Result<void> execute(const TrustedCall&, CallContext& context) const override {
        const auto value = context.chain.read(Bytes{1});
        context.state.put(bytes_of("careless"), Bytes{static_cast<std::uint8_t>(value ? 1 : 0)});
        return success();
    }
};

TEST_F(ExecutorTest, does_not_let_a_module_pass_over_what_is_not_proven) {
    std::vector<std::unique_ptr<const Module>> modules;
    modules.push_back(std::make_unique<Careless>());
    const Executor careless{std::move(modules), shard_, fingerprint_, true};
    const auto signed_call =
        sign(alice_, call::ModuleCall{.origin = alice_.account_id(), .module = "careless", .call = {}}, 0);
    ChainReader chain{proven_};
    EXPECT_ERROR(careless.execute(signed_call, block_, overlay_, chain, unshields_),
                 ChainReadError::kNotProvenYet);
    EXPECT_EQ(overlay_.get(bytes_of("careless")), std::nullopt);
    proven_[Bytes{1}] = std::nullopt;
    ChainReader proven_chain{proven_};
    EXPECT_OK(careless.execute(signed_call, block_, overlay_, proven_chain, unshields_));
    EXPECT_EQ(overlay_.get(bytes_of("careless")), Bytes{1});
}

TEST_F(ExecutorTest, names_a_reason_for_every_error) {
    for (int code = 1; code <= static_cast<int>(StfError::kChainBalanceTooLow); ++code) {
        EXPECT_NE(error_message(static_cast<StfError>(code)), "unknown reason");
    }
}

}  // namespace
}  // namespace redoubt::stf
