/// Who may be connected to the client endpoint: its places, shared fairly between the places clients come
/// from.
///
/// A newcomer is admitted while there is room. Otherwise somebody has to go for it, and that is somebody of
/// the place that holds most: first the connection that is longest in its handshake, then the one that is
/// silent for longest. So a place that fills the endpoint loses its own connections, and others come in. It
/// owns no socket and reads no clock.
#pragma once

#include <node/client_address.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace redoubt::node {

struct AdmissionLimits {
    std::size_t connections_max = 256;
    /// In their handshake, together.
    std::size_t half_open_max = 64;
    /// Of one place.
    std::size_t per_place_max = 32;
    /// Of one place that is loopback or a proxy, and stands for many clients.
    std::size_t per_proxy_max = 256;
    /// New connections of one place in a second, after a burst of `per_place_max`. Proxies have no such
    /// limit.
    std::uint32_t rate_per_second = 16;
    /// Silence after which a connection gives way to a newcomer of its own place, or while places are scarce.
    std::chrono::milliseconds idle_timeout_pressed{30'000};
    std::vector<AddressRange> proxies;
};

class ClientAdmission {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit ClientAdmission(AdmissionLimits limits) : limits_(std::move(limits)) {}

    struct Decision {
        /// Why the newcomer is refused; empty when it is admitted.
        std::string_view refusal;
        /// To be disconnected, and forgotten here already.
        std::vector<std::uint64_t> evicted;
    };
    /// Decides about a newcomer and, when it is admitted, counts it.
    [[nodiscard]] Decision admit(std::uint64_t id, const boost::asio::ip::address& address, Time now);
    /// Its handshake is done.
    void establish(std::uint64_t id);
    /// It sent or took something.
    void touch(std::uint64_t id, Time now);
    /// It is gone. An unknown id is no error.
    void leave(std::uint64_t id);
    /// Forgets places that hold no connection and have not come for a while.
    void forget_absent(Time now);

    /// Three of four places are taken: the shorter idle timeout counts.
    [[nodiscard]] bool is_pressed() const;
    [[nodiscard]] std::size_t size() const { return clients_.size(); }

  private:
    struct Client {
        ClientPlace place;
        Time opened;
        Time active;
        bool half_open = true;
    };
    struct Place {
        std::size_t connections = 0;
        std::size_t half_open = 0;
        double tokens = 0;
        Time refilled;
    };
    using Clients = std::map<std::uint64_t, Client>;

    /// Takes one token of a place's bucket; false when there is none.
    [[nodiscard]] bool take_token(Place& place, Time now) const;
    [[nodiscard]] std::size_t place_max(const boost::asio::ip::address& address) const;
    [[nodiscard]] bool is_proxy(const boost::asio::ip::address& address) const;
    [[nodiscard]] double burst() const { return static_cast<double>(limits_.per_place_max); }
    /// The place that holds most connections, or most half-open ones.
    [[nodiscard]] ClientPlace fullest(bool half_open_only) const;
    /// Whom a place loses first: oldest in handshake, else longest silent.
    [[nodiscard]] Clients::const_iterator first_to_go(const ClientPlace& place) const;
    void evict(Clients::const_iterator client, Decision& decision);

    AdmissionLimits limits_;
    Clients clients_;
    std::map<ClientPlace, Place> places_;
    std::size_t half_open_ = 0;
};

}  // namespace redoubt::node
