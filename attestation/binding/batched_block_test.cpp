#include <attestation/binding/batched_block.hpp>

#include <gtest/gtest.h>

#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation {
namespace {

struct Made {
    Bytes block;
    FixedBytes<64> report_data;
};

Made block_over(Bytes nonce, BindingProfile profile = BindingProfile::kDigest) {
    BindingBlock block;
    block.role = "worker";
    block.signing_key = BoundSigningKey{SigningAlgorithm::kEd25519, Bytes(32, 5)};
    block.nonce = std::move(nonce);
    Made out{.block = encode(block), .report_data = {}};
    out.report_data = binding_report_data(out.block, profile).value();
    return out;
}

const std::vector<Bytes> kNonces = {Bytes(16, 1), Bytes(32, 2), Bytes(64, 3)};

TEST(BatchedBlock, opens_for_each_caller_with_the_callers_nonce) {
    const auto made = block_over(to_bytes(nonce_root(kNonces).view()));
    for (std::size_t i = 0; i < kNonces.size(); ++i) {
        const auto opened =
            open_batched_block(made.block, prove_nonce(kNonces, i), kNonces[i], made.report_data.view());
        ASSERT_OK(opened);
        EXPECT_EQ(opened.value().nonce, kNonces[i]);
        EXPECT_EQ(opened.value().role, "worker");
    }
}

TEST(BatchedBlock, rejects_nonces_and_proofs_that_do_not_lead_to_its_root) {
    const auto made = block_over(to_bytes(nonce_root(kNonces).view()));
    const auto open = [&](const NonceProof& proof, const Bytes& nonce) {
        return open_batched_block(made.block, proof, nonce, made.report_data.view());
    };
    const auto proof = prove_nonce(kNonces, 1);
    EXPECT_ERROR(open(proof, kNonces[0]), Reason::kPolicyNonce);
    EXPECT_ERROR(open(proof, Bytes(15)), Reason::kBindMalformed);
    EXPECT_ERROR(open(proof, Bytes(65)), Reason::kBindMalformed);
    auto changed = proof;
    changed.path[0].bytes[0] ^= 1;
    EXPECT_ERROR(open(changed, kNonces[1]), Reason::kPolicyNonce);
    changed = proof;
    changed.index = 0;
    EXPECT_ERROR(open(changed, kNonces[1]), Reason::kPolicyNonce);
    changed = proof;
    changed.path.pop_back();
    EXPECT_ERROR(open(changed, kNonces[1]), Reason::kBindMalformed);
}

TEST(BatchedBlock, rejects_evidence_that_was_made_for_something_else) {
    const auto proof = prove_nonce(kNonces, 1);
    const auto made = block_over(to_bytes(nonce_root(kNonces).view()));
    EXPECT_ERROR(open_batched_block(made.block, proof, kNonces[1], Bytes(64)),
                 Reason::kBindReportDataMismatch);
    const auto alone = block_over(kNonces[1]);
    EXPECT_ERROR(open_batched_block(alone.block, proof, kNonces[1], alone.report_data.view()),
                 Reason::kPolicyNonce);
    const auto registration = block_over(to_bytes(nonce_root(kNonces).view()), BindingProfile::kRegistry);
    EXPECT_ERROR(open_batched_block(registration.block, proof, kNonces[1], registration.report_data.view()),
                 Reason::kBindReportDataMismatch);
}

}  // namespace
}  // namespace redoubt::attestation
