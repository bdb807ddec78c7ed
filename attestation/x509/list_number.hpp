/// Which edition of whose revocation list: an issuer counts its lists, so that an older one can be told from
/// a newer one.
///
/// @source RFC 5280 section 5.2.3
#pragma once

#include <primitives/bytes.hpp>

namespace redoubt::attestation {

struct ListNumber {
    Hash256 issuer_sha256;  ///< of the issuer's name in DER
    Bytes number;           ///< of the CRL, big-endian, as issued

    bool operator==(const ListNumber&) const = default;
};

/// Whether `number` was issued before `other`. Leading zeros say nothing.
[[nodiscard]] bool is_older_number(ByteView number, ByteView other);

}  // namespace redoubt::attestation
