/// COSE_Sign1: a payload with one signature over it and over a protected header that names the algorithm.
/// Keys come from elsewhere; what stands in the unprotected header is trusted for nothing and ignored.
///
/// @source RFC 9052 sections 3, 4.2 and 4.4, RFC 9053 section 2.1, attestation.md sections 10 and 11.1
#pragma once

#include <attestation/cbor/cbor_reader.hpp>
#include <attestation/public_key.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <optional>

namespace redoubt::attestation::cose {

/// Algorithms by their number. Each goes with one curve here.
inline constexpr std::int64_t kEs256 = -7;
inline constexpr std::int64_t kEs384 = -35;
inline constexpr std::int64_t kEs512 = -36;

struct EcdsaAlgorithm {
    HashAlgorithm hash = HashAlgorithm::kSha256;
    Curve curve = Curve::kP256;
};
/// @return nullopt for a number that is none of the three
[[nodiscard]] std::optional<EcdsaAlgorithm> ecdsa_algorithm(std::int64_t algorithm);

/// A decoded structure. The views point into the input.
struct Sign1 {
    ByteView protected_header;   ///< the content of its byte string
    std::int64_t algorithm = 0;  ///< the only entry of the protected header
    ByteView payload;
    ByteView signature;
};

enum class Tagging : std::uint8_t { kOptional, kRequired };

/// @param input exactly one structure, with tag 18 or, where that is optional, without
/// @errors kMalformed: no such structure, or a protected header that holds anything but an algorithm's
/// number;
///   kLimitExceeded
[[nodiscard]] Result<Sign1> parse_sign1(ByteView input, Tagging tagging);

/// The bytes that a signature is made over: the Sig_structure with an empty external_aad.
[[nodiscard]] Bytes signed_bytes(const Sign1& sign1);

/// True when the algorithm is known, `key` is of its curve, and the signature fits.
[[nodiscard]] bool is_signed_by(const Sign1& sign1, const PublicKey& key);

}  // namespace redoubt::attestation::cose
