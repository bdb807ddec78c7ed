#include <primitives/crypto/sr25519_vrf.hpp>

#include <primitives/crypto/edwards25519.hpp>
#include <primitives/crypto/initialise.hpp>
#include <primitives/result.hpp>

#include <sodium.h>
#include <optional>

namespace redoubt::crypto::sr25519 {
namespace {

using RistrettoPoint = FixedBytes<32>;

/// The point that the input and the public key stand for.
RistrettoPoint hash_to_point(Transcript input, const PublicKey& public_key) {
    initialise();
    input.append_message("vrf-nm-pk", public_key.view());
    std::array<std::uint8_t, 64> uniform{};
    input.challenge_bytes("VRFHash", uniform);
    RistrettoPoint out;
    crypto_core_ristretto255_from_hash(out.data(), uniform.data());
    return out;
}

/// scalar * point in constant time; nullopt for a bad encoding or the identity as a result.
std::optional<RistrettoPoint> multiply(std::span<const std::uint8_t, 32> scalar,
                                       const RistrettoPoint& point) {
    RistrettoPoint out;
    if (crypto_scalarmult_ristretto255(out.data(), scalar.data(), point.data()) != 0) {
        return std::nullopt;
    }
    return out;
}

std::optional<RistrettoPoint> multiply_base(std::span<const std::uint8_t, 32> scalar) {
    RistrettoPoint out;
    if (crypto_scalarmult_ristretto255_base(out.data(), scalar.data()) != 0) {
        return std::nullopt;
    }
    return out;
}

std::optional<RistrettoPoint> sum(const std::optional<RistrettoPoint>& a,
                                  const std::optional<RistrettoPoint>& b) {
    RistrettoPoint out;
    if (!a || !b || crypto_core_ristretto255_add(out.data(), a->data(), b->data()) != 0) {
        return std::nullopt;
    }
    return out;
}

void append_statement(Transcript& transcript, const RistrettoPoint& h) {
    transcript.append_message("proto-name", bytes_of("DLEQProof"));
    transcript.append_message("vrf:h", h.view());
}

FixedBytes<32> challenge(Transcript& transcript,
                         const RistrettoPoint& r_base,
                         const RistrettoPoint& r_h,
                         const PublicKey& public_key,
                         const VrfOutput& output) {
    transcript.append_message("vrf:R=g^r", r_base.view());
    transcript.append_message("vrf:h^r", r_h.view());
    transcript.append_message("vrf:pk", public_key.view());
    transcript.append_message("vrf:h^sk", output.view());
    return transcript.challenge_scalar("prove");
}

}  // namespace

Transcript babe_vrf_input(std::uint64_t slot, std::uint64_t epoch, const Hash256& randomness) {
    Transcript out{"BABE"};
    out.append_u64("slot number", slot);
    out.append_u64("current epoch", epoch);
    out.append_message("chain randomness", randomness.view());
    return out;
}

Transcript vrf_proof_transcript() {
    return Transcript{"VRF"};
}

VrfClaim vrf_sign(const SecretKey& key, const Transcript& input, const Transcript& extra) {
    const auto h = hash_to_point(input, key.public_key());
    const auto output = multiply(key.scalar().expose(), h);
    REDOUBT_ASSERT(output.has_value());

    auto transcript = extra;
    append_statement(transcript, h);
    SecretBytes<64> wide;
    transcript.witness_bytes("proving", wide.expose_mut(), key.nonce_seed().expose(),
                             SecretBytes<32>::random());
    SecretBytes<32> r;
    crypto_core_ristretto255_scalar_reduce(r.expose_mut().data(), wide.expose().data());
    const auto r_base = multiply_base(r.expose());
    const auto r_h = multiply(r.expose(), h);
    REDOUBT_ASSERT(r_base.has_value() && r_h.has_value());
    const auto c = challenge(transcript, *r_base, *r_h, key.public_key(), *output);

    VrfClaim claim{.output = *output, .proof = {}};
    std::ranges::copy(c, claim.proof.bytes.begin());
    SecretBytes<32> product;
    crypto_core_ristretto255_scalar_mul(product.expose_mut().data(), c.data(), key.scalar().expose().data());
    crypto_core_ristretto255_scalar_sub(claim.proof.data() + 32, r.expose().data(), product.expose().data());
    return claim;
}

bool vrf_verify(const PublicKey& public_key,
                const Transcript& input,
                const VrfClaim& claim,
                const Transcript& extra) {
    const std::span proof{claim.proof.bytes};
    const auto c = proof.first<32>();
    const auto s = proof.last<32>();
    if (!detail::is_canonical_scalar(c) || !detail::is_canonical_scalar(s) ||
        !is_valid_public_key(public_key.view())) {
        return false;
    }
    const auto h = hash_to_point(input, public_key);
    const auto r_base = sum(multiply(c, public_key), multiply_base(s));
    const auto r_h = sum(multiply(c, claim.output), multiply(s, h));
    if (!r_base || !r_h) {
        return false;
    }
    auto transcript = extra;
    append_statement(transcript, h);
    return equal(challenge(transcript, *r_base, *r_h, public_key, claim.output).view(), c);
}

uint128 babe_vrf_value(const PublicKey& public_key, const Transcript& input, const VrfOutput& output) {
    Transcript transcript{"VRFResult"};
    transcript.append_message("", bytes_of("substrate-babe-vrf"));
    transcript.append_message("vrf-in", hash_to_point(input, public_key).view());
    transcript.append_message("vrf-out", output.view());
    std::array<std::uint8_t, 16> bytes{};
    transcript.challenge_bytes("", bytes);
    uint128 out = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) {
        out = (out << 8) | bytes[i - 1];
    }
    return out;
}

}  // namespace redoubt::crypto::sr25519
