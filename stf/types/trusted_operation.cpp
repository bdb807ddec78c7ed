#include <primitives/crypto/hashing.hpp>
#include <stf/types/bytes_wrapping.hpp>
#include <stf/types/trusted_operation.hpp>

namespace redoubt::stf {

Result<TrustedOperation> decode_trusted_operation(ByteView bytes) {
    if (bytes.size() > kTrustedOperationBytesMax) {
        return DecodeError::kLengthLimit;
    }
    return scale::decode<TrustedOperation>(bytes);
}

Bytes signing_payload(const TrustedCall& call,
                      std::uint32_t nonce,
                      const Hash256& fingerprint,
                      const ShardId& shard) {
    return scale::encode_all(call, nonce, fingerprint, shard);
}

bool verify(const TrustedCallSigned& signed_call, const Hash256& fingerprint, const ShardId& shard) {
    const auto& signer = signed_call.delegate ? *signed_call.delegate : sender_of(signed_call.call);
    return verify_plain_or_wrapped(signed_call.signature, signer,
                                   signing_payload(signed_call.call, signed_call.nonce, fingerprint, shard));
}

Hash256 operation_hash(const TrustedOperation& operation) {
    return crypto::blake2b_256(scale::encode(operation));
}

Hash256 unshield_call_hash(const TrustedCall& call, std::uint32_t nonce) {
    return crypto::blake2b_256(scale::encode_all(call, nonce));
}

}  // namespace redoubt::stf
