#include <node/outbox_sender.hpp>
#include <node/signal.hpp>
#include <node/test_support.hpp>

#include <algorithm>

namespace redoubt::node {
namespace {

using boundary::OutboxItem;
using boundary::Refusal;
using registry_client::Signer;
using registry_client::TransactionOutcome;
using rpc::Reply;
using tests::FakeLink;
using tests::run_task;

class Outbox : public ::testing::Test {
  protected:
    Outbox() {
        link_ = std::make_shared<FakeLink>(
            [this](const boundary::ToEnclave& message) { return answer(message); });
    }
    Result<boundary::FromEnclave> answer(const boundary::ToEnclave& message) {
        if (std::holds_alternative<boundary::Outbox>(message)) {
            boundary::OutboxItems out;
            for (const auto& item : items_) {
                out.items.push_back(item);
            }
            return boundary::FromEnclave{out};
        }
        const auto& sign = std::get<boundary::SignOutbox>(message);
        if (std::ranges::find(items_, sign.id, &OutboxItem::id) == items_.end()) {
            return boundary::FromEnclave{boundary::refused(make_error_code(Refusal::kUnknownOutboxItem))};
        }
        return boundary::FromEnclave{boundary::Signed{Bytes{static_cast<std::uint8_t>(sign.id)}, 64}};
    }
    void start(std::size_t in_flight_max) {
        OutboxSender::Hooks hooks;
        hooks.submit = [this](Signer signer) { return submit(this, std::move(signer)); };
        hooks.may_send = [this] { return may_send_; };
        hooks.on_sent = [this](const OutboxItem& item, const TransactionOutcome&) {
            sent_.push_back(item.id);
        };
        hooks.on_failed = [this](const OutboxItem&, const std::string& reason) {
            failures_.push_back(reason);
        };
        sender_ = std::make_unique<OutboxSender>(io_.get_executor(), link_, in_flight_max, std::move(hooks));
        tasks_.spawn(sender_->run());
    }
    static Task<Reply<TransactionOutcome>> submit(Outbox* self, Signer signer) {
        self->before_signing_();
        const auto extrinsic = co_await signer(self->nonce_++);
        if (!extrinsic.has_value()) {
            co_return extrinsic.error();
        }
        self->most_in_flight_ = std::max(self->most_in_flight_, ++self->in_flight_);
        self->submitted_at_.push_back(self->block_number_);
        co_await self->finalized_.wait();
        --self->in_flight_;
        if (self->refuse_) {
            co_return rpc::Failure{make_error_code(registry_client::TransactionError::kRefused), "no money"};
        }
        TransactionOutcome outcome;
        outcome.block.number = 10;
        outcome.dispatch_error = self->dispatch_error_;
        co_return outcome;
    }
    /// Wakes the sender at a block and lets everything run that does not wait for a submission to end.
    void wake(std::uint32_t block_number) {
        block_number_ = block_number;
        sender_->wake(block_number);
        run_ready();
    }
    void run_ready() {
        io_.restart();
        io_.poll();
    }
    /// Ends what is submitted, and what is submitted because of that, until nothing is under way.
    void finish() {
        for (run_ready(); in_flight_ > 0; run_ready()) {
            finalized_.notify();
        }
    }
    void wake_and_finish(std::uint32_t block_number) {
        wake(block_number);
        finish();
    }
    [[nodiscard]] std::size_t submissions() const { return submitted_at_.size(); }
    void TearDown() override {
        tasks_.cancel();
        run_task(io_, tasks_.join());
        run_task(io_, sender_->stop());
    }

