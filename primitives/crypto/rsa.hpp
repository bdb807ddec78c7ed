/// The shielding key: RSA-3072 with OAEP (SHA-256, MGF1-SHA-256, empty label), in blocks.
///
/// Texts longer than one block are cut in pieces of 318 bytes, each encrypted alone; nothing binds the blocks
/// together. All numbers outside are little-endian, as Integritee's JSON has them.
///
/// @source integritee-wire.md, section 3.1
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/crypto/secret.hpp>
#include <primitives/result.hpp>

#include <memory>
#include <string>

namespace redoubt::crypto {

enum class RsaError : int {
    kBadKey = 1,        ///< no RSA key of 3072 bits with an odd exponent of at most 4 bytes
    kBadJson,           ///< not {"n":[…],"e":[…]} with 384 and 4 byte values
    kBadLength,         ///< the ciphertext is no whole number of blocks
    kTooManyBlocks,     ///< more blocks than the caller allows
    kNotDecryptable,    ///< a block was not made for this key
    kGenerationFailed,  ///< OpenSSL could not make a key
};
[[nodiscard]] std::string_view error_domain(RsaError);
[[nodiscard]] std::string_view error_message(RsaError);
REDOUBT_ERROR_DOMAIN(RsaError)

inline constexpr std::size_t kRsaModulusBytes = 384;
inline constexpr std::size_t kRsaExponentBytes = 4;
/// What OAEP leaves of a block for text.
inline constexpr std::size_t kRsaPlaintextBlockBytes = 318;

/// A public shielding key. Copies share one immutable key.
class RsaPublicKey {
  public:
    /// @param modulus_le   384 bytes, 3072 significant bits, odd
    /// @param exponent_le  1 to 4 bytes, odd and above 1
    /// @errors kBadKey
    [[nodiscard]] static Result<RsaPublicKey> from_le(ByteView modulus_le, ByteView exponent_le);
    /// Reads `{"n":[…384 numbers…],"e":[…4 numbers…]}`; spaces are allowed, other members are not.
    /// @errors kBadJson, kBadKey
    [[nodiscard]] static Result<RsaPublicKey> from_json(std::string_view text);

    [[nodiscard]] Bytes modulus_le() const;
    [[nodiscard]] Bytes exponent_le() const;
    /// The JSON of the key without spaces, as the original worker writes it.
    [[nodiscard]] std::string to_json() const;
    /// The key as a SubjectPublicKeyInfo in DER (RFC 5280). @errors kBadKey when OpenSSL cannot write it
    [[nodiscard]] Result<Bytes> spki_der() const;

    /// Encrypts in blocks of 318 bytes; each becomes 384. The empty text becomes one block.
    /// @errors kBadKey when OpenSSL refuses the key
    [[nodiscard]] Result<Bytes> encrypt_oaep(ByteView plaintext) const;

  private:
    friend class RsaKeyPair;
    struct Handle;
    explicit RsaPublicKey(std::shared_ptr<const Handle> handle);
    std::shared_ptr<const Handle> handle_;
};

/// A shielding key with its secret half. Move-only; one thread at a time.
class RsaKeyPair {
  public:
    RsaKeyPair(RsaKeyPair&&) noexcept;
    RsaKeyPair& operator=(RsaKeyPair&&) noexcept;
    ~RsaKeyPair();

    /// A new RSA-3072 key with the exponent 65537. Takes a second or so. @errors kGenerationFailed
    [[nodiscard]] static Result<RsaKeyPair> generate();
    /// Reads what private_der() wrote (PKCS#1 or PKCS#8 DER). @errors kBadKey
    [[nodiscard]] static Result<RsaKeyPair> from_private_der(ByteView der);
    /// The key as PKCS#1 DER, for sealing. @errors kBadKey when OpenSSL cannot write it
    [[nodiscard]] Result<SecretBuffer> private_der() const;

    [[nodiscard]] const RsaPublicKey& public_key() const noexcept { return public_key_; }

    /// Decrypts blocks of 384 bytes. A single block that is shorter is padded with zeros on the left: some
    /// clients drop leading zeros. The reason of a failure inside OAEP is not told.
    /// @errors kBadLength, kTooManyBlocks, kNotDecryptable
    [[nodiscard]] Result<SecretBuffer> decrypt_oaep(ByteView ciphertext, std::size_t blocks_max) const;

  private:
    struct Secret;
    RsaKeyPair(std::unique_ptr<Secret> secret, RsaPublicKey public_key);
    std::unique_ptr<Secret> secret_;
    RsaPublicKey public_key_;
};

}  // namespace redoubt::crypto

template <>
struct std::is_error_code_enum<redoubt::crypto::RsaError> : std::true_type {};
