#include <algorithm>
#include <optional>
#include <primitives/crypto/hashing.hpp>
#include <span>
#include <substrate/call.hpp>
#include <substrate/call_tree.hpp>
#include <substrate/executed_invokes.hpp>

namespace redoubt::substrate {

namespace {

/// The index pairs of the bridge's calls that leave an event of their own.
struct BridgeCalls {
    std::array<std::uint8_t, 2> invoke{};
    std::optional<std::array<std::uint8_t, 2>> shield_funds;
};

/// Walks calls from the last to the first and takes the events of each from the end of the trail.
class Matcher {
  public:
    Matcher(const CallTree& tree, const BridgeCalls& bridge, std::span<const TrailEvent> trail)
        : tree_(tree), bridge_(bridge), trail_(trail) {}

    /// The events of a call that succeeded. False when the trail says something else.
    bool take_call(std::uint32_t position) {
        const auto& node = tree_[position];
        switch (node.kind) {
            case CallKind::kLeaf:
                return take_leaf(node);
            case CallKind::kBatch:
                return take_batch(node);
            case CallKind::kBatchAll:
                return take(TrailKind::kBatchCompleted) && take_items(node, node.children.size());
            case CallKind::kForceBatch:
                return take_force_batch(node);
            case CallKind::kTransparent:
                return take_call(node.children.front());
            case CallKind::kDispatchAs:
                return take_reported(node, TrailKind::kDispatchedAs);
            case CallKind::kDispatchAsFallible:
                return take(TrailKind::kDispatchedAs) && take_call(node.children.front());
            case CallKind::kIfElse:
                return take_if_else(node);
            case CallKind::kProxy:
                return take_reported(node, TrailKind::kProxyExecuted);
            case CallKind::kAsMulti:
                return !is_multisig_of(node) || take_reported(node, TrailKind::kMultisigExecuted);
            case CallKind::kAsMultiThreshold1:
                // Only newer versions of the pallet report it.
                return is_multisig_of(node) ? take_reported(node, TrailKind::kMultisigExecuted)
                                            : take_call(node.children.front());
            case CallKind::kSudo:
                return take_reported(node, TrailKind::kSudid);
            case CallKind::kSudoAs:
                return take_reported(node, TrailKind::kSudoAsDone);
        }
        return false;
    }

    [[nodiscard]] bool is_done() const { return trail_.empty(); }

    [[nodiscard]] std::vector<ExecutedInvoke> take_found() && {
        std::ranges::reverse(found_);
        return std::move(found_);
    }

  private:
    /// Takes the last event when it is of that kind.
    const TrailEvent* take(TrailKind kind) {
        if (trail_.empty() || trail_.back().kind != kind) {
            return nullptr;
        }
        const auto* event = &trail_.back();
        trail_ = trail_.first(trail_.size() - 1);
        return event;
    }

    bool take_leaf(const CallNode& node) {
        if (node.index == bridge_.shield_funds) {
            return take(TrailKind::kShielded) != nullptr;
        }
        if (node.index != bridge_.invoke) {
            return true;
        }
        const auto* event = take(TrailKind::kInvoked);
        if (event == nullptr || !begins_with_shard(node.bytes.subspan(2), event->hash)) {
            return false;
        }
        found_.push_back({.call = node.bytes, .event_index = event->event_index});
        return true;
    }

    /// The only argument of an invocation is a request, which begins with the shard.
    static bool begins_with_shard(ByteView arguments, const Hash256& shard) {
        return arguments.size() >= Hash256::kSize && equal(arguments.first(Hash256::kSize), shard.view());
    }

    /// The first `count` calls of a batch, each of which was completed.
    bool take_items(const CallNode& node, std::size_t count) {
        for (auto i = count; i > 0; --i) {
            if (!take(TrailKind::kItemCompleted) || !take_call(node.children[i - 1])) {
                return false;
            }
        }
        return true;
    }

    bool take_batch(const CallNode& node) {
        if (take(TrailKind::kBatchCompleted)) {
            return take_items(node, node.children.size());
        }
        const auto* interrupted = take(TrailKind::kBatchInterrupted);
        return interrupted != nullptr && interrupted->item < node.children.size() &&
               take_items(node, interrupted->item);
    }

    bool take_force_batch(const CallNode& node) {
        const bool has_failures = take(TrailKind::kBatchCompletedWithErrors) != nullptr;
        if (!has_failures && !take(TrailKind::kBatchCompleted)) {
            return false;
        }
        bool has_failed = false;
        for (auto i = node.children.size(); i > 0; --i) {
            if (take(TrailKind::kItemFailed)) {
                has_failed = true;
            } else if (!take(TrailKind::kItemCompleted) || !take_call(node.children[i - 1])) {
                return false;
            }
        }
        return has_failed == has_failures;
    }

    bool take_if_else(const CallNode& node) {
        if (take(TrailKind::kIfElseMainSuccess)) {
            return take_call(node.children[0]);
        }
        return take(TrailKind::kIfElseFallbackCalled) && take_call(node.children[1]);
    }

    /// A wrapper that succeeds in any case and reports how the call inside it ended.
    bool take_reported(const CallNode& node, TrailKind kind) {
        const auto* event = take(kind);
        return event != nullptr && (!event->succeeded || take_call(node.children.front()));
    }

    /// Whether the last event reports the call inside this one, by its hash.
    [[nodiscard]] bool is_multisig_of(const CallNode& node) const {
        return !trail_.empty() && trail_.back().kind == TrailKind::kMultisigExecuted &&
               trail_.back().hash == crypto::blake2b_256(tree_[node.children.front()].bytes);
    }

    const CallTree& tree_;
    const BridgeCalls& bridge_;
    std::span<const TrailEvent> trail_;
    std::vector<ExecutedInvoke> found_;
};

}  // namespace

std::vector<ExecutedInvoke> executed_invokes(const Metadata& metadata,
                                             ByteView call,
                                             const ExtrinsicEvents& events) {
    const auto invoke = call_index(metadata, "EnclaveBridge", "invoke");
    if (!events.succeeded || !invoke || call.size() < 2) {
        return {};
    }
    BridgeCalls bridge{.invoke = invoke.value(), .shield_funds = std::nullopt};
    const std::array<std::uint8_t, 2> index = {call[0], call[1]};
    if (index == bridge.invoke) {
        return {{.call = call, .event_index = events.verdict_index}};
    }
    if (!events.has_invocations || !events.trail_is_complete ||
        call_kind(metadata, index) == CallKind::kLeaf) {
        return {};
    }
    if (const auto shield_funds = call_index(metadata, "EnclaveBridge", "shield_funds")) {
        bridge.shield_funds = shield_funds.value();
    }
    const auto tree = read_call_tree(metadata, call);
    if (!tree) {
        return {};
    }
    Matcher matcher{tree.value(), bridge, events.trail};
    if (!matcher.take_call(0) || !matcher.is_done()) {
        return {};
    }
    return std::move(matcher).take_found();
}

}  // namespace redoubt::substrate
