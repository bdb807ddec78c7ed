/// The enclave as the signer of a transaction.
#pragma once

#include <node/enclave_link.hpp>
#include <registry-client/transaction.hpp>

#include <cstdint>
#include <functional>

namespace redoubt::node {

/// Asks the enclave for a signature each time another nonce is needed.
/// @param request  the message that asks for the signature with this nonce; answered with boundary::Signed
[[nodiscard]] registry_client::Signer enclave_signer(
    EnclaveLinkPtr enclave,
    std::function<boundary::ToEnclave(std::uint32_t nonce)> request);

}  // namespace redoubt::node
