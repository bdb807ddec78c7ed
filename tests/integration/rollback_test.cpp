// A host that brings back older copies of what it stored: random schedules of blocks, confirmations, crashes,
// copies and restores. Whenever the chain knows of a later state of this worker than it remembers, the
// enclave refuses to go on; in every other case it goes on. Told that the copy was brought back on purpose,
// it imports what it has missed before it acts.
#include <gtest/gtest.h>

#include <boundary/refusal.hpp>
#include <light-client/shard_activity.hpp>
#include <primitives/scale.hpp>
#include <random>
#include <stf/counter/counter.hpp>
#include <substrate/header.hpp>
#include <tests/integration/enclave_driver.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::tests {
namespace {

constexpr int kSchedules = 1'000;
constexpr int kStepsMax = 24;

/// A worker, its host and its chain, with the host's memory of what it should be told.
class Schedule {
  public:
    /// @param identity  sealed for that chain: making one takes longer than a schedule
    Schedule(const TestChain& chain, const Bytes& identity, std::uint32_t seed)
        : chain_(chain), random_(seed) {
        driver_.store().sealed_identity = identity;
    }

    struct Count {
        int restarts = 0;
        int found = 0;
        int newer = 0;
        int caught_up = 0;
    };

    void run(Count& count) {
        ASSERT_OK(driver_.start(chain_, false));
        ASSERT_OK(driver_.restore());
        ASSERT_OK(driver_.set_runtime(chain_));
        add_block();
        ASSERT_OK(driver_.ask<boundary::FinalityMoved>(finality(0)));
        ASSERT_OK(driver_.check_activity(chain_, chain_.head()));
        ASSERT_NO_FATAL_FAILURE(process_next());
        copies_.push_back({driver_.store(), last_});
        for (int step = 0; step < kStepsMax; ++step) {
            switch (random_() % 8) {
                case 0:
                case 1:
                case 2:
                    add_block();
                    break;
                case 3:
                    ASSERT_NO_FATAL_FAILURE(process_next());
                    break;
                case 4:
                    sign_confirmations();
                    break;
                case 5:
                    copies_.push_back({driver_.store(), last_});
                    break;
                case 6:
                    lose_commit();
                    break;
                case 7: {
                    const bool old = random_() % 2 == 0;
                    if (old) {
                        const auto& copy = copies_[random_() % copies_.size()];
                        driver_.store() = copy.store;
                        last_ = copy.last;
                    }
                    bool refused = false;
                    ASSERT_NO_FATAL_FAILURE(restart(count, refused));
                    if (refused && random_() % 2 == 0) {
                        return;
                    }
                    if (refused) {
                        ASSERT_NO_FATAL_FAILURE(catch_up());
                        count.caught_up += 1;
                    }
                    break;
                }
                default:
                    break;
            }
        }
    }

  private:
    struct Copy {
        HostStore store;
        std::uint32_t last = 0;
    };

    /// The chain makes a block, which holds some of what the worker signed.
    void add_block() {
        bool active = false;
        while (!signed_.empty() && random_() % 3 != 0) {
            chain_.add_raw(signed_.front().extrinsic);
            known_to_chain_ = std::max(known_to_chain_, signed_.front().known);
            signed_.erase(signed_.begin());
            active = true;
        }
        if (active) {
            const auto number = chain_.head().number + 1;
            chain_.set_storage(light_client::shard_status_key(driver_.started().shard),
                               concat(Bytes{4}, driver_.started().account, driver_.started().measurement,
                                      scale::encode(number)));
        }
        blocks_.push_back(chain_.seal_block());
    }

    [[nodiscard]] std::size_t index_of_next() const { return last_; }  // block n is at n - 1

    void process_next() {
        if (index_of_next() < blocks_.size()) {
            const auto done = driver_.process(blocks_[index_of_next()]);
            ASSERT_TRUE(done.has_value()) << done.error().message();
            last_ += 1;
        }
    }

    /// The record is stored, and the enclave ends before it hears of it.
    void lose_commit() {
        if (index_of_next() < blocks_.size()) {
            const auto commit = driver_.import(blocks_[index_of_next()]);
            ASSERT_TRUE(commit.has_value()) << commit.error().message();
            if (random_() % 2 == 0) {
                driver_.store_commit(commit.value());
                last_ += 1;
            }
            driver_.restart();
            bool refused = false;
            Count unused;
            restart(unused, refused);
            EXPECT_FALSE(refused);
        }
    }

    void sign_confirmations() {
        for (const auto& item : driver_.outbox()) {
            const auto reply =
                driver_.ask<boundary::Signed>(boundary::SignOutbox{.id = item.id, .nonce = nonce_++});
            ASSERT_TRUE(reply.has_value()) << reply.error().message();
            signed_.push_back({reply.value().extrinsic, last_});
        }
    }

