/// Trusted calls and getters, signed and encrypted as the enclave expects them. No network here.
///
/// @source integritee-wire.md, sections 3.1 to 3.3, 3.5
#pragma once

#include <cstdint>
#include <primitives/bytes.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/crypto/rsa.hpp>
#include <stf/types/getter.hpp>
#include <stf/types/trusted_operation.hpp>
#include <tools/wallet/failure.hpp>

namespace redoubt::wallet {

/// A signed operation, before and after encryption.
struct SealedOperation {
    stf::TrustedOperation operation;
    Hash256 hash;      ///< TOP hash: its name towards the worker
    Bytes ciphertext;  ///< for EnclaveBridge.invoke
};

/// Signs `call` for one enclave code and shard and encrypts it as an indirect call.
/// @errors encryption_failed
[[nodiscard]] Fallible<SealedOperation> seal_call(const stf::TrustedCall& call,
                                                  std::uint32_t nonce,
                                                  const Hash256& fingerprint,
                                                  const Hash256& shard,
                                                  const crypto::KeyPair& signer,
                                                  const crypto::RsaPublicKey& shielding_key);

/// Signs a getter as its owner.
[[nodiscard]] stf::Getter sign_getter(const stf::TrustedGetter& getter, const crypto::KeyPair& owner);

}  // namespace redoubt::wallet
