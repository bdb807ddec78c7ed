#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <node/enclave_signer.hpp>
#include <node/outbox_sender.hpp>
#include <node/signal.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace redoubt::node {

using registry_client::Signer;

namespace {

constexpr std::uint32_t kLookedAtMax = 1024;
constexpr std::uint32_t kPauseBlocksMax = 64;
constexpr std::size_t kSettledMax = 64;

/// What is known of one item beside what the enclave says.
struct Progress {
    bool under_way = false;
    bool settled = false;  ///< under way, but the enclave saw it succeed: it holds no place
    std::uint32_t failures = 0;
    std::uint32_t not_before_block = 0;
    std::optional<std::uint32_t> finalized_in;
};

}  // namespace

Signer outbox_signer(EnclaveLinkPtr enclave, std::uint64_t item) {
    return enclave_signer(std::move(enclave), [item](std::uint32_t nonce) -> boundary::ToEnclave {
        return boundary::SignOutbox{item, nonce};
    });
}

std::string_view outbox_kind_name(std::uint8_t kind) {
    switch (kind) {
        case boundary::kOutboxConfirm:
            return "confirmation";
        case boundary::kOutboxUnshield:
            return "unshielding";
        case boundary::kOutboxPublishRoot:
            return "state root";
        default:
            return "transaction";
    }
}

struct OutboxSender::State {
    State(const Executor& executor, EnclaveLinkPtr link, std::size_t places, Hooks callbacks)
        : enclave(std::move(link)),
          in_flight_max(places),
          hooks(std::move(callbacks)),
          changed(executor),
          tasks(executor) {}

    EnclaveLinkPtr enclave;
    std::size_t in_flight_max;
    Hooks hooks;
    std::map<std::uint64_t, Progress> progress;
    std::size_t in_flight = 0;  ///< places that are held
    std::size_t settled = 0;    ///< trackers without a place
    std::uint32_t block_number = 0;
    bool look = false;
    bool stopped = false;
    Signal changed;
    rpc::TaskGroup tasks;

    /// Frees the places of items that the enclave no longer lists.
    void settle(const std::set<std::uint64_t>& listed);
    /// The items that can be sent now, at most as many as there are places.
    [[nodiscard]] std::vector<boundary::OutboxItem> choose(const std::vector<boundary::OutboxItem>& listed);
    void fail(const boundary::OutboxItem& item, const std::string& reason);
    static Task<void> send(std::shared_ptr<State> self, boundary::OutboxItem item);
};

OutboxSender::OutboxSender(Executor executor, EnclaveLinkPtr enclave, std::size_t in_flight_max, Hooks hooks)
    : state_(std::make_shared<State>(executor, std::move(enclave), in_flight_max, std::move(hooks))) {
}

OutboxSender::~OutboxSender() = default;

Task<void> OutboxSender::stop() {
    const auto state = state_;
    state->stopped = true;
    state->tasks.cancel();
    co_await state->tasks.join();
}

void OutboxSender::wake(std::uint32_t block_number) {
    state_->block_number = std::max(state_->block_number, block_number);
    state_->look = true;
    state_->changed.notify();
}

void OutboxSender::State::settle(const std::set<std::uint64_t>& listed) {
    for (auto& [id, known] : progress) {
        if (known.under_way && !known.settled && !listed.contains(id) && settled < kSettledMax) {
            known.settled = true;
            ++settled;
            --in_flight;
        }
    }
}

std::vector<boundary::OutboxItem> OutboxSender::State::choose(
    const std::vector<boundary::OutboxItem>& listed) {
    std::set<std::uint64_t> ids;
    for (const auto& item : listed) {
        ids.insert(item.id);
    }
    settle(ids);
    std::vector<boundary::OutboxItem> out;
    for (const auto& item : listed) {
        auto& known = progress[item.id];
        if (known.finalized_in && block_number >= *known.finalized_in) {
            spdlog::warn("the enclave did not see the {} for block {} succeed in block {}: sending it again",
                         outbox_kind_name(item.kind), item.block_number, *known.finalized_in);
            known.finalized_in.reset();
            known.not_before_block =
                block_number + std::min(1U << std::min(++known.failures, 6U), kPauseBlocksMax);
        }
        const bool waits = known.under_way || known.finalized_in || known.not_before_block > block_number;
        if (!waits && in_flight + out.size() < in_flight_max) {
            known.under_way = true;
            out.push_back(item);
        }
    }
    std::erase_if(progress, [&ids](const auto& entry) {
        return !entry.second.under_way && !ids.contains(entry.first);
    });
    return out;
}

void OutboxSender::State::fail(const boundary::OutboxItem& item, const std::string& reason) {
    auto& known = progress[item.id];
    known.not_before_block = block_number + std::min(1U << std::min(known.failures++, 6U), kPauseBlocksMax);
    hooks.on_failed(item, reason);
}

Task<void> OutboxSender::State::send(std::shared_ptr<State> self, boundary::OutboxItem item) {
    auto signer = outbox_signer(self->enclave, item.id);
    const auto outcome = co_await self->hooks.submit(std::move(signer));
    if (self->stopped) {
        co_return;
    }
    auto& known = self->progress[item.id];
    --(known.settled ? self->settled : self->in_flight);
    known.under_way = false;
    if (outcome.has_value() && outcome.value().succeeded()) {
        known.finalized_in = outcome.value().block.number;
        self->hooks.on_sent(item, outcome.value());
    } else if (outcome.has_value()) {
        self->fail(item, *outcome.value().dispatch_error);
    } else if (known.settled || outcome.error() == boundary::Refusal::kUnknownOutboxItem) {
        self->progress.erase(item.id);  // an imported block confirmed it in the meantime
    } else {
        self->fail(item, outcome.error().describe());
    }
    self->look = true;
    self->changed.notify();
}

Task<void> OutboxSender::run() {
    const auto state = state_;
    for (;;) {
        while (!state->look) {
            co_await state->changed.wait();
        }
        state->look = false;
        if (!state->hooks.may_send()) {
            continue;
        }
        boundary::ToEnclave message = boundary::Outbox{kLookedAtMax};
        const auto listed = co_await ask<boundary::OutboxItems>(state->enclave, std::move(message));
        if (!listed.has_value()) {
            if (is_refusal(listed.error())) {
                spdlog::warn("the enclave does not show its outbox: {}", listed.error().message());
                continue;
            }
            co_return;
        }
        for (const auto& item : state->choose(listed.value().items)) {
            ++state->in_flight;
            state->tasks.spawn(State::send(state, item));
        }
    }
}

}  // namespace redoubt::node
