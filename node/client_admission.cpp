#include <node/client_admission.hpp>

#include <algorithm>
#include <tuple>

namespace redoubt::node {

namespace {

/// Places remembered at most. Beyond it newcomers have no bucket; all other limits hold for them.
constexpr std::size_t kPlacesMax = 16'384;

}  // namespace

bool ClientAdmission::is_proxy(const boost::asio::ip::address& address) const {
    return address.is_loopback() || std::ranges::any_of(limits_.proxies, [&](const AddressRange& range) {
               return range.contains(address);
           });
}

std::size_t ClientAdmission::place_max(const boost::asio::ip::address& address) const {
    return is_proxy(address) ? limits_.per_proxy_max : limits_.per_place_max;
}

bool ClientAdmission::take_token(Place& place, Time now) const {
    const std::chrono::duration<double> passed = now - place.refilled;
    place.tokens = std::min(burst(), place.tokens + passed.count() * limits_.rate_per_second);
    place.refilled = now;
    if (place.tokens < 1) {
        return false;
    }
    place.tokens -= 1;
    return true;
}

ClientPlace ClientAdmission::fullest(bool half_open_only) const {
    const auto weight = [half_open_only](const auto& entry) {
        return half_open_only ? entry.second.half_open : entry.second.connections;
    };
    return std::ranges::max_element(places_, {}, weight)->first;
}

ClientAdmission::Clients::const_iterator ClientAdmission::first_to_go(const ClientPlace& place) const {
    auto found = clients_.end();
    const auto order = [](const Client& client) {
        return std::tuple{!client.half_open, client.half_open ? client.opened : client.active};
    };
    for (auto client = clients_.begin(); client != clients_.end(); ++client) {
        if (client->second.place == place &&
            (found == clients_.end() || order(client->second) < order(found->second))) {
            found = client;
        }
    }
    return found;
}

void ClientAdmission::evict(Clients::const_iterator client, Decision& decision) {
    const auto id = client->first;
    leave(id);
    decision.evicted.push_back(id);
}

ClientAdmission::Decision ClientAdmission::admit(std::uint64_t id,
                                                 const boost::asio::ip::address& address,
                                                 Time now) {
    Decision decision;
    const ClientPlace place{address};
    const bool is_known = places_.contains(place) || places_.size() < kPlacesMax;
    auto own = Place{.connections = 0, .half_open = 0, .tokens = burst(), .refilled = now};
    if (is_known) {
        auto& kept = places_.try_emplace(place, own).first->second;
        if (!is_proxy(address) && !take_token(kept, now)) {
            decision.refusal = "too many new connections of one address";
            return decision;
        }
        own = kept;
    }
    const auto gives_way = [&](Clients::const_iterator client) {
        return client->second.half_open || now - client->second.active >= limits_.idle_timeout_pressed;
    };
    if (own.connections >= place_max(address)) {
        const auto client = first_to_go(place);
        if (client == clients_.end() || !gives_way(client)) {
            decision.refusal = "too many connections of one address";
            return decision;
        }
        evict(client, decision);
    } else if (clients_.size() >= limits_.connections_max) {
        const auto client = first_to_go(fullest(false));
        const bool holds_more =
            client != clients_.end() && places_.at(client->second.place).connections > own.connections + 1;
        if (client == clients_.end() || (!holds_more && !gives_way(client))) {
            decision.refusal = "too many connections";
            return decision;
        }
        evict(client, decision);
    }
    if (half_open_ >= std::min(limits_.half_open_max, limits_.connections_max)) {
        const auto client = first_to_go(fullest(true));
        if (client != clients_.end()) {
            evict(client, decision);
        }
    }
    clients_.emplace(id, Client{.place = place, .opened = now, .active = now, .half_open = true});
    auto& kept = places_.try_emplace(place, own).first->second;
    kept.connections += 1;
    kept.half_open += 1;
    half_open_ += 1;
    return decision;
}

void ClientAdmission::establish(std::uint64_t id) {
    const auto client = clients_.find(id);
    if (client != clients_.end() && client->second.half_open) {
        client->second.half_open = false;
        places_.at(client->second.place).half_open -= 1;
        half_open_ -= 1;
    }
}

void ClientAdmission::touch(std::uint64_t id, Time now) {
    const auto client = clients_.find(id);
    if (client != clients_.end()) {
        client->second.active = now;
    }
}

void ClientAdmission::leave(std::uint64_t id) {
    const auto client = clients_.find(id);
    if (client == clients_.end()) {
        return;
    }
    establish(id);
    places_.at(client->second.place).connections -= 1;
    clients_.erase(client);
}

void ClientAdmission::forget_absent(Time now) {
    std::erase_if(places_, [&](const auto& entry) {
        const std::chrono::duration<double> passed = now - entry.second.refilled;
        const auto tokens = entry.second.tokens + passed.count() * limits_.rate_per_second;
        return entry.second.connections == 0 && tokens >= burst();
    });
}

bool ClientAdmission::is_pressed() const {
    return clients_.size() * 4 >= limits_.connections_max * 3;
}

}  // namespace redoubt::node
