/// Makes what a block changed durable, as often as the disk does not take it.
///
/// Between two attempts the database is closed and opened (Journal::reopen). A write that does not end is
/// reported while it goes on. How long to wait between attempts is the caller's matter.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <node/storage/journal.hpp>
#include <node/storage_trouble.hpp>
#include <rpc/task.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace redoubt::node {

class DurableStore {
  public:
    /// @param pool   runs the journal's calls
    /// @param pause  waits before the next attempt
    DurableStore(std::shared_ptr<Journal> journal,
                 std::shared_ptr<boost::asio::thread_pool> pool,
                 std::shared_ptr<StorageTrouble> trouble,
                 std::function<Task<void>()> pause)
        : journal_(std::move(journal)),
          pool_(std::move(pool)),
          trouble_(std::move(trouble)),
          pause_(std::move(pause)) {}

    /// Ends when the record of block `number` is on the disk. The store must outlive the task.
    /// @errors kDataDirectory when trying again does not help
    [[nodiscard]] Task<Outcome<>> append(JournalRecord record, std::uint32_t number);

  private:
    std::shared_ptr<Journal> journal_;
    std::shared_ptr<boost::asio::thread_pool> pool_;
    std::shared_ptr<StorageTrouble> trouble_;
    std::function<Task<void>()> pause_;
};

}  // namespace redoubt::node
