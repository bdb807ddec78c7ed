#include <tools/devchain/chain/author.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace redoubt::devchain {

class Author::Impl final : public Observer, public std::enable_shared_from_this<Impl> {
  public:
    Impl(const boost::asio::any_io_executor& executor,
         Chain& chain,
         std::function<void(const std::error_code&)> on_failure)
        : executor_(executor),
          timer_(std::in_place, executor),
          chain_(&chain),
          on_failure_(std::move(on_failure)) {}

    void start() {
        chain_->add_observer(*this);
        if (chain_->options().seal == Seal::kSlots) {
            wait_for_slot();
        } else if (chain_->options().seal == Seal::kInstant && chain_->pool().ready_count() > 0) {
            build_soon();
        }
    }

    void stop() noexcept {
        is_stopped_ = true;
        timer_.reset();
        chain_->remove_observer(*this);
    }

    void on_transaction(const PoolEvent& event) override {
        if (event.kind == PoolEventKind::kReady && chain_->options().seal == Seal::kInstant) {
            build_soon();
        }
    }

  private:
    void wait_for_slot() {
        const auto duration = chain_->options().genesis.slot_duration_ms;
        const auto now = chain_->options().now_ms();
        timer_->expires_after(std::chrono::milliseconds{duration - now % duration});
        timer_->async_wait([self = shared_from_this()](const boost::system::error_code& failure) {
            if (!failure && !self->is_stopped_) {
                self->build();
                self->wait_for_slot();
            }
        });
    }

    /// One block takes all that is ready when it is made, so one request at a time is enough.
    void build_soon() {
        if (is_build_posted_) {
            return;
        }
        is_build_posted_ = true;
        boost::asio::post(executor_, [self = shared_from_this()] {
            self->is_build_posted_ = false;
            if (self->is_stopped_ || self->chain_->pool().ready_count() == 0) {
                return;
            }
            // What did not fit goes into another block; what fits nowhere must not spin.
            const auto before = self->chain_->pool().ready_count();
            if (self->build() && self->chain_->pool().ready_count() > 0 &&
                self->chain_->pool().ready_count() < before) {
                self->build_soon();
            }
        });
    }

    bool build() {
        if (!chain_->is_author_awake()) {
            return false;
        }
        const auto built = chain_->build_block();
        if (!built && on_failure_) {
            on_failure_(built.error());
        }
        return built.has_value();
    }

    boost::asio::any_io_executor executor_;
    std::optional<boost::asio::steady_timer> timer_;  ///< gone when stopped
    Chain* chain_;
    std::function<void(const std::error_code&)> on_failure_;
    bool is_stopped_ = false;
    bool is_build_posted_ = false;
};

Author::Author(const boost::asio::any_io_executor& executor,
               Chain& chain,
               std::function<void(const std::error_code&)> on_failure)
    : impl_(std::make_shared<Impl>(executor, chain, std::move(on_failure))) {
    impl_->start();
}

Author::~Author() {
    impl_->stop();
}

}  // namespace redoubt::devchain
