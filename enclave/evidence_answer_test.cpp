#include <gtest/gtest.h>
#include <attestation/produce/produce_error.hpp>
#include <enclave/evidence_answer.hpp>
#include <enclave/evidence_producer.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::enclave {
namespace {

using attestation::produce::Evidence;
using attestation::produce::ProduceError;

TEST(EvidenceAnswer, travels_unchanged_and_is_refused_when_it_is_cut) {
    const Evidence made{.type = attestation::EvidenceType::kSnp,
                        .evidence = Bytes(attestation::produce::kProducedBytesMax, 1),
                        .endorsements = Bytes(attestation::produce::kEndorsementsBytesMax, 2)};
    const auto bytes = encode_answer(made);
    EXPECT_EQ(decode_answer(bytes).value(), made);
    EXPECT_ERROR(decode_answer(ByteView{bytes}.first(bytes.size() - 1)), EvidenceError::kUnreadable);
    EXPECT_ERROR(decode_answer(concat(bytes, Bytes{0})), EvidenceError::kUnreadable);
    EXPECT_ERROR(decode_answer({}), EvidenceError::kUnreadable);
    EXPECT_ERROR(decode_answer(Bytes{2}), EvidenceError::kEnded);
    EXPECT_ERROR(decode_answer(Bytes{2, 1, 0, 0, 0}), EvidenceError::kUnreadable);
    EXPECT_ERROR(decode_answer(Bytes{3}), EvidenceError::kUnreadable);
    for (int error = 1; error <= static_cast<int>(ProduceError::kSystem); ++error) {
        const auto known = static_cast<ProduceError>(error);
        EXPECT_ERROR(decode_answer(encode_answer(known)), known);
    }
    EXPECT_ERROR(decode_answer(encode_answer(make_error_code(std::errc::io_error))), ProduceError::kSystem);
    EXPECT_ERROR(decode_answer(Bytes{1, 0, 0, 0, 0}), EvidenceError::kUnreadable);
    EXPECT_ERROR(decode_answer(Bytes{1, 200, 0, 0, 0}), EvidenceError::kUnreadable);
}

}  // namespace
}  // namespace redoubt::enclave
