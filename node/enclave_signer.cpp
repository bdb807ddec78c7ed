#include <node/enclave_signer.hpp>

#include <utility>

namespace redoubt::node {

using registry_client::SignedExtrinsic;

namespace {

Task<rpc::Reply<SignedExtrinsic>> sign(EnclaveLinkPtr enclave, boundary::ToEnclave message) {
    auto reply = co_await ask<boundary::Signed>(enclave, std::move(message));
    if (!reply.has_value()) {
        co_return rpc::Failure{reply.error(), "the enclave does not sign"};
    }
    SignedExtrinsic out;
    out.bytes = std::move(reply.value().extrinsic);
    out.valid_until_block = reply.value().valid_until_block;
    co_return out;
}

}  // namespace

registry_client::Signer enclave_signer(EnclaveLinkPtr enclave,
                                       std::function<boundary::ToEnclave(std::uint32_t nonce)> request) {
    return [enclave = std::move(enclave), request = std::move(request)](std::uint32_t nonce) {
        return sign(enclave, request(nonce));
    };
}

}  // namespace redoubt::node
