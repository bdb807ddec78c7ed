#include <tools/devchain/runtime/pallets.hpp>
#include <tools/devchain/runtime/pallets/balances/balances.hpp>
#include <tools/devchain/runtime/pallets/grandpa/grandpa.hpp>
#include <tools/devchain/runtime/pallets/system/system.hpp>
#include <tools/devchain/runtime/pallets/transaction_payment/transaction_payment.hpp>
#include <tools/devchain/runtime/runtime.hpp>
#include <tools/devchain/runtime/transaction_check.hpp>

namespace redoubt::devchain {

struct BlockExecution::Impl {
    Impl(const Runtime& the_runtime,
         Storage& storage,
         BlockPosition the_position,
         std::vector<substrate::DigestItem> the_digest)
        : runtime(the_runtime),
          context(storage, the_position.number),
          position(the_position),
          digest(std::move(the_digest)) {}

    Applied apply(const ParsedExtrinsic& extrinsic);
    void charge(const ParsedExtrinsic::Signed& signature, Balance fee);
    void settle(const ParsedExtrinsic& extrinsic, const DispatchInfo& announced, const DispatchInfo& actual);

    const Runtime& runtime;
    Context context;
    BlockPosition position;
    std::vector<substrate::DigestItem> digest;
    BlockUse use;
    std::uint32_t extrinsic_count = 0;
};

namespace {

Balance fee_of(const DispatchInfo& info, std::size_t length) {
    const auto fee = inclusion_fee(info.weight, info.pays_fee, length);
    return fee ? fee->total() : 0;
}

/// What a dispatch cost in the end: never more than it announced.
DispatchInfo actual_info(DispatchInfo announced, const Dispatched<PostDispatch>& result) {
    if (!result) {
        return announced;
    }
    const auto& post = result.value();
    if (post.actual_weight && post.actual_weight->fits(announced.weight)) {
        announced.weight = *post.actual_weight;
    }
    if (post.pays_fee == Pays::kNo) {
        announced.pays_fee = Pays::kNo;
    }
    return announced;
}

}  // namespace

/// Takes the fee and uses up the nonce; neither comes back when the call fails.
void BlockExecution::Impl::charge(const ParsedExtrinsic::Signed& signature, Balance fee) {
    auto& storage = context.storage();
    auto account = system::kAccount.get(storage, signature.signer);
    ++account.nonce;
    system::kAccount.put(storage, signature.signer, account);
    balances::withdraw_fee(context, signature.signer, fee + signature.extra.tip);
}

/// Gives back what a call did not use and says what it paid.
void BlockExecution::Impl::settle(const ParsedExtrinsic& extrinsic,
                                  const DispatchInfo& announced,
                                  const DispatchInfo& actual) {
    const auto& signature = *extrinsic.signature;
    const auto paid = fee_of(announced, extrinsic.length);
    auto fee = fee_of(actual, extrinsic.length);
    if (fee < paid && !balances::refund_fee(context, signature.signer, paid - fee)) {
        fee = paid;
    }
    context.deposit(transaction_payment::kIndex, transaction_payment::kTransactionFeePaid, signature.signer,
                    fee + signature.extra.tip, signature.extra.tip);
}

Applied BlockExecution::Impl::apply(const ParsedExtrinsic& extrinsic) {
    const auto announced = extrinsic.call.body().info();
    if (extrinsic.signature) {
        charge(*extrinsic.signature, fee_of(announced, extrinsic.length));
    }
    const auto origin = extrinsic.signature ? Origin::signed_by(extrinsic.signature->signer) : Origin::none();
    const auto result = context.dispatch(extrinsic.call, origin);
    const auto actual = actual_info(announced, result);
    if (extrinsic.signature) {
        settle(extrinsic, announced, actual);
    }
    auto& used = use.weight.of(announced.dispatch_class);
    used = used + actual.weight + kExtrinsicBaseWeight;
    if (!result) {
        context.deposit(system::kIndex, system::kExtrinsicFailed, result.error(), actual);
        return {scale::encode(result.error())};
    }
    context.deposit(system::kIndex, system::kExtrinsicSuccess, actual);
    return {};
}

BlockExecution::BlockExecution(const Runtime& runtime,
                               Storage& storage,
                               std::uint32_t number,
                               const Hash256& parent_hash,
                               std::vector<substrate::DigestItem> pre_runtime)
    : impl_(std::make_unique<Impl>(runtime,
                                   storage,
                                   BlockPosition{number, parent_hash},
                                   std::move(pre_runtime))) {
    REDOUBT_ASSERT(number > 0);
    system::begin_block(storage, number, parent_hash, impl_->digest);
    for (const auto& description : pallets()) {
        description.pallet().on_initialize(impl_->context, impl_->digest);
    }
}

BlockExecution::~BlockExecution() = default;

ApplyResult BlockExecution::apply_extrinsic(ByteView extrinsic) {
    auto& context = impl_->context;
    BOOST_OUTCOME_TRY(const auto parsed, parse_extrinsic(extrinsic));
    const auto info = parsed.call.body().info();
    BOOST_OUTCOME_TRY(check_room(impl_->use, info, parsed.length));
    if (parsed.signature) {
        BOOST_OUTCOME_TRY(check_signed(impl_->runtime, context.storage(), impl_->position, parsed));
        const auto& [signer, signature, extra, extra_bytes] = *parsed.signature;
        if (extra.nonce > system::kAccount.get(context.storage(), signer).nonce) {
            return InvalidTransaction::kFuture;
        }
    } else if (info.dispatch_class != DispatchClass::kMandatory) {
        return UnknownTransaction::kNoUnsignedValidator;
    }
    context.enter(Phase::extrinsic(impl_->extrinsic_count));
    // An inherent that fails makes the block unusable, so nothing of it may stay.
    bool is_refused = false;
    const auto applied = context.in_layer([&]() -> Dispatched<Applied> {
        const auto weight = impl_->use.weight;
        auto outcome = impl_->apply(parsed);
        is_refused = !parsed.signature && outcome.dispatch_error.has_value();
        if (is_refused) {
            impl_->use.weight = weight;
            return DispatchError{};
        }
        return outcome;
    });
    if (is_refused) {
        return InvalidTransaction::kBadMandatory;
    }
    impl_->use.bytes += static_cast<std::uint32_t>(parsed.length);
    ++impl_->extrinsic_count;
    return applied.value();
}

bool BlockExecution::change_authorities(const light_client::AuthorityList& next,
                                        std::uint32_t delay,
                                        std::optional<std::uint32_t> forced_median) {
    return grandpa::schedule_change(impl_->context, grandpa::from_list(next), delay, forced_median)
        .has_value();
}

substrate::Header BlockExecution::finalize() {
    auto& context = impl_->context;
    context.enter(Phase::finalization());
    for (const auto& description : pallets()) {
        description.pallet().on_finalize(context);
    }
    auto digest = impl_->digest;
    digest.insert(digest.end(), context.logs().begin(), context.logs().end());
    system::end_block(context, impl_->use.weight, {digest});
    substrate::Header header;
    header.parent_hash = impl_->position.parent_hash;
    header.number = impl_->position.number;
    header.digest = std::move(digest);
    return header;
}

Bytes encode(const ApplyResult& result) {
    if (!result) {
        Bytes out{1};
        result.error().encode(out);
        return out;
    }
    const auto& error = result.value().dispatch_error;
    return error ? concat(Bytes{0, 1}, *error) : Bytes{0, 0};
}

}  // namespace redoubt::devchain
