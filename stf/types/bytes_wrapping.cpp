#include <stf/types/bytes_wrapping.hpp>

namespace redoubt::stf {

Bytes wrap_in_bytes(ByteView message) {
    return concat(bytes_of("<Bytes>"), message, bytes_of("</Bytes>"));
}

bool verify_plain_or_wrapped(const crypto::MultiSignature& signature,
                             const AccountId& signer,
                             ByteView message) {
    return crypto::verify(signature, signer, message) ||
           crypto::verify(signature, signer, wrap_in_bytes(message));
}

}  // namespace redoubt::stf
