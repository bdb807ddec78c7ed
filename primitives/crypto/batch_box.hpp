/// Authenticated encryption at rest of many pieces that are written together and read one by one.
///
/// A batch draws 16 random bytes, which give it a key of its own; its boxes are numbered. That costs less
/// than a draw and a key for each box (aead.hpp), which is what counts when boxes are small.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/crypto/aead.hpp>
#include <primitives/crypto/secret.hpp>

#include <array>
#include <cstdint>
#include <memory>

namespace redoubt::crypto {

/// A box is longer than its plaintext by 16 random bytes, its number in 8, and a tag of 16.
inline constexpr std::size_t kBatchBoxOverheadBytes = 40;

/// Makes the boxes of one batch.
///
/// random (16) ++ number u64 LE ++ ciphertext ++ tag (16), with AES-256-GCM; the nonce is the number and four
/// zeros, the key BLAKE2b-256 of nothing, with the given key, the random bytes as salt and the
/// personalisation "redoubt/batch/v1".
/// @source NIST SP 800-38D; RFC 7693, section 2.5
class BatchSealer {
  public:
    explicit BatchSealer(const SecretBytes<32>& key);
    BatchSealer(const BatchSealer&) = delete;
    BatchSealer& operator=(const BatchSealer&) = delete;
    ~BatchSealer();

    /// Appends a box to `out`. The associated data is authenticated and not contained.
    void append_box(Bytes& out, ByteView associated_data, ByteView plaintext);

  private:
    struct Cipher;
    std::array<std::uint8_t, 16> random_{};
    std::unique_ptr<Cipher> cipher_;
    std::uint64_t count_ = 0;
};

/// Opens a box of a BatchSealer. @errors AeadError: kTooShort, kNotAuthentic
[[nodiscard]] Result<SecretBuffer> open_batch_box(const SecretBytes<32>& key,
                                                  ByteView associated_data,
                                                  ByteView box);

}  // namespace redoubt::crypto
