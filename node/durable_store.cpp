#include <node/durable_store.hpp>

#include <fmt/format.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <node/blocking.hpp>

#include <utility>

namespace redoubt::node {
namespace {

/// Reports a write that does not end, while it goes on.
class SilenceWatch {
  public:
    SilenceWatch(const Executor& executor,
                 std::shared_ptr<StorageTrouble> storage,
                 const std::filesystem::path& folder,
                 std::uint32_t number)
        : timer_(executor, storage->silent_after()) {
        const auto silent_after = std::chrono::duration_cast<std::chrono::seconds>(storage->silent_after());
        auto problem = Problem{ExitCode::kDataDirectory,
                               fmt::format("the disk of the database {} has not answered for {} s",
                                           folder.string(), silent_after.count()),
                               "Check the disk, or the network that it is reached by."};
        timer_.async_wait([storage = std::move(storage), problem = std::move(problem), number,
                           waiting = std::weak_ptr<bool>{waiting_}](const boost::system::error_code&) {
            if (!waiting.expired()) {
                storage->failed(number, StorageFault::kNoAnswer, problem);
            }
        });
    }

  private:
    std::shared_ptr<bool> waiting_ = std::make_shared<bool>();  ///< gone when the write has ended
    boost::asio::steady_timer timer_;
};

struct Attempt {
    Outcome<> stored;
    std::optional<StorageFault> fault;
};

}  // namespace

Task<Outcome<>> DurableStore::append(JournalRecord record, std::uint32_t number) {
    const auto kept = std::make_shared<const JournalRecord>(std::move(record));
    for (bool first = true;; first = false) {
        auto work = [journal = journal_, kept, first] {
            auto stored = first ? Outcome<>{success()} : journal->reopen();
            if (stored.has_value()) {
                stored = journal->append(*kept);
            }
            const auto fault = stored.has_value() ? std::nullopt : journal->fault();
            return Attempt{std::move(stored), fault};
        };
        std::optional<SilenceWatch> watch;
        watch.emplace(co_await boost::asio::this_coro::executor, trouble_, journal_->folder(), number);
        auto attempt = co_await run_blocking(*pool_, std::move(work));
        watch.reset();
        if (attempt.stored.has_value()) {
            trouble_->over(number);
            co_return success();
        }
        if (!attempt.fault) {
            co_return attempt.stored.error();
        }
        trouble_->failed(number, *attempt.fault, attempt.stored.error());
        co_await pause_();
    }
}

}  // namespace redoubt::node
