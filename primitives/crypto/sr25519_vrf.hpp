/// The VRF of sr25519: what BABE authors prove their slots with.
///
/// @source light-client.md, section 5.7
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/crypto/merlin.hpp>
#include <primitives/crypto/sr25519.hpp>
#include <primitives/uint128.hpp>

namespace redoubt::crypto::sr25519 {

/// A point that depends on the input and the secret key alone.
using VrfOutput = FixedBytes<32>;
/// c (32) ++ s (32): shows that the output belongs to the public key.
using VrfProof = FixedBytes<64>;

struct VrfClaim {
    VrfOutput output;
    VrfProof proof;
};

/// The input of BABE: slot, epoch index and the epoch's randomness.
[[nodiscard]] Transcript babe_vrf_input(std::uint64_t slot, std::uint64_t epoch, const Hash256& randomness);

/// Evaluates the VRF. @param input  before the public key was bound to it
/// @param extra  what the proof transcript starts from; BABE's is vrf_proof_transcript()
[[nodiscard]] VrfClaim vrf_sign(const SecretKey& key, const Transcript& input, const Transcript& extra);

/// True when `claim` is `public_key`'s for `input`.
[[nodiscard]] bool vrf_verify(const PublicKey& public_key,
                              const Transcript& input,
                              const VrfClaim& claim,
                              const Transcript& extra);

/// The transcript "VRF" without additions.
[[nodiscard]] Transcript vrf_proof_transcript();

/// 16 bytes derived from the output, as a number: BABE compares it with its threshold.
/// @pre `public_key` and `output` passed vrf_verify
[[nodiscard]] uint128 babe_vrf_value(const PublicKey& public_key,
                                     const Transcript& input,
                                     const VrfOutput& output);

}  // namespace redoubt::crypto::sr25519
