#include <primitives/crypto/sr25519.hpp>

#include <primitives/crypto/constant_time.hpp>
#include <primitives/crypto/edwards25519.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/initialise.hpp>
#include <primitives/crypto/key_error.hpp>

#include <sodium.h>

namespace redoubt::crypto::sr25519 {
namespace {

constexpr std::uint8_t kMarker = 0x80;

using View32 = std::span<const std::uint8_t, 32>;

/// The transcript before the signing protocol itself.
Transcript signing_transcript(std::string_view context, ByteView message) {
    const auto with_context = [](std::string_view name) {
        Transcript out{"SigningContext"};
        out.append_message("", bytes_of(name));
        return out;
    };
    static const Transcript substrate = with_context(kSubstrateContext);
    Transcript out = context == kSubstrateContext ? substrate : with_context(context);
    out.append_message("sign-bytes", message);
    return out;
}

Transcript derivation_transcript(const FixedBytes<32>& chain_code) {
    Transcript out{"SchnorrRistrettoHDKD"};
    out.append_message("sign-bytes", {});
    out.append_message("chain-code", chain_code.view());
    return out;
}

/// x of a soft junction: child = parent + x.
FixedBytes<32> soft_scalar(Transcript& transcript, const PublicKey& parent) {
    transcript.append_message("public-key", parent.view());
    const auto out = transcript.challenge_scalar("HDKD-scalar");
    std::array<std::uint8_t, 32> child_chain_code{};
    transcript.challenge_bytes("HDKD-chaincode", child_chain_code);
    return out;
}

PublicKey public_key_of(const SecretBytes<32>& scalar) {
    initialise();
    PublicKey out;
    const int done = crypto_scalarmult_ristretto255_base(out.data(), scalar.expose().data());
    REDOUBT_ASSERT(done == 0);
    return out;
}

/// The point of a key that is neither malformed nor the identity, whose encoding is all zero.
std::optional<detail::Point> decode_public_key(ByteView public_key) {
    const auto is_zero = [](std::uint8_t byte) { return byte == 0; };
    if (public_key.size() != 32 || std::ranges::all_of(public_key, is_zero)) {
        return std::nullopt;
    }
    return detail::decode_ristretto(public_key.first<32>());
}

/// True below the group order, without a branch on the secret.
bool is_reduced(const SecretBytes<32>& scalar) {
    SecretBytes<64> wide;
    std::ranges::copy(scalar.expose(), wide.expose_mut().begin());
    SecretBytes<32> reduced;
    crypto_core_ristretto255_scalar_reduce(reduced.expose_mut().data(), wide.expose().data());
    return constant_time_equal(reduced.expose(), scalar.expose());
}

bool is_zero_scalar(const SecretBytes<32>& scalar) {
    return sodium_is_zero(scalar.expose().data(), scalar.expose().size()) == 1;
}

}  // namespace

SecretKey SecretKey::from_mini_secret(const SecretBytes<32>& mini_secret) {
    auto hash = sha2_512(mini_secret.expose());
    hash.bytes[0] &= 0xf8;
    hash.bytes[31] = static_cast<std::uint8_t>((hash.bytes[31] & 0x3f) | 0x40);
    auto key = from_storage_form(hash.view());
    wipe(hash.bytes);
    REDOUBT_ASSERT(key.has_value());
    return std::move(key).value();
}

Result<SecretKey> SecretKey::from_storage_form(ByteView form) {
    if (form.size() != 64 || (form[0] & 7) != 0) {
        return KeyError::kBadSecretKey;
    }
    SecretKey out;
    const auto scalar = out.scalar_.expose_mut();
    for (std::size_t i = 0; i < 32; ++i) {
        const unsigned next = i + 1 < 32 ? form[i + 1] : 0U;
        scalar[i] = static_cast<std::uint8_t>((form[i] >> 3) | (next << 5));
    }
    const auto nonce_seed = form.subspan<32, 32>();
    std::ranges::copy(nonce_seed, out.nonce_seed_.expose_mut().begin());
    if (is_zero_scalar(out.scalar_) || !is_reduced(out.scalar_)) {
        return KeyError::kBadSecretKey;
    }
    out.public_key_ = public_key_of(out.scalar_);
    return out;
}

SecretBytes<64> SecretKey::storage_form() const {
    SecretBytes<64> out;
    const auto form = out.expose_mut();
    const auto scalar = scalar_.expose();
    for (std::size_t i = 0; i < 32; ++i) {
        const unsigned previous = i > 0 ? scalar[i - 1] : 0U;
        form[i] = static_cast<std::uint8_t>((static_cast<unsigned>(scalar[i]) << 3) | (previous >> 5));
    }
    std::ranges::copy(nonce_seed_.expose(), form.begin() + 32);
    return out;
}

SecretKey SecretKey::clone() const {
    SecretKey out;
    out.scalar_ = scalar_.clone();
    out.nonce_seed_ = nonce_seed_.clone();
    out.public_key_ = public_key_;
    return out;
}

Sr25519Signature SecretKey::sign(ByteView message, std::string_view context) const {
    return sign_with_witness(message, context, SecretBytes<32>::random());
}

Sr25519Signature SecretKey::sign_with_witness(ByteView message,
                                              std::string_view context,
                                              const SecretBytes<32>& witness) const {
    initialise();
    auto transcript = signing_transcript(context, message);
    transcript.append_message("proto-name", bytes_of("Schnorr-sig"));
    transcript.append_message("sign:pk", public_key_.view());

    SecretBytes<64> wide;
    transcript.witness_bytes("signing", wide.expose_mut(), nonce_seed_.expose(), witness);
    SecretBytes<32> r;
    crypto_core_ristretto255_scalar_reduce(r.expose_mut().data(), wide.expose().data());

    Sr25519Signature out;
    const auto commitment = public_key_of(r);
    std::ranges::copy(commitment, out.bytes.begin());
    transcript.append_message("sign:R", commitment.view());
    const auto challenge = transcript.challenge_scalar("sign:c");

    SecretBytes<32> product;
    crypto_core_ristretto255_scalar_mul(product.expose_mut().data(), challenge.data(),
                                        scalar_.expose().data());
    crypto_core_ristretto255_scalar_add(out.data() + 32, product.expose().data(), r.expose().data());
    out.bytes[63] |= kMarker;
    return out;
}

SecretBytes<32> SecretKey::derive_hard(const FixedBytes<32>& chain_code) const {
    auto transcript = derivation_transcript(chain_code);
    transcript.append_message("secret-key", scalar_.expose());
    SecretBytes<32> out;
    transcript.challenge_bytes("HDKD-hard", out.expose_mut());
    return out;
}

SecretKey SecretKey::derive_soft(const FixedBytes<32>& chain_code) const {
    auto transcript = derivation_transcript(chain_code);
    const auto x = soft_scalar(transcript, public_key_);
    SecretKey out;
    crypto_core_ristretto255_scalar_add(out.scalar_.expose_mut().data(), scalar_.expose().data(), x.data());
    // The sum is zero with a chance of 2^-252.
    REDOUBT_ASSERT(!is_zero_scalar(out.scalar_));
    transcript.witness_bytes("HDKD-nonce", out.nonce_seed_.expose_mut(), nonce_seed_.expose(),
                             SecretBytes<32>::random());
    out.public_key_ = public_key_of(out.scalar_);
    return out;
}

bool verify(ByteView public_key, ByteView message, ByteView signature, std::string_view context) {
    if (public_key.size() != 32 || signature.size() != 64 || (signature[63] & kMarker) == 0) {
        return false;
    }
    const View32 commitment = signature.first<32>();
    std::array<std::uint8_t, 32> s{};
    std::ranges::copy(signature.subspan(32), s.begin());
    s[31] &= static_cast<std::uint8_t>(~kMarker);
    const auto point = decode_public_key(public_key);
    const auto commitment_point = detail::decode_ristretto(commitment);
    if (!point || !commitment_point || !detail::is_canonical_scalar(s)) {
        return false;
    }

    auto transcript = signing_transcript(context, message);
    transcript.append_message("proto-name", bytes_of("Schnorr-sig"));
    transcript.append_message("sign:pk", public_key);
    transcript.append_message("sign:R", commitment);
    const auto challenge = transcript.challenge_scalar("sign:c");

    return detail::is_ristretto_identity(
        detail::signature_residue(s, challenge.bytes, *point, *commitment_point));
}

Result<PublicKey> derive_soft(const PublicKey& parent, const FixedBytes<32>& chain_code) {
    if (!is_valid_public_key(parent.view())) {
        return KeyError::kBadPublicKey;
    }
    auto transcript = derivation_transcript(chain_code);
    const auto x = soft_scalar(transcript, parent);
    PublicKey step;
    PublicKey out;
    if (crypto_scalarmult_ristretto255_base(step.data(), x.data()) != 0 ||
        crypto_core_ristretto255_add(out.data(), parent.data(), step.data()) != 0 || out.is_zero()) {
        return KeyError::kBadPublicKey;
    }
    return out;
}

bool is_valid_public_key(ByteView public_key) {
    return decode_public_key(public_key).has_value();
}

}  // namespace redoubt::crypto::sr25519
