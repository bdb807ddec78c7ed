/// Boundary frames over the socket pair: a queue, one request at a time, a deadline for each, and the pages
/// of its state that the enclave asks for meanwhile.
///
/// Any failure closes the channel for good: a late or malformed reply leaves the stream without a known
/// position. Ending and restarting the process is the owner's matter.
#pragma once

#include <node/enclave_link.hpp>
#include <rpc/task_group.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace redoubt::node {

/// How many times the deadline a reply to `message` may take: for a block once for each 256 KiB begun of its
/// extrinsics, else once.
[[nodiscard]] std::uint32_t deadline_shares(const boundary::ToEnclave& message);

/// Finds a sealed page of the state; nothing when there is none, or when it cannot be read.
/// @param again  what was found before was refused
using PageReader = std::function<Task<std::optional<Bytes>>(boundary::PageId id, bool again)>;

class EnclaveChannel final : public EnclaveLink {
  public:
    /// Takes over `descriptor`, the host's end of the socket pair. Runs on `executor`, which must run one
    /// handler at a time.
    /// @param deadline  for a reply, times deadline_shares() of the request, or, for the chain state that a
    ///                  block asked for, of that block
    EnclaveChannel(Executor executor,
                   int descriptor,
                   std::chrono::milliseconds deadline,
                   PageReader read_page);
    EnclaveChannel(const EnclaveChannel&) = delete;
    EnclaveChannel& operator=(const EnclaveChannel&) = delete;
    ~EnclaveChannel() override;

    [[nodiscard]] Task<Result<boundary::FromEnclave>> request(boundary::ToEnclave message) override;

    /// Fails everything that waits with kClosed; the enclave sees the end of its input and exits.
    void close();

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
    std::uint32_t block_shares_ = 1;  ///< deadline_shares of the last block
    rpc::TaskGroup tasks_;
};

}  // namespace redoubt::node
