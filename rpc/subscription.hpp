/// A subscription of a Client: a bounded queue of notifications that outlives single connections.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <rpc/failure.hpp>
#include <rpc/task.hpp>
#include <string>
#include <variant>

namespace redoubt::rpc {

struct SubscribeOptions {
    std::string subscribe;    ///< method that starts it, for example "chain_subscribeFinalizedHeads"
    std::string unsubscribe;  ///< method that ends it
    nlohmann::json params = nlohmann::json::array();
    /// Subscribe again after a reconnect. False for what must not be repeated, such as the watch of a
    /// transaction: then the subscription fails with kConnectionLost.
    bool resubscribe = true;
    std::size_t queue_max = 256;                          ///< notifications kept while nobody reads
    std::size_t queue_bytes_max = std::size_t{64} << 20;  ///< their text together
};

/// The `result` of one notification.
struct Notification {
    nlohmann::json result;
};
/// The reader was too slow: this many notifications were dropped at this place.
struct Lagged {
    std::uint64_t dropped = 0;
};
/// The connection broke and the subscription was made again: notifications may be missing here.
struct Resubscribed {};

using SubscriptionEvent = std::variant<Notification, Lagged, Resubscribed>;

/// A handle; when it goes, the subscription is ended at the peer.
class Subscription {
  public:
    struct State;

    Subscription() = default;
    explicit Subscription(std::shared_ptr<State> state) : state_(std::move(state)) {}
    Subscription(Subscription&&) noexcept = default;
    Subscription& operator=(Subscription&& other) noexcept;
    ~Subscription();

    /// The next event in order. One reader at a time.
    /// @errors kDeadline when nothing came within `limit` (the subscription stays);
    ///         kConnectionLost, kClosed, kRemoteError or the failure of the connection check when it
    ///         has ended for good
    [[nodiscard]] Task<Reply<SubscriptionEvent>> next(std::chrono::milliseconds limit);

  private:
    std::shared_ptr<State> state_;
};

}  // namespace redoubt::rpc
