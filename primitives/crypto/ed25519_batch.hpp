/// Many ed25519 signatures at once, with exactly the outcome of verifying them one by one.
///
/// The equations of all signatures are added up with random factors of 128 bits and checked as one sum.
/// ZIP-215's equation is multiplied by the cofactor, so a sum of true equations is true, and a sum with a
/// false one is true with a chance of 2^-128, which nobody who cannot foresee the factors can raise.
///
/// @source ZIP 215; D. Bernstein et al., High-speed high-security signatures, section 5
#pragma once

#include <primitives/crypto/ed25519.hpp>
#include <primitives/crypto/edwards25519.hpp>

#include <optional>

namespace redoubt::crypto::ed25519 {

/// A public key that was decoded once, for many verifications.
class DecodedKey {
  public:
    /// Takes any bytes; when they belong to no point, no signature of this key is valid.
    explicit DecodedKey(const PublicKey& bytes);
    /// As the constructor, at four times the cost: batches of a few signatures are checked faster with it.
    [[nodiscard]] static DecodedKey for_small_batches(const PublicKey& bytes);

    [[nodiscard]] const PublicKey& bytes() const noexcept { return bytes_; }
    [[nodiscard]] const std::optional<detail::Point>& point() const noexcept { return point_; }
    /// The point times 2^128, if it was made: with it, no factor is longer than 128 bits.
    [[nodiscard]] const std::optional<detail::Point>& high_point() const noexcept { return high_point_; }

  private:
    PublicKey bytes_;
    std::optional<detail::Point> point_;
    std::optional<detail::Point> high_point_;
};

/// What somebody claims: that the key's owner signed the message.
struct SignatureClaim {
    const DecodedKey* key;
    ByteView message;
    ByteView signature;
};

/// The first claim whose signature is not valid under ZIP-215; nullopt when all are valid. Memory does not
/// grow with the number of claims; a false one among many costs about as much again as all of them.
[[nodiscard]] std::optional<std::size_t> first_invalid(std::span<const SignatureClaim> claims);

}  // namespace redoubt::crypto::ed25519
