/// A connection of a JSON-RPC server without a socket: it keeps what its subscriptions are told.
#pragma once

#include <cstdlib>
#include <functional>
#include <list>
#include <memory>
#include <nlohmann/json.hpp>
#include <rpc/method.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace redoubt::tests {

/// A connection that keeps what it is told.
class Listener final : public rpc::CallContext {
  public:
    class Heard final : public rpc::ServerSubscription {
      public:
        explicit Heard(std::string id) : id_(std::move(id)) {}
        const std::string& id() const override { return id_; }
        bool is_open() const override { return is_open_; }
        void notify(nlohmann::json result) override {
            if (is_open_) {
                said.push_back(std::move(result));
            }
        }
        void when_drained(std::function<void()> done) override { drained.push_back(std::move(done)); }
        void end() override {
            if (std::exchange(is_open_, false)) {
                for (const auto& done : std::exchange(on_end_, {})) {
                    done();
                }
            }
        }
        void on_end(std::function<void()> done) override { on_end_.push_back(std::move(done)); }

        std::vector<nlohmann::json> said;
        std::vector<std::function<void()>> drained;

      private:
        std::string id_;
        bool is_open_ = true;
        std::vector<std::function<void()>> on_end_;
    };

    rpc::Expected<rpc::ServerSubscriptionPtr> subscribe(std::string notification) override {
        auto made = std::make_shared<Heard>("sub-" + std::to_string(all_.size()));
        all_.emplace_back(std::move(notification), made);
        return rpc::ServerSubscriptionPtr{made};
    }
    rpc::ServerSubscriptionPtr find(std::string_view notification, std::string_view id) override {
        for (const auto& [kind, heard] : all_) {
            if (kind == notification && heard->id() == id && heard->is_open()) {
                return heard;
            }
        }
        return nullptr;
    }
    [[nodiscard]] std::size_t count(std::string_view notification) const override {
        std::size_t out = 0;
        for (const auto& [kind, heard] : all_) {
            out += kind == notification && heard->is_open() ? 1U : 0U;
        }
        return out;
    }
    Heard& heard(const nlohmann::json& id) {
        for (const auto& [kind, heard] : all_) {
            if (heard->id() == id) {
                return *heard;
            }
        }
        std::abort();
    }

  private:
    std::list<std::pair<std::string, std::shared_ptr<Heard>>> all_;
};

}  // namespace redoubt::tests
