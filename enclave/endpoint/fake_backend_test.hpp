/// A backend with fixed answers, for tests of the endpoint alone.
#pragma once

#include <boundary/refusal.hpp>
#include <enclave/endpoint/endpoint.hpp>
#include <enclave/endpoint/json_rpc.hpp>
#include <enclave/endpoint_backend.hpp>
#include <primitives/scale.hpp>
#include <stf/chain_reader.hpp>

#include <functional>
#include <map>

namespace redoubt::enclave::endpoint::tests {

template <class Fixed>
[[nodiscard]] Fixed filled(std::uint8_t byte) {
    Fixed out;
    out.bytes.fill(byte);
    return out;
}

class FakeBackend final : public EndpointBackend {
  public:
    std::string key_json = R"({"n":[1,2,3],"e":[1,0,1,0]})";
    stf::ShardId shard_id = filled<stf::ShardId>(7);
    Hash256 measurement = filled<Hash256>(9);
    std::map<AccountId, std::uint32_t> nonces;
    std::function<Result<std::optional<Bytes>>(const stf::Request&)> getter = [](const stf::Request&) {
        return Result<std::optional<Bytes>>{std::optional<Bytes>{scale::encode(std::uint32_t{42})}};
    };
    std::map<Hash256, CallStatus> statuses;
    HealthReport report;
    crypto::SecretBytes<32> seed = crypto::SecretBytes<32>::copy_of(filled<Hash256>(1).bytes);
    Bytes identity;

    [[nodiscard]] std::string shielding_key_json() const override { return key_json; }
    [[nodiscard]] stf::ShardId shard() const override { return shard_id; }
    [[nodiscard]] Hash256 fingerprint() const override { return measurement; }
    [[nodiscard]] std::uint32_t nonce_of(const AccountId& account) const override {
        const auto found = nonces.find(account);
        return found == nonces.end() ? 0 : found->second;
    }
    /// Keys that each getter reads, one after the other, and what is proven of all keys.
    std::vector<Bytes> reads_keys;
    std::optional<boundary::BlockId> block = boundary::BlockId{.number = 5, .hash = {}};
    bool proofs_hold = true;

    [[nodiscard]] Result<std::optional<Bytes>> execute_getter(const stf::Request& request,
                                                              ChainReads& reads) const override {
        if (reads.block != block) {
            reads.block = block;
            reads.proven.clear();
            reads.missing.clear();
        }
        for (const auto& key : reads_keys) {
            if (!reads.proven.contains(key)) {
                reads.missing.push_back(key);
                return stf::ChainReadError::kNotProvenYet;
            }
        }
        return getter(request);
    }
    [[nodiscard]] Result<void> prove_reads(ByteView,
                                           std::span<const Bytes> proof,
                                           ChainReads& reads) const override {
        if (!proofs_hold) {
            return boundary::Refusal::kStateProofBad;
        }
        for (const auto& key : reads.missing) {
            reads.proven[key] = proof.empty() ? std::nullopt : std::optional{proof.front()};
        }
        reads.missing.clear();
        return success();
    }
    [[nodiscard]] CallStatus call_status(const Hash256& hash) const override {
        const auto found = statuses.find(hash);
        return found == statuses.end() ? CallStatus{} : found->second;
    }
    std::map<std::uint32_t, Hash256> state_roots;
    bool readable = true;
    [[nodiscard]] std::optional<Hash256> state_root(std::uint32_t number) const override {
        const auto found = state_roots.find(number);
        return found == state_roots.end() ? std::nullopt : std::optional{found->second};
    }
    [[nodiscard]] bool state_is_readable() const override { return readable; }
    [[nodiscard]] HealthReport health() const override { return report; }
    [[nodiscard]] std::string_view version() const override { return "0.1.0"; }
    [[nodiscard]] const crypto::SecretBytes<32>& signing_seed() const override { return seed; }
    [[nodiscard]] ByteView identity_extension() const override { return identity; }
};

/// Answers a message that reads no chain state.
[[nodiscard]] inline std::optional<std::string> answer_json_rpc(const FakeBackend& backend,
                                                                std::string_view text) {
    ChainReads reads;
    return endpoint::answer_json_rpc(backend, text, reads);
}

/// Keys that are the same in each run.
[[nodiscard]] inline TlsKeys fixed_keys() {
    return {.ed25519_seed = crypto::SecretBytes<32>::copy_of(filled<Hash256>(1).bytes),
            .p256_scalar = crypto::SecretBytes<32>::copy_of(filled<Hash256>(2).bytes)};
}

}  // namespace redoubt::enclave::endpoint::tests
