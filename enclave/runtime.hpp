/// The parent chain's runtime as the enclave uses it: what the calls it reads and signs look like.
///
/// Everything is resolved from metadata. The metadata comes from the host: on chains with CheckMetadataHash
/// each signature covers its digest, so that metadata which lies makes extrinsics invalid, not different.
#pragma once

#include <array>
#include <boundary/messages.hpp>
#include <cstdint>
#include <enclave/outbox.hpp>
#include <light-client/block_proof.hpp>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/result.hpp>
#include <stf/types/basic.hpp>
#include <substrate/metadata.hpp>
#include <substrate/metadata_hash.hpp>
#include <substrate/runtime_version.hpp>
#include <substrate/seal.hpp>
#include <trie/trie_root.hpp>

namespace redoubt::enclave {

/// Lifetimes of the enclave's extrinsics, in blocks. @source integritee-wire.md, section 2.1
inline constexpr std::uint64_t kRegistrationPeriod = 64;
inline constexpr std::uint64_t kConfirmationPeriod = 512;

/// Methods of attestation, as the registry numbers them.
inline constexpr std::uint8_t kMethodSkip = 0;
inline constexpr std::uint8_t kMethodIas = 1;
inline constexpr std::uint8_t kMethodDcap = 2;

class Runtime {
  public:
    /// @errors Refusal::kMetadataUnusable, kMetadataTooOld, kChainUnsupported
    [[nodiscard]] static Result<Runtime> make(ByteView metadata,
                                              const substrate::ChainProperties& properties);

    [[nodiscard]] const substrate::Metadata& metadata() const noexcept { return metadata_; }
    [[nodiscard]] std::uint32_t spec_version() const noexcept { return version_.spec_version; }
    [[nodiscard]] const std::string& spec_name() const noexcept { return version_.spec_name; }
    /// The runtime is the one that executed the block, as far as the block's state tells.
    [[nodiscard]] bool has_executed(const light_client::BlockFacts& facts) const noexcept {
        return !facts.executed_by || (facts.executed_by->spec_version == version_.spec_version &&
                                      facts.executed_by->spec_name == version_.spec_name);
    }
    /// How the runtime computes extrinsics roots. @source light-client.md, section 9.5
    [[nodiscard]] trie::StateVersion extrinsics_root_version() const noexcept {
        return version_.system_version >= 2 ? trie::StateVersion::kV1 : trie::StateVersion::kV0;
    }
    /// Present on chains with CheckMetadataHash.
    [[nodiscard]] const std::optional<Hash256>& metadata_hash() const noexcept { return metadata_hash_; }
    [[nodiscard]] stf::Balance existential_deposit() const noexcept { return existential_deposit_; }
    /// nullopt on chains without Aura.
    [[nodiscard]] std::optional<substrate::AuraScheme> aura_scheme() const noexcept { return aura_scheme_; }

    /// Pallet and call index of the calls the enclave reads.
    struct ReadCalls {
        std::array<std::uint8_t, 2> invoke{};
        std::array<std::uint8_t, 2> shield_funds{};
        std::array<std::uint8_t, 2> timestamp_set{};
        std::array<std::uint8_t, 2> confirm{};
        std::array<std::uint8_t, 2> unshield_funds{};
        std::array<std::uint8_t, 2> publish_hash{};
    };
    [[nodiscard]] const ReadCalls& read_calls() const noexcept { return read_calls_; }

    // The calls the enclave makes. @errors Refusal::kSigningFailed
    [[nodiscard]] Result<Bytes> encode_outbox_call(const stf::ShardId& shard, const OutboxCall& call) const;
    /// Teerex.register_sgx_enclave, not proxied. With kMethodSkip the proof is the measurement.
    /// @param method one of the three below
    [[nodiscard]] Result<Bytes> encode_registration(ByteView proof,
                                                    std::string_view url,
                                                    std::uint8_t method) const;
    /// Teerex.register_quoting_enclave or register_tcb_info.
    [[nodiscard]] Result<Bytes> encode_collateral(const boundary::SignCollateral& collateral) const;
    /// EnclaveBridge.update_shard_config with this fingerprint, enacted at once.
    [[nodiscard]] Result<Bytes> encode_shard_config(const stf::ShardId& shard,
                                                    const Hash256& fingerprint) const;

    /// Signs a call, valid from block `last` for `period` blocks. @errors Refusal::kSigningFailed
    [[nodiscard]] Result<boundary::Signed> sign(ByteView call,
                                                std::uint64_t period,
                                                std::uint32_t nonce,
                                                const boundary::BlockId& last,
                                                const Hash256& genesis_hash,
                                                const crypto::KeyPair& key) const;

  private:
    Runtime(substrate::Metadata metadata, substrate::RuntimeVersion version)
        : metadata_(std::move(metadata)), version_(std::move(version)) {}
    [[nodiscard]] Result<void> find_calls();

    substrate::Metadata metadata_;
    substrate::RuntimeVersion version_;
    std::optional<Hash256> metadata_hash_;
    stf::Balance existential_deposit_ = 0;
    std::optional<substrate::AuraScheme> aura_scheme_;
    ReadCalls read_calls_;
};

}  // namespace redoubt::enclave