    boost::asio::io_context io_{1};
    rpc::TaskGroup tasks_{io_.get_executor()};
    Signal finalized_{io_.get_executor()};
    std::function<void()> before_signing_ = [] {};
    std::vector<std::uint32_t> submitted_at_;  ///< the block that woke the sender, for each submission
    std::uint32_t block_number_ = 0;
    EnclaveLinkPtr link_;
    std::unique_ptr<OutboxSender> sender_;
    std::vector<OutboxItem> items_{{1, 0, 5}, {2, 1, 5}, {3, 0, 6}};
    std::vector<std::uint64_t> sent_;
    std::vector<std::string> failures_;
    std::optional<std::string> dispatch_error_;
    bool may_send_ = true;
    bool refuse_ = false;
    std::uint32_t nonce_ = 0;
    int in_flight_ = 0;
    int most_in_flight_ = 0;
};

TEST_F(Outbox, sends_each_item_once_although_it_is_listed_until_its_block_is_imported) {
    start(2);
    wake(6);
    EXPECT_EQ(in_flight_, 2);
    finish();
    wake_and_finish(7);
    wake_and_finish(9);
    std::ranges::sort(sent_);
    EXPECT_EQ(sent_, (std::vector<std::uint64_t>{1, 2, 3}));
    EXPECT_EQ(submissions(), 3U);
    EXPECT_EQ(most_in_flight_, 2);
}

TEST_F(Outbox, frees_the_place_of_what_the_enclave_saw_succeed) {
    start(2);
    wake(6);
    EXPECT_EQ(in_flight_, 2);
    items_.erase(items_.begin(), items_.begin() + 2);  // their trackers have not seen it
    wake(7);
    EXPECT_EQ(in_flight_, 3);
    EXPECT_EQ(submissions(), 3U);
    items_.clear();
    for (std::uint64_t id = 4; id <= 6; ++id) {
        items_.push_back({id, 0, 7});
    }
    wake(8);
    EXPECT_EQ(in_flight_, 5);
    finish();
    wake_and_finish(9);
    EXPECT_EQ(sent_.size(), 6U);
    EXPECT_TRUE(failures_.empty());
}

TEST_F(Outbox, says_nothing_of_a_tracker_that_fails_after_the_enclave_saw_it_succeed) {
    items_.resize(1);
    refuse_ = true;
    start(1);
    wake(6);
    items_.clear();
    wake(7);
    finish();
    EXPECT_TRUE(failures_.empty());
}

TEST_F(Outbox, sends_again_what_the_enclave_did_not_see_succeed) {
    items_.resize(1);
    start(2);
    wake_and_finish(6);
    EXPECT_EQ(submissions(), 1U);
    wake_and_finish(10);  // the block that held it is imported, and the item is still listed
    EXPECT_EQ(submissions(), 1U);
    wake_and_finish(11);
    EXPECT_EQ(submissions(), 1U);
    wake_and_finish(12);
    EXPECT_EQ(submissions(), 2U);
}

TEST_F(Outbox, waits_while_nothing_may_be_sent) {
    may_send_ = false;
    start(2);
    wake_and_finish(6);
    EXPECT_EQ(submissions(), 0U);
    may_send_ = true;
    wake_and_finish(6);
    EXPECT_EQ(submissions(), 3U);
}

TEST_F(Outbox, reports_a_dispatch_error_and_tries_again_some_blocks_later) {
    items_.resize(1);
    dispatch_error_ = "EnclaveBridge.WrongFingerprintForShard";
    start(2);
    wake_and_finish(6);
    EXPECT_EQ(failures_, (std::vector<std::string>{"EnclaveBridge.WrongFingerprintForShard"}));
    EXPECT_EQ(submissions(), 1U);
    dispatch_error_.reset();
    wake_and_finish(7);
    EXPECT_EQ(sent_, (std::vector<std::uint64_t>{1}));
}

TEST_F(Outbox, backs_off_from_an_item_that_fails_for_ever) {
    items_.resize(1);
    refuse_ = true;
    start(2);
    for (std::uint32_t number = 1; number <= 256; ++number) {
        wake_and_finish(number);
    }
    EXPECT_EQ(submitted_at_, (std::vector<std::uint32_t>{1, 2, 4, 8, 16, 32, 64, 128, 192, 256}));
    EXPECT_NE(failures_.front().find("no money"), std::string::npos);
}

TEST_F(Outbox, forgets_an_item_that_was_confirmed_in_the_meantime) {
    start(1);
    before_signing_ = [this] { items_.clear(); };
    wake_and_finish(6);
    EXPECT_EQ(nonce_, 1U);
    EXPECT_EQ(submissions(), 0U);
    EXPECT_TRUE(failures_.empty());
}

}  // namespace
}  // namespace redoubt::node