    /// A new process on what the host gives it, and finality up to the chain's head; then it goes on to the
    /// head.
    void restart(Count& count, bool& refused) {
        driver_.restart();
        ASSERT_OK(driver_.start(chain_, false));
        const auto position = driver_.restore();
        ASSERT_OK(position);
        ASSERT_EQ(position.value().last_block->number, last_);
        ASSERT_TRUE(position.value().check_activity);
        ASSERT_OK(driver_.set_runtime(chain_));
        EXPECT_ERROR(driver_.ask<boundary::OutboxItems>(boundary::ClientOpened{.connection = 1}),
                     boundary::Refusal::kActivityUnchecked);
        const auto finalized = position.value().finalized->number;
        if (finalized < blocks_.size()) {
            ASSERT_OK(driver_.ask<boundary::FinalityMoved>(finality(finalized)));
        }
        count.restarts += 1;
        const bool must_refuse = known_to_chain_ > last_;
        const auto remembered = last_;
        auto result = driver_.check_activity(chain_, chain_.head());
        while (result.has_value() && index_of_next() < blocks_.size()) {
            const auto commit =
                expect_reply<boundary::Commit>(driver_.peer().handle(blocks_[index_of_next()]));
            if (!commit.has_value()) {
                result = commit.error();
                break;
            }
            driver_.store_commit(commit.value());
            ASSERT_OK(driver_.ask<boundary::Committed>(
                boundary::CommitPersisted{.sequence = commit.value().sequence}));
            last_ += 1;
        }
        refused = !result.has_value();
        ASSERT_EQ(refused, must_refuse) << "remembered " << remembered << ", known to the chain "
                                        << known_to_chain_ << ", head " << chain_.head().number;
        if (refused) {
            EXPECT_ERROR(result, boundary::Refusal::kRolledBack);
            EXPECT_ERROR(driver_.ask<boundary::Signed>(boundary::SignShardConfig{.nonce = 0}),
                         boundary::Refusal::kActivityUnchecked);
            count.found += 1;
        } else if (known_to_chain_ < remembered) {
            count.newer += 1;
        }
    }

    /// The same older copy, as a backup: the enclave imports what is final, acts on nothing meanwhile, and is
    /// checked again.
    void catch_up() {
        driver_.restart();
        ASSERT_OK(driver_.start(chain_, false));
        ASSERT_OK(driver_.restore());
        ASSERT_OK(driver_.set_runtime(chain_));
        const auto position = driver_.ask<boundary::StatusReport>(boundary::Status{});
        ASSERT_OK(position);
        const auto finalized = position.value().finality->finalized.number;
        if (finalized < blocks_.size()) {
            ASSERT_OK(driver_.ask<boundary::FinalityMoved>(finality(finalized)));
        }
        auto checked = driver_.check_activity(chain_, chain_.head(), true);
        // What told in the middle of importing is seen at the beginning only when the last activity tells it.
        while (index_of_next() < blocks_.size()) {
            if (checked.has_value() && checked.value()) {
                EXPECT_EQ(*checked.value(), chain_.head().number);
                EXPECT_ERROR(driver_.ask<boundary::Signed>(boundary::SignShardConfig{.nonce = 0}),
                             boundary::Refusal::kActivityUnchecked);
                EXPECT_ERROR(driver_.ask<boundary::OutboxItems>(boundary::ClientOpened{.connection = 1}),
                             boundary::Refusal::kActivityUnchecked);
            }
            ASSERT_NO_FATAL_FAILURE(process_next());
        }
        if (checked.has_value() && checked.value()) {
            EXPECT_ERROR(driver_.ask<boundary::Signed>(boundary::SignShardConfig{.nonce = 0}),
                         boundary::Refusal::kActivityUnchecked);
            checked = driver_.check_activity(chain_, chain_.head(), true);
        }
        ASSERT_OK(checked);
        EXPECT_FALSE(checked.value());
        ASSERT_OK(driver_.ask<boundary::Signed>(boundary::SignShardConfig{.nonce = 0}));
    }

    /// Evidence that everything above block `number` is final.
    [[nodiscard]] boundary::Finality finality(std::uint32_t number) const {
        auto out = chain_.finality_of(blocks_.back());
        out.headers.clear();
        for (auto at = number; at < blocks_.size(); ++at) {
            out.headers.push_back(blocks_[at].header);
        }
        return out;
    }

    struct SignedItem {
        Bytes extrinsic;
        /// The last block that the worker had persisted then.
        std::uint32_t known = 0;
    };

