/// Boundary frames over the socket pair: a queue, one request at a time, a deadline for each.
///
/// Any failure closes the channel for good: a late or malformed reply leaves the stream without a known
/// position. Ending and restarting the process is the owner's matter.
#pragma once

#include <node/enclave_link.hpp>
#include <rpc/task_group.hpp>

#include <chrono>
#include <memory>

namespace redoubt::node {

class EnclaveChannel final : public EnclaveLink {
  public:
    /// Takes over `descriptor`, the host's end of the socket pair. Runs on `executor`, which must run one
    /// handler at a time.
    EnclaveChannel(Executor executor, int descriptor, std::chrono::milliseconds deadline);
    EnclaveChannel(const EnclaveChannel&) = delete;
    EnclaveChannel& operator=(const EnclaveChannel&) = delete;
    ~EnclaveChannel() override;

    [[nodiscard]] Task<Result<boundary::FromEnclave>> request(boundary::ToEnclave message) override;

    /// Fails everything that waits with kClosed; the enclave sees the end of its input and exits.
    void close();

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
    rpc::TaskGroup tasks_;
};

}  // namespace redoubt::node
