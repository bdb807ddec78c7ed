/// Subscriptions of one kind that all hear the same.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <rpc/method.hpp>
#include <utility>
#include <vector>

namespace redoubt::devchain::api {

class Subscribers {
  public:
    void add(rpc::ServerSubscriptionPtr subscription) { list_.push_back(std::move(subscription)); }
    [[nodiscard]] bool empty() {
        forget_ended();
        return list_.empty();
    }
    void notify(const nlohmann::json& result) {
        forget_ended();
        // A slow reader's subscription may end while it is notified; it leaves the list next time.
        for (std::size_t i = 0; i < list_.size(); ++i) {
            list_[i]->notify(result);
        }
    }

  private:
    void forget_ended() {
        std::erase_if(list_, [](const auto& each) { return !each->is_open(); });
    }

    std::vector<rpc::ServerSubscriptionPtr> list_;
};

}  // namespace redoubt::devchain::api
