/// Makes blocks when it is time: in each slot, or as soon as a transaction is ready.
///
/// The only place of the chain that knows a clock that ticks. Runs on the chain's strand.
#pragma once

#include <tools/devchain/chain/chain.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <system_error>

namespace redoubt::devchain {

class Author {
  public:
    /// Starts; under Seal::kManual it does nothing.
    /// @param executor    the strand on which `chain` lives
    /// @param chain       outlives this object
    /// @param on_failure  told about a block that could not be made; the next slot tries again
    Author(const boost::asio::any_io_executor& executor,
           Chain& chain,
           std::function<void(const std::error_code&)> on_failure);
    /// Stops. Runs on the chain's strand.
    ~Author();
    Author(const Author&) = delete;
    Author& operator=(const Author&) = delete;

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace redoubt::devchain
