/// Finds the sealed pages of the state that an enclave asks for, and tells the operator of those it refuses.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <node/enclave_channel.hpp>
#include <node/storage/journal.hpp>

#include <memory>

namespace redoubt::node {

/// @param pool  runs the journal's calls
[[nodiscard]] PageReader make_page_reader(std::shared_ptr<Journal> journal,
                                          std::shared_ptr<boost::asio::thread_pool> pool);

/// The enclave knows of the last record that was stored: Journal::settle on the pool.
[[nodiscard]] Task<void> settle_journal(std::shared_ptr<Journal> journal,
                                        std::shared_ptr<boost::asio::thread_pool> pool);

}  // namespace redoubt::node
