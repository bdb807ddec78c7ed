/// What a Keystone report says about an enclave and the security monitor below it. Plain data: nothing here
/// was checked.
///
/// @source attestation.md, section 11.2
#pragma once

#include <primitives/bytes.hpp>

namespace redoubt::attestation {

struct KeystoneClaims {
    FixedBytes<64> enclave_hash;
    FixedBytes<64> monitor_hash;
    Bytes data;  ///< what the enclave had signed, at most 1024 bytes

    /// SHA-384 over the monitor's hash and the enclave's: another monitor could say anything of an enclave.
    [[nodiscard]] FixedBytes<48> digest() const;
};

}  // namespace redoubt::attestation
