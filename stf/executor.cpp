#include <stf/balances/balances.hpp>
#include <stf/executor.hpp>
#include <stf/nonces.hpp>

namespace redoubt::stf {

Executor::Executor(std::vector<std::unique_ptr<const Module>> modules,
                   const ShardId& shard,
                   const Hash256& fingerprint,
                   bool dev)
    : modules_(std::move(modules)), shard_(shard), fingerprint_(fingerprint), dev_(dev) {
}

void Executor::init(Overlay& state) const {
    for (const auto& module : modules_) {
        module->init(state);
    }
}

void Executor::on_block(const BlockContext& block, Overlay& state) const {
    for (const auto& module : modules_) {
        module->on_block(block, state);
    }
}

Result<const Module*> Executor::module_for(const TrustedCall& call) const {
    const auto* module_call = std::get_if<call::ModuleCall>(&call.value);
    for (const auto& module : modules_) {
        const bool wanted =
            module_call != nullptr ? module->name() == module_call->module : module->executes(call);
        if (wanted) {
            return module.get();
        }
    }
    return module_call != nullptr ? StfError::kNoSuchModule : StfError::kNotSupported;
}

Result<void> Executor::execute(const TrustedCallSigned& signed_call,
                               const BlockContext& block,
                               Overlay& state,
                               ChainReader& chain,
                               std::vector<Unshield>& unshields) const {
    if (signed_call.delegate) {
        return StfError::kDelegateNotSupported;
    }
    const auto& sender = sender_of(signed_call.call);
    const auto nonce = nonce_of(state, sender);
    // The cheap comparison first; a forged signature with a wrong nonce is refused either way.
    if (signed_call.nonce != nonce) {
        return signed_call.nonce < nonce ? StfError::kNonceTooLow : StfError::kNonceTooHigh;
    }
    if (nonce == UINT32_MAX) {
        return StfError::kOverflow;
    }
    if (!verify(signed_call, fingerprint_, shard_)) {
        return StfError::kBadSignature;
    }
    const auto outcome = execute_in_module(signed_call, block, state, chain, unshields);
    if (!outcome && outcome.error() == ChainReadError::kNotProvenYet) {
        return outcome;
    }
    raise_nonce(state, sender);
    return outcome;
}

Result<void> Executor::execute_in_module(const TrustedCallSigned& signed_call,
                                         const BlockContext& block,
                                         Overlay& state,
                                         ChainReader& chain,
                                         std::vector<Unshield>& unshields) const {
    if (std::holds_alternative<call::Noop>(signed_call.call.value)) {
        return success();
    }
    BOOST_OUTCOME_TRY(const auto* module, module_for(signed_call.call));
    const auto unshields_before = unshields.size();
    state.begin();
    CallContext context{.state = state,
                        .block = block,
                        .chain = chain,
                        .shard = shard_,
                        .dev = dev_,
                        .sender = sender_of(signed_call.call),
                        .nonce = signed_call.nonce,
                        .unshields = unshields};
    auto outcome = module->execute(signed_call.call, context);
    if (!chain.missing().empty()) {
        // Whatever the module made of it: it has not seen the chain yet.
        outcome = ChainReadError::kNotProvenYet;
    }
    if (!outcome) {
        state.drop();
        unshields.resize(unshields_before);
        return outcome;
    }
    state.commit();
    return success();
}

Result<std::optional<Bytes>> Executor::query(ByteView getter, QueryContext& context) const {
    if (getter.size() > kGetterBytesMax) {
        return DecodeError::kLengthLimit;
    }
    const auto decoded = scale::decode<Getter>(getter);
    if (decoded) {
        if (const auto* trusted = std::get_if<TrustedGetterSigned>(&decoded.value())) {
            return query(*trusted, context);
        }
        return query(std::get<PublicGetter>(decoded.value()), context.state);
    }
    // The dialects differ in length by the delegate's option byte, so a getter never decodes as both.
    const auto old = legacy::decode_getter(getter);
    if (!old) {
        return decoded.error();
    }
    return query(old.value(), context.state);
}

std::optional<Bytes> Executor::query(const PublicGetter& getter, const StateReader& state) const {
    if (std::holds_alternative<public_getter::SomeValue>(getter.value)) {
        return scale::encode(kSomeValue);
    }
    for (const auto& module : modules_) {
        if (auto answer = module->query_public(getter, state)) {
            return answer;
        }
    }
    return std::nullopt;
}

Result<std::optional<Bytes>> Executor::query(const TrustedGetterSigned& getter, QueryContext& context) const {
    if (getter.delegate || !verify(getter)) {
        return std::nullopt;
    }
    for (const auto& module : modules_) {
        auto answer = module->query_with_chain(getter.getter, context);
        if (!context.chain.missing().empty()) {
            return ChainReadError::kNotProvenYet;
        }
        if (!answer || answer.value()) {
            return answer;
        }
    }
    return std::nullopt;
}

std::optional<Bytes> Executor::query(const legacy::TrustedGetterSigned& getter,
                                     const StateReader& state) const {
    if (!verify(getter)) {
        return std::nullopt;
    }
    const auto info = balances::account_info(state, legacy::owner_of(getter.getter));
    switch (getter.getter.index()) {
        case legacy::FreeBalance::kIndex:
            return scale::encode(info.free);
        case legacy::ReservedBalance::kIndex:
            return scale::encode(info.reserved);
        default:
            return scale::encode(info.nonce);
    }
}

}  // namespace redoubt::stf
