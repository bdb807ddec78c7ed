#include <tools/devchain/runtime/pallets/utility/utility.hpp>

namespace redoubt::devchain::utility {
namespace {

constexpr Event<std::uint32_t, DispatchError> kBatchInterrupted{0, "BatchInterrupted", {"index", "error"}};
constexpr Event<> kBatchCompleted{1, "BatchCompleted"};
constexpr Event<> kBatchCompletedWithErrors{2, "BatchCompletedWithErrors"};
constexpr Event<> kItemCompleted{3, "ItemCompleted"};
constexpr Event<DispatchError> kItemFailed{4, "ItemFailed", {"error"}};
constexpr Event<DispatchResult> kDispatchedAs{5, "DispatchedAs", {"result"}};
constexpr Error<> kTooManyCalls{0, "TooManyCalls"};

constexpr std::uint64_t kBatchWeight = 7'000'000;
constexpr std::uint64_t kItemWeight = 5'000'000;

Weight own_weight(std::size_t calls) {
    return Weight::of(kBatchWeight + kItemWeight * calls);
}

/// A batch is operational when every call in it is.
DispatchInfo batch_info(const std::vector<RuntimeCall>& calls) {
    DispatchInfo out{own_weight(calls.size()), DispatchClass::kOperational};
    for (const auto& call : calls) {
        const auto info = call.body().info();
        out.weight = out.weight + info.weight;
        if (info.dispatch_class == DispatchClass::kNormal) {
            out.dispatch_class = DispatchClass::kNormal;
        }
    }
    if (calls.empty()) {
        out.dispatch_class = DispatchClass::kNormal;
    }
    return out;
}

DispatchInfo with_weight_info(const RuntimeCall& call, const Weight& weight) {
    return {weight, call.body().info().dispatch_class};
}

/// What the calls that ran have weighed.
class WeightSum {
  public:
    explicit WeightSum(std::size_t calls) : sum_(own_weight(calls)) {}
    void add(const RuntimeCall& call, const Dispatched<PostDispatch>& result) {
        const auto announced = call.body().info().weight;
        sum_ = sum_ + (result ? result.value().actual_weight.value_or(announced) : announced);
    }
    [[nodiscard]] PostDispatch post() const { return {sum_, Pays::kYes}; }

  private:
    Weight sum_;
};

Dispatched<> check_batch(const Origin& origin, const std::vector<RuntimeCall>& calls) {
    if (!origin.is_root()) {
        BOOST_OUTCOME_TRY(origin.ensure_signed());
    }
    if (calls.size() > kCallsMax) {
        return module_error(kIndex, kTooManyCalls);
    }
    return success();
}

}  // namespace

void Utility::describe(PalletDescription& description) const {
    description.call(0, "batch", {"calls"}, batch_info, &Utility::batch);
    description.call(2, "batch_all", {"calls"}, batch_info, &Utility::batch_all);
    description.call(4, "force_batch", {"calls"}, batch_info, &Utility::force_batch);
    description.call(5, "with_weight", {"call", "weight"}, with_weight_info, &Utility::with_weight);
    description.events(kBatchInterrupted, kBatchCompleted, kBatchCompletedWithErrors, kItemCompleted,
                       kItemFailed, kDispatchedAs);
    description.errors(kTooManyCalls);
    description.constant("batched_calls_limit", kCallsMax);
}

Dispatched<PostDispatch> Utility::batch(Context& context,
                                        const Origin& origin,
                                        const std::vector<RuntimeCall>& calls) const {
    BOOST_OUTCOME_TRY(check_batch(origin, calls));
    WeightSum weight{calls.size()};
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const auto result = context.dispatch(calls[i], origin);
        weight.add(calls[i], result);
        if (!result) {
            context.deposit(kIndex, kBatchInterrupted, static_cast<std::uint32_t>(i), result.error());
            return weight.post();
        }
        context.deposit(kIndex, kItemCompleted);
    }
    context.deposit(kIndex, kBatchCompleted);
    return weight.post();
}

Dispatched<PostDispatch> Utility::batch_all(Context& context,
                                            const Origin& origin,
                                            const std::vector<RuntimeCall>& calls) const {
    BOOST_OUTCOME_TRY(check_batch(origin, calls));
    WeightSum weight{calls.size()};
    for (const auto& call : calls) {
        const auto result = context.dispatch(call, origin);
        weight.add(call, result);
        if (!result) {
            return result.error();
        }
        context.deposit(kIndex, kItemCompleted);
    }
    context.deposit(kIndex, kBatchCompleted);
    return weight.post();
}

Dispatched<PostDispatch> Utility::force_batch(Context& context,
                                              const Origin& origin,
                                              const std::vector<RuntimeCall>& calls) const {
    BOOST_OUTCOME_TRY(check_batch(origin, calls));
    WeightSum weight{calls.size()};
    bool has_failed = false;
    for (const auto& call : calls) {
        const auto result = context.dispatch(call, origin);
        weight.add(call, result);
        if (result) {
            context.deposit(kIndex, kItemCompleted);
        } else {
            has_failed = true;
            context.deposit(kIndex, kItemFailed, result.error());
        }
    }
    context.deposit(kIndex, has_failed ? kBatchCompletedWithErrors : kBatchCompleted);
    return weight.post();
}

Dispatched<PostDispatch> Utility::with_weight(Context& context,
                                              const Origin& origin,
                                              const RuntimeCall& call,
                                              const Weight&) const {
    BOOST_OUTCOME_TRY(origin.ensure_root());
    return context.dispatch(call, Origin::root());
}

}  // namespace redoubt::devchain::utility
