#include <attestation/tpm/signature.hpp>

#include <attestation/claims/tpm_claims.hpp>
#include <attestation/tpm/wire.hpp>

#include <algorithm>
#include <array>

namespace redoubt::attestation::tpm {
namespace {

constexpr std::uint16_t kRsassa = 0x0014;
constexpr std::uint16_t kEcdsa = 0x0018;
constexpr std::size_t kRsaBytesMax = 512;
constexpr std::size_t kScalarBytesMax = 66;

struct Row {
    std::uint16_t scheme;
    std::uint16_t hash;
    SignatureScheme made_with;
};

constexpr auto kRows = std::to_array<Row>({
    {kRsassa, kTpmSha256, SignatureScheme::kRsaPkcs1Sha256},
    {kRsassa, kTpmSha384, SignatureScheme::kRsaPkcs1Sha384},
    {kRsassa, kTpmSha512, SignatureScheme::kRsaPkcs1Sha512},
    {kEcdsa, kTpmSha256, SignatureScheme::kEcdsaSha256},
    {kEcdsa, kTpmSha384, SignatureScheme::kEcdsaSha384},
    {kEcdsa, kTpmSha512, SignatureScheme::kEcdsaSha512},
});

/// Appends a number with zeros in front of it, or nothing when it is too long.
bool append_scalar(Bytes& out, ByteView number, std::size_t size) {
    if (number.size() > size) {
        return false;
    }
    out.insert(out.end(), size - number.size(), 0);
    append(out, number);
    return true;
}

}  // namespace

Result<Signature> parse_signature(ByteView bytes) {
    ByteCursor in{bytes};
    BOOST_OUTCOME_TRY(const auto scheme, take_be<std::uint16_t>(in));
    BOOST_OUTCOME_TRY(const auto hash, take_be<std::uint16_t>(in));
    const auto* row =
        std::ranges::find_if(kRows, [&](const Row& one) { return one.scheme == scheme && one.hash == hash; });
    if (row == kRows.end()) {
        return Reason::kTpmMalformed;
    }
    Signature out{.scheme = row->made_with, .number = {}, .s = {}};
    const bool is_ec = is_ecdsa(out.scheme);
    BOOST_OUTCOME_TRY(const auto number, take_sized(in, is_ec ? kScalarBytesMax : kRsaBytesMax));
    out.number = to_bytes(number);
    if (is_ec) {
        BOOST_OUTCOME_TRY(const auto s, take_sized(in, kScalarBytesMax));
        out.s = to_bytes(s);
    }
    if (!in.empty()) {
        return Reason::kTpmMalformed;
    }
    return out;
}

Signature bare_rsassa_signature(ByteView bytes) {
    return {.scheme = SignatureScheme::kRsaPkcs1Sha256, .number = to_bytes(bytes), .s = {}};
}

bool is_signed(const PublicKey& key, const Signature& signature, ByteView message) {
    if (!is_ecdsa(signature.scheme)) {
        return key.verify(signature.scheme, message, signature.number);
    }
    for (const auto curve : {Curve::kP256, Curve::kP384, Curve::kP521}) {
        if (!key.is_ec(curve)) {
            continue;
        }
        Bytes raw;
        const auto size = coordinate_bytes(curve);
        return append_scalar(raw, signature.number, size) && append_scalar(raw, signature.s, size) &&
               key.verify_ecdsa_raw(hash_of(signature.scheme), message, raw);
    }
    return false;
}

}  // namespace redoubt::attestation::tpm
