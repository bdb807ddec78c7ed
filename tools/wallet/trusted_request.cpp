#include <tools/wallet/trusted_request.hpp>

#include <primitives/scale.hpp>

namespace redoubt::wallet {

Fallible<SealedOperation> seal_call(const stf::TrustedCall& call,
                                    std::uint32_t nonce,
                                    const Hash256& fingerprint,
                                    const Hash256& shard,
                                    const crypto::KeyPair& signer,
                                    const crypto::RsaPublicKey& shielding_key) {
    stf::TrustedCallSigned signed_call;
    signed_call.call = call;
    signed_call.nonce = nonce;
    signed_call.signature = signer.sign(stf::signing_payload(call, nonce, fingerprint, shard));
    SealedOperation out;
    out.operation = stf::IndirectCallOperation{std::move(signed_call)};
    out.hash = stf::operation_hash(out.operation);
    BOOST_OUTCOME_TRY(
        out.ciphertext,
        or_fail(shielding_key.encrypt_oaep(scale::encode(out.operation)),
                refused("encryption_failed", "the call cannot be encrypted to the worker's key",
                        "The worker's shielding key is unusable: try another worker with --worker.")));
    return out;
}

stf::Getter sign_getter(const stf::TrustedGetter& getter, const crypto::KeyPair& owner) {
    stf::TrustedGetterSigned out;
    out.getter = getter;
    out.signature = owner.sign(stf::signing_payload(getter));
    return out;
}

}  // namespace redoubt::wallet
