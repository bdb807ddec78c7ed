/// Signatures of browser extensions, which wrap what they sign in `<Bytes>…</Bytes>`.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/crypto/multi_signature.hpp>

namespace redoubt::stf {

/// `<Bytes>` ++ message ++ `</Bytes>`.
[[nodiscard]] Bytes wrap_in_bytes(ByteView message);

/// True when `signer` signed the message itself or its wrapping. @source integritee-wire.md, section 3.2
[[nodiscard]] bool verify_plain_or_wrapped(const crypto::MultiSignature& signature,
                                           const AccountId& signer,
                                           ByteView message);

}  // namespace redoubt::stf
