#include <attestation/claims/keystone_claims.hpp>

#include <attestation/digest.hpp>

namespace redoubt::attestation {

FixedBytes<48> KeystoneClaims::digest() const {
    return sha2_384(concat(monitor_hash, enclave_hash));
}

}  // namespace redoubt::attestation
