/// The envelope around everything the enclave gives away to be stored.
///
/// magic (4) ++ key id (32) ++ clear header ++ AEAD box. All that stands before the box is authenticated. The
/// key id tells data of another enclave apart from damaged data without a trial.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/crypto/secret.hpp>

namespace redoubt::enclave {

/// Public name of a sealing key: derived from it, tells nothing about it.
[[nodiscard]] Hash256 key_id_of(const crypto::SecretBytes<32>& key);

using BlobMagic = std::array<std::uint8_t, 4>;

inline constexpr std::size_t kBlobPrefixBytes = sizeof(BlobMagic) + Hash256::kSize;

/// Seals `plaintext`. @param clear_header  readable by everybody, authenticated
[[nodiscard]] Bytes seal_blob(const BlobMagic& magic,
                              const crypto::SecretBytes<32>& key,
                              ByteView clear_header,
                              ByteView plaintext);

enum class BlobFault : std::uint8_t { kNone, kDamaged, kOtherKey };

struct OpenedBlob {
    BlobFault fault = BlobFault::kNone;
    crypto::SecretBuffer plaintext;
};

/// The clear header of a blob; nullopt when it is too short or of another kind. Not authenticated yet.
[[nodiscard]] std::optional<ByteView> clear_header_of(const BlobMagic& magic,
                                                      std::size_t header_bytes,
                                                      ByteView blob);

/// Opens a blob whose clear header has `header_bytes`.
[[nodiscard]] OpenedBlob open_blob(const BlobMagic& magic,
                                   const crypto::SecretBytes<32>& key,
                                   std::size_t header_bytes,
                                   ByteView blob);

}  // namespace redoubt::enclave
