#include <attestation/peer/peer.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <attestation/sim/verifier.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/sim_evidence.hpp>

namespace redoubt::attestation {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

template <class T>
T filled(std::uint8_t byte) {
    T out;
    out.bytes.fill(byte);
    return out;
}

/// A worker with simulated evidence, and a policy that takes it.
class Peer : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!sim::is_built_in()) {
            GTEST_SKIP() << "this build has no verifier of simulated evidence (REDOUBT_SIMULATED_EVIDENCE)";
        }
    }

    Peer() {
        expected_.genesis_hash = filled<Hash256>(1);
        expected_.shard = filled<Hash256>(2);
        expected_.account = filled<AccountId>(3);
        expected_.fingerprint = tests::sim_claims().mr_enclave;
        expected_.shielding_key = Bytes(422, 4);
        expected_.nonce = Bytes(32, 5);
        block_.role = "worker";
        block_.signing_key = BoundSigningKey{.algorithm = SigningAlgorithm::kEd25519,
                                             .key = to_bytes(expected_.account.view())};
        block_.shielding_key =
            BoundShieldingKey{.algorithm = ShieldingAlgorithm::kRsa, .key = expected_.shielding_key};
        block_.genesis_hash = expected_.genesis_hash;
        block_.shard = expected_.shard;
        block_.tls_key_sha256 = filled<Hash256>(6);
        block_.nonce = expected_.nonce;
        policy_.accepted_types = {EvidenceType::kSimulation};
        policy_.allows_simulation = true;
        policy_.simulation_keys = {tests::sim_test_key()};
        setting_.time = {1'800'000'000};
        setting_.simulation = {
            .is_allowed = true, .is_development_chain = true, .trusted_keys = policy_.simulation_keys};
    }

    /// Evidence for the block as it is now.
    [[nodiscard]] Bundle bundle() const {
        auto claims = tests::sim_claims();
        Bundle out;
        out.type = EvidenceType::kSimulation;
        out.binding_block = encode(block_);
        claims.report_data = binding_report_data(*out.binding_block, BindingProfile::kDigest).value();
        out.evidence = tests::make_sim_evidence(claims);
        return out;
    }
    [[nodiscard]] PeerJudgement judge(const Bundle& bundle) const {
        return judge_worker(bundle, expected_, policy_, setting_);
    }

    ExpectedWorker expected_;
    BindingBlock block_;
    Policy policy_;
    AppraisalSetting setting_;
};

TEST_F(Peer, is_trusted_when_everything_fits) {
    const auto judged = judge(bundle());
    EXPECT_THAT(judged.reasons, IsEmpty());
    EXPECT_TRUE(judged.is_trusted());
    EXPECT_FALSE(judged.verdict.is_hardware);
    ASSERT_TRUE(judged.binding.has_value());
    EXPECT_EQ(*judged.binding, block_);
}

TEST_F(Peer, is_trusted_with_a_nonce_among_many) {
    const std::vector<Bytes> nonces{Bytes(16, 9), expected_.nonce, Bytes(64, 8)};
    block_.nonce = to_bytes(nonce_root(nonces).view());
    auto made = bundle();
    made.nonce_proof = ProvenNonce{expected_.nonce, prove_nonce(nonces, 1)};
    EXPECT_THAT(judge(made).reasons, IsEmpty());
    made.nonce_proof = ProvenNonce{nonces[2], prove_nonce(nonces, 2)};
    EXPECT_THAT(judge(made).reasons, ElementsAre(Reason::kPolicyNonce)) << "somebody else's question";
}

TEST_F(Peer, is_refused_for_each_item_that_differs_or_is_missing) {
    const auto whole = block_;
    const auto refused_for = [&](const std::function<void(BindingBlock&)>& change) {
        block_ = whole;
        change(block_);
        return judge(bundle()).reasons;
    };
    EXPECT_THAT(refused_for([](auto& block) { block.genesis_hash.reset(); }),
                ElementsAre(Reason::kBindGenesisMismatch));
    EXPECT_THAT(refused_for([](auto& block) { block.shard->bytes[0] ^= 1; }),
                ElementsAre(Reason::kBindShardMismatch));
    EXPECT_THAT(refused_for([](auto& block) { block.role = "client"; }),
                ElementsAre(Reason::kBindRoleMismatch));
    EXPECT_THAT(refused_for([](auto& block) { block.signing_key->key[0] ^= 1; }),
                ElementsAre(Reason::kBindSigningKeyMismatch));
    EXPECT_THAT(refused_for([](auto& block) { block.signing_key->algorithm = SigningAlgorithm::kSr25519; }),
                ElementsAre(Reason::kBindSigningKeyMismatch));
    EXPECT_THAT(refused_for([](auto& block) { block.shielding_key->key.back() ^= 1; }),
                ElementsAre(Reason::kBindShieldingKeyMismatch));
    EXPECT_THAT(refused_for([](auto& block) { block.nonce[0] ^= 1; }), ElementsAre(Reason::kPolicyNonce));
}

TEST_F(Peer, is_refused_when_the_connection_showed_another_key) {
    expected_.tls_key_sha256 = filled<Hash256>(6);
    EXPECT_THAT(judge(bundle()).reasons, IsEmpty());
    expected_.tls_key_sha256 = filled<Hash256>(7);
    EXPECT_THAT(judge(bundle()).reasons, ElementsAre(Reason::kBindTlsKeyMismatch));
}

TEST_F(Peer, is_refused_without_its_block_or_with_another_one) {
    auto made = bundle();
    made.binding_block.reset();
    EXPECT_THAT(judge(made).reasons, ElementsAre(Reason::kBindMissing));
    block_.role = "client";
    made.binding_block = encode(block_);
    EXPECT_THAT(judge(made).reasons, ElementsAre(Reason::kBindReportDataMismatch));
}

TEST_F(Peer, is_refused_when_it_runs_another_program_than_the_registered_one) {
    expected_.fingerprint.bytes[0] ^= 1;
    EXPECT_THAT(judge(bundle()).reasons, ElementsAre(Reason::kBindFingerprintMismatch));
}

TEST_F(Peer, is_refused_by_the_policy) {
    policy_.measurements = MeasurementRules{};
    EXPECT_THAT(judge(bundle()).reasons, ElementsAre(Reason::kPolicyMeasurementUnknown));
    policy_ = Policy{};
    EXPECT_THAT(judge(bundle()).reasons, Contains(Reason::kPolicyEvidenceType)) << "the production policy";
}

TEST_F(Peer, is_refused_when_the_evidence_is_not_looked_at) {
    setting_.simulation = {};
    const auto judged = judge(bundle());
    EXPECT_THAT(judged.reasons, ElementsAre(Reason::kSimNotAllowed));
    EXPECT_FALSE(judged.binding.has_value());
}

}  // namespace
}  // namespace redoubt::attestation
