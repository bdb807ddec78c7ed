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
using std::chrono::milliseconds;
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
        const auto extrinsic = co_await signer(self->nonce_++);
        if (!extrinsic.has_value()) {
            co_return extrinsic.error();
        }
        self->most_in_flight_ = std::max(self->most_in_flight_, ++self->in_flight_);
        ++self->submissions_;
        co_await pause_for(milliseconds{2});
        --self->in_flight_;
        if (self->refuse_) {
            co_return rpc::Failure{make_error_code(registry_client::TransactionError::kRefused), "no money"};
        }
        TransactionOutcome outcome;
        outcome.block.number = 10;
        outcome.dispatch_error = self->dispatch_error_;
        co_return outcome;
    }
    void settle() { run_task(io_, pause_for(milliseconds{60})); }
    void TearDown() override {
        tasks_.cancel();
        run_task(io_, tasks_.join());
        run_task(io_, sender_->stop());
    }

    boost::asio::io_context io_{1};
    rpc::TaskGroup tasks_{io_.get_executor()};
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
    int submissions_ = 0;
};

TEST_F(Outbox, sends_each_item_once_although_it_is_listed_until_its_block_is_imported) {
    start(2);
    sender_->wake(6);
    settle();
    sender_->wake(7);
    sender_->wake(9);
    settle();
    std::ranges::sort(sent_);
    EXPECT_EQ(sent_, (std::vector<std::uint64_t>{1, 2, 3}));
    EXPECT_EQ(submissions_, 3);
    EXPECT_EQ(most_in_flight_, 2);
}

TEST_F(Outbox, sends_again_what_the_enclave_did_not_see_succeed) {
    items_.resize(1);
    start(2);
    sender_->wake(6);
    settle();
    EXPECT_EQ(submissions_, 1);
    sender_->wake(10);  // the block that held it is imported, and the item is still listed
    settle();
    EXPECT_EQ(submissions_, 1);
    sender_->wake(12);
    settle();
    EXPECT_EQ(submissions_, 2);
}

TEST_F(Outbox, waits_while_nothing_may_be_sent) {
    may_send_ = false;
    start(2);
    sender_->wake(6);
    settle();
    EXPECT_EQ(submissions_, 0);
    may_send_ = true;
    sender_->wake(6);
    settle();
    EXPECT_EQ(submissions_, 3);
}

TEST_F(Outbox, reports_a_dispatch_error_and_tries_again_some_blocks_later) {
    items_.resize(1);
    dispatch_error_ = "EnclaveBridge.WrongFingerprintForShard";
    start(2);
    sender_->wake(6);
    settle();
    EXPECT_EQ(failures_, (std::vector<std::string>{"EnclaveBridge.WrongFingerprintForShard"}));
    EXPECT_EQ(submissions_, 1);
    dispatch_error_.reset();
    sender_->wake(7);
    settle();
    EXPECT_EQ(sent_, (std::vector<std::uint64_t>{1}));
}

TEST_F(Outbox, backs_off_from_an_item_that_fails_for_ever) {
    items_.resize(1);
    refuse_ = true;
    start(2);
    for (std::uint32_t number = 1; number <= 100; ++number) {
        sender_->wake(number);
        run_task(io_, pause_for(milliseconds{5}));
    }
    EXPECT_GE(submissions_, 5);
    EXPECT_LE(submissions_, 8);
    EXPECT_NE(failures_.front().find("no money"), std::string::npos);
}

TEST_F(Outbox, forgets_an_item_that_was_confirmed_in_the_meantime) {
    start(1);
    sender_->wake(6);
    items_.clear();
    settle();
    EXPECT_TRUE(failures_.empty());
}

}  // namespace
}  // namespace redoubt::node
