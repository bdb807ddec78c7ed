/// The binding block: what a worker wants its evidence to vouch for, namely its keys, its chain, its shard
/// and the request it answers. The evidence carries a digest of the block as report data.
///
/// @source attestation.md, section 14.2
#pragma once

#include <attestation/reason.hpp>
#include <attestation/verification_time.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace redoubt::attestation {

enum class SigningAlgorithm : std::uint8_t { kEd25519 = 1, kSr25519 = 2, kSecp256k1 = 3, kP256 = 4 };
enum class ShieldingAlgorithm : std::uint8_t { kRsa = 1, kX25519 = 2 };

/// 32 bytes for kEd25519 and kSr25519, 33 for the others, compressed.
struct BoundSigningKey {
    SigningAlgorithm algorithm = SigningAlgorithm::kEd25519;
    Bytes key;
    bool operator==(const BoundSigningKey&) const = default;
};

/// A SubjectPublicKeyInfo of at most 1,024 bytes for kRsa, 32 bytes for kX25519.
struct BoundShieldingKey {
    ShieldingAlgorithm algorithm = ShieldingAlgorithm::kX25519;
    Bytes key;
    bool operator==(const BoundShieldingKey&) const = default;
};

inline constexpr std::size_t kRoleBytesMax = 32;
inline constexpr std::size_t kRsaKeyBytesMax = 1024;
inline constexpr std::size_t kNonceBytesMin = 16;
inline constexpr std::size_t kNonceBytesMax = 64;
/// All items at their largest.
inline constexpr std::size_t kBindingBlockBytesMax = 2048;

struct BindingBlock {
    std::string role;  ///< printable ASCII, for example `worker`; empty when it is not stated
    std::optional<BoundSigningKey> signing_key;
    std::optional<BoundShieldingKey> shielding_key;
    std::optional<Hash256> genesis_hash;
    std::optional<Hash256> shard;
    std::optional<Hash256> tls_key_sha256;  ///< of the certificate's SubjectPublicKeyInfo
    Bytes nonce;                            ///< what the evidence answers; never missing
    std::optional<Hash256> configuration;
    std::optional<Hash256> channel_binding;
    std::optional<VerificationTime> issued_at;
    Bytes previous_measurement;  ///< 32 or 48 bytes; empty when there is none

    bool operator==(const BindingBlock&) const = default;
};

/// Items tag u8 ++ length u32 ++ value, in ascending order, each once.
/// @errors kBindMalformed
[[nodiscard]] Result<BindingBlock> decode_binding_block(ByteView bytes);
/// @pre each member has one of its lengths
[[nodiscard]] Bytes encode(const BindingBlock& block);

/// How report data is made of a block. The context fixes it; a message never does.
enum class BindingProfile : std::uint8_t {
    kDigest,    ///< SHA-512 of domain and block ("G")
    kRegistry,  ///< signing key of 32 bytes, then SHA-256 of domain and block ("T"): what Teerex reads
};

/// @param bytes the block as it is sent
/// @errors kBindMalformed; with kRegistry also without a signing key of 32 bytes
[[nodiscard]] Result<FixedBytes<64>> binding_report_data(ByteView bytes, BindingProfile profile);

/// Decodes a block whose report data is that of the evidence, compared in constant time.
/// @param report_data of a verified verdict
/// @errors kBindMalformed, kBindReportDataMismatch
[[nodiscard]] Result<BindingBlock> open_binding_block(ByteView bytes,
                                                      BindingProfile profile,
                                                      ByteView report_data);

/// What a verifier expects; what is not set is not compared.
struct BindingExpectation {
    std::optional<Hash256> genesis_hash{};
    std::optional<Hash256> shard{};
    std::optional<Bytes> nonce{};
    std::optional<std::string> role{};
    std::optional<BoundSigningKey> signing_key{};
    std::optional<BoundShieldingKey> shielding_key{};
    std::optional<Hash256> tls_key_sha256{};
    std::optional<Hash256> channel_binding{};
    /// How long ago the block may have been issued; it may be 5 minutes in the future.
    std::optional<std::int64_t> age_s_max{};
};

/// Every expectation that the block does not meet. An item that is expected and missing is not met.
[[nodiscard]] std::vector<Reason> violations(const BindingBlock& block,
                                             const BindingExpectation& expected,
                                             VerificationTime now);

}  // namespace redoubt::attestation
