/// Moves bytes between TCP clients and the enclave, where their TLS ends. The host sees records, not content.
///
/// Bounds: how many clients and of which address (client_admission.hpp), how long a handshake, a silence and
/// a write may last, and how many bytes wait for a client. A client is read only while little waits for it,
/// and has one message at the enclave at a time, so that one that sends or reads slowly holds nobody else.
/// A question that reads the chain's state holds its own client until the chain node has answered, or a
/// deadline has passed and the client is told that it has. While clients wait for evidence of the TEE, the
/// enclave is asked from time to time what has become of it.
#pragma once

#include <node/client_admission.hpp>
#include <node/client_listener.hpp>
#include <node/enclave_link.hpp>
#include <rpc/failure.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace redoubt::node {

struct ClientLimits {
    AdmissionLimits admission;
    std::size_t inside_max = 480;  ///< connections that the enclave knows at once; it refuses more than 512
    std::chrono::milliseconds handshake_timeout{10'000};
    std::chrono::milliseconds idle_timeout{600'000};
    std::chrono::milliseconds write_timeout{30'000};
    std::chrono::milliseconds linger_timeout{2'000};        ///< for the last bytes after the enclave closed
    std::size_t read_pause_bytes = std::size_t{256} << 10;  ///< a client is not read while more waits for it
    std::size_t waiting_bytes_max = std::size_t{16} << 20;  ///< a client for which more waits is disconnected
    std::size_t state_fetches_max = 32;               ///< at once; further questions are told to ask again
    std::chrono::milliseconds state_timeout{10'000};  ///< for the chain node
    /// Without any new evidence; longer than the enclave waits for its TEE.
    std::chrono::milliseconds evidence_timeout{90'000};
};

/// Fetches what a client's question reads of the chain's state; which client it is for is not looked at.
using ClientStateSource =
    std::function<Task<rpc::Reply<boundary::ClientState>>(boundary::StateNeeded needed)>;

/// Serves one life of the enclave: when that ends, so do its clients' TLS sessions.
class ClientServer {
  public:
    /// Runs on `executor`, which must run one handler at a time.
    ClientServer(Executor executor,
                 std::shared_ptr<ClientListener> listener,
                 EnclaveLinkPtr enclave,
                 ClientStateSource chain_state,
                 ClientLimits limits);
    ClientServer(const ClientServer&) = delete;
    ClientServer& operator=(const ClientServer&) = delete;
    /// Disconnects everybody.
    ~ClientServer();

    /// Newcomers are refused while `condition` holds; who is connected stays. Before start().
    /// @param reason  for the log
    void refuse_while(std::function<bool()> condition, std::string reason);
    /// What the enclave hands out with evidence, looked at before each piece is collected. Before start().
    /// @param changed what it is now, where it is another than at the last call
    void hand_out(std::function<std::optional<Bytes>()> changed);
    /// Begins to accept.
    void start();
    /// Disconnects everybody and waits until all tasks have ended.
    [[nodiscard]] Task<void> stop();
    /// Clients that are connected now.
    [[nodiscard]] std::size_t connections() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace redoubt::node
