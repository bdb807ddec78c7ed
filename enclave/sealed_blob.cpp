#include <enclave/sealed_blob.hpp>
#include <primitives/crypto/aead.hpp>
#include <primitives/crypto/kdf.hpp>

namespace redoubt::enclave {

Hash256 key_id_of(const crypto::SecretBytes<32>& key) {
    const auto id = crypto::hkdf_sha256(key.expose(), bytes_of("redoubt/key-id/v1"));
    return Hash256::copy_of(id.expose());
}

Bytes seal_blob(const BlobMagic& magic,
                const crypto::SecretBytes<32>& key,
                ByteView clear_header,
                ByteView plaintext) {
    auto out = concat(magic, key_id_of(key), clear_header);
    const auto box = crypto::aead_seal(key, out, plaintext);
    append(out, box);
    return out;
}

std::optional<ByteView> clear_header_of(const BlobMagic& magic, std::size_t header_bytes, ByteView blob) {
    if (blob.size() < kBlobPrefixBytes + header_bytes || !equal(blob.first(magic.size()), magic)) {
        return std::nullopt;
    }
    return blob.subspan(kBlobPrefixBytes, header_bytes);
}

OpenedBlob open_blob(const BlobMagic& magic,
                     const crypto::SecretBytes<32>& key,
                     std::size_t header_bytes,
                     ByteView blob) {
    if (!clear_header_of(magic, header_bytes, blob)) {
        return {.fault = BlobFault::kDamaged, .plaintext = {}};
    }
    if (!equal(blob.subspan(magic.size(), Hash256::kSize), key_id_of(key).view())) {
        return {.fault = BlobFault::kOtherKey, .plaintext = {}};
    }
    const auto clear = blob.first(kBlobPrefixBytes + header_bytes);
    auto plaintext = crypto::aead_open(key, clear, blob.subspan(clear.size()));
    if (!plaintext) {
        return {.fault = BlobFault::kDamaged, .plaintext = {}};
    }
    return {.fault = BlobFault::kNone, .plaintext = std::move(plaintext).value()};
}

}  // namespace redoubt::enclave
