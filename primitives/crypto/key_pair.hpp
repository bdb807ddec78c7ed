/// A signing key of any of the three account schemes, as accounts and the enclave use it.
#pragma once

#include <primitives/crypto/ecdsa.hpp>
#include <primitives/crypto/ed25519.hpp>
#include <primitives/crypto/multi_signature.hpp>
#include <primitives/crypto/secret.hpp>
#include <primitives/crypto/sr25519.hpp>
#include <primitives/result.hpp>

#include <variant>

namespace redoubt::crypto {

/// Move-only; wiped when it goes.
class KeyPair {
  public:
    /// The key that a secret URI names, for example "//Alice" (secret_uri.hpp).
    /// @errors those of SecretUriError and MnemonicError; kSoftNotSupported, kBadSecretKey
    [[nodiscard]] static Result<KeyPair> from_secret_uri(std::string_view uri, Scheme scheme);
    /// The key of a 32-byte seed (mini secret).
    /// @errors kBadSecretKey: an ECDSA seed that is zero or not below the group order
    [[nodiscard]] static Result<KeyPair> from_seed(Scheme scheme, const SecretBytes<32>& seed);

    [[nodiscard]] Scheme scheme() const noexcept { return static_cast<Scheme>(key_.index()); }
    /// 32 bytes; 33 (compressed) for ECDSA.
    [[nodiscard]] Bytes public_key() const;
    [[nodiscard]] AccountId account_id() const;
    /// Signs the message as an account signs a payload: nothing is hashed or wrapped beforehand except that
    /// ECDSA signs the BLAKE2b-256 of the message.
    [[nodiscard]] MultiSignature sign(ByteView message) const;

  private:
    using Key = std::variant<ed25519::SecretKey, sr25519::SecretKey, ecdsa::SecretKey>;
    explicit KeyPair(Key key) : key_(std::move(key)) {}
    Key key_;
};

}  // namespace redoubt::crypto
