#include <attestation/binding/batched_block.hpp>

namespace redoubt::attestation {

Result<BindingBlock> open_batched_block(ByteView block,
                                        const NonceProof& proof,
                                        ByteView nonce,
                                        ByteView report_data) {
    BOOST_OUTCOME_TRY(auto opened, open_binding_block(block, BindingProfile::kDigest, report_data));
    BOOST_OUTCOME_TRY(const auto root, root_of_proof(nonce, proof));
    if (!equal(opened.nonce, root.view())) {
        return Reason::kPolicyNonce;
    }
    opened.nonce = to_bytes(nonce);
    return opened;
}

}  // namespace redoubt::attestation