    TestChain chain_;
    EnclaveDriver driver_{EnclaveKind::kInProcess, FinalityKind::kVerified};
    std::mt19937 random_;
    std::vector<boundary::ImportBlock> blocks_;
    std::vector<Copy> copies_;
    std::vector<SignedItem> signed_;
    /// The last block that is persisted in what the host gives.
    std::uint32_t last_ = 0;
    std::uint32_t known_to_chain_ = 0;
    std::uint32_t nonce_ = 0;
};

TEST(Rollback, of_the_root_is_found_when_the_block_that_published_it_is_imported) {
    REDOUBT_NEEDS_SHARED(chainspec, "vectors/chainspec");
    TestChain chain{paseo_metadata(chainspec)};
    EnclaveDriver driver{EnclaveKind::kInProcess, FinalityKind::kVerified};
    ASSERT_OK(driver.boot(chain, false));
    ASSERT_OK(driver.process(chain.seal_block()));
    const auto before = driver.store();
    auto other_chain = chain;

    const auto caller = dev_account("//Bob");
    const auto add = [&](TestChain& to, std::uint32_t amount) {
        const stf::TrustedCall call = stf::call::ModuleCall{
            .origin = caller.account_id(),
            .module = "counter",
            .call = scale::encode(stf::counter::Call{stf::counter::Add{.amount = amount}})};
        driver.invoke(to, caller, call, 0);
        return to.seal_block();
    };
    ASSERT_OK(driver.process(add(chain, 1)));
    Bytes published;
    for (const auto& item : driver.outbox()) {
        if (item.kind == boundary::kOutboxPublishRoot) {
            const auto reply = driver.ask<boundary::Signed>(boundary::SignOutbox{.id = item.id, .nonce = 0});
            ASSERT_OK(reply);
            published = reply.value().extrinsic;
        }
    }
    ASSERT_FALSE(published.empty());
    chain.add_raw(published);
    ASSERT_OK(driver.process(chain.seal_block()));

    // The same worker, to which another block is shown where it has published the root of its state.
    driver.store() = before;
    driver.restart();
    ASSERT_OK(driver.boot(other_chain, false));
    ASSERT_OK(driver.process(add(other_chain, 2)));
    other_chain.add_raw(published);
    EXPECT_ERROR(driver.process(other_chain.seal_block()), boundary::Refusal::kOtherRootPublished);
}

TEST(Rollback, to_the_identity_alone_is_found) {
    REDOUBT_NEEDS_SHARED(chainspec, "vectors/chainspec");
    TestChain chain{paseo_metadata(chainspec)};
    EnclaveDriver driver{EnclaveKind::kInProcess, FinalityKind::kVerified};
    ASSERT_OK(driver.boot(chain, false));
    std::vector<boundary::ImportBlock> blocks = {chain.seal_block()};
    ASSERT_OK(driver.process(blocks.front()));
    const auto identity = driver.store().sealed_identity;
    chain.set_storage(light_client::shard_status_key(driver.started().shard),
                      concat(Bytes{4}, driver.started().account, driver.started().measurement,
                             scale::encode(chain.head().number + 1)));
    blocks.push_back(chain.seal_block());
    blocks.push_back(chain.seal_block());
    const auto& next = blocks.back();
    auto finality = chain.finality_of(next);
    finality.headers.clear();
    for (const auto& block : blocks) {
        finality.headers.push_back(block.header);
    }

    driver.store() = {};
    driver.store().sealed_identity = identity;
    driver.restart();
    ASSERT_OK(driver.start(chain, false));
    const auto position = driver.restore();
    ASSERT_OK(position);
    EXPECT_FALSE(position.value().last_block.has_value());
    EXPECT_TRUE(position.value().check_activity);
    ASSERT_OK(driver.set_runtime(chain));
    // Below its activity nothing speaks against it; then it begins there and nowhere else.
    const auto& first = blocks.front();
    ASSERT_OK(driver.ask<boundary::FinalityMoved>(chain.finality_of(first)));
    ASSERT_OK(driver.check_activity(chain, {.number = 1, .hash = substrate::header_hash(first.header)}));
    finality.headers.erase(finality.headers.begin());
    ASSERT_OK(driver.ask<boundary::FinalityMoved>(finality));
    EXPECT_ERROR(driver.import(next), boundary::Refusal::kActivityUnchecked);
    for (const bool catch_up : {false, true}) {
        EXPECT_ERROR(driver.check_activity(chain, chain.head(), catch_up), boundary::Refusal::kRolledBack);
    }
    EXPECT_ERROR(driver.import(next), boundary::Refusal::kActivityUnchecked);
    EXPECT_ERROR(driver.ask<boundary::Signed>(boundary::SignShardConfig{.nonce = 0}),
                 boundary::Refusal::kActivityUnchecked);
}

TEST(Rollback, is_found_in_every_schedule_and_never_without_one) {
    REDOUBT_NEEDS_SHARED(chainspec, "vectors/chainspec");
    const TestChain chain{paseo_metadata(chainspec)};
    EnclaveDriver first{EnclaveKind::kInProcess, FinalityKind::kVerified};
    ASSERT_OK(first.boot(chain, false));
    Schedule::Count count;
    for (std::uint32_t seed = 1; seed <= kSchedules; ++seed) {
        Schedule schedule{chain, first.store().sealed_identity, seed};
        ASSERT_NO_FATAL_FAILURE(schedule.run(count)) << "schedule " << seed;
        ASSERT_FALSE(::testing::Test::HasFailure()) << "schedule " << seed;
    }
    std::printf(
        "rollback: %d schedules, %d restarts, %d rollbacks found, %d of them caught up, %d restarts above "
        "what "
        "the chain knows\n",
        kSchedules, count.restarts, count.found, count.caught_up, count.newer);
    EXPECT_GT(count.found, kSchedules / 10);
    EXPECT_GT(count.newer, kSchedules / 10);
    EXPECT_GT(count.caught_up, kSchedules / 20);
}

}  // namespace
}  // namespace redoubt::tests
