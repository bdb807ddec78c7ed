#include <unistd.h>
#include <attestation/produce/produce_error.hpp>
#include <cerrno>
#include <enclave/evidence_answer.hpp>
#include <enclave/evidence_producer.hpp>
#include <primitives/scale.hpp>

namespace redoubt::enclave {

namespace {

using attestation::produce::Evidence;
using attestation::produce::ProduceError;

Result<Evidence> decode(ByteView bytes) {
    ByteCursor in{bytes};
    BOOST_OUTCOME_TRY(const auto byte, in.take_byte());
    const auto kind = static_cast<AnswerKind>(byte);
    if (kind == AnswerKind::kEnded) {
        BOOST_OUTCOME_TRY(in.expect_end());
        return EvidenceError::kEnded;
    }
    if (kind == AnswerKind::kFailed) {
        BOOST_OUTCOME_TRY(const auto error, in.take_le<std::uint32_t>());
        BOOST_OUTCOME_TRY(in.expect_end());
        if (error < 1 || error > static_cast<std::uint32_t>(ProduceError::kSystem)) {
            return EvidenceError::kUnreadable;
        }
        return static_cast<ProduceError>(error);
    }
    BOOST_OUTCOME_TRY(const auto code, in.take_le<std::uint16_t>());
    const auto type = attestation::evidence_type_of(code);
    BOOST_OUTCOME_TRY(const auto evidence, scale::read_bytes(in, attestation::produce::kProducedBytesMax));
    BOOST_OUTCOME_TRY(const auto endorsements,
                      scale::read_bytes(in, attestation::produce::kEndorsementsBytesMax));
    BOOST_OUTCOME_TRY(in.expect_end());
    if (kind != AnswerKind::kMade || !type) {
        return EvidenceError::kUnreadable;
    }
    return Evidence{.type = *type, .evidence = to_bytes(evidence), .endorsements = to_bytes(endorsements)};
}

}  // namespace

Bytes encode_answer(const Result<Evidence>& answer) {
    if (!answer) {
        const bool is_known = answer.error().category() == error_category<ProduceError>();
        const auto error = is_known ? answer.error().value() : static_cast<int>(ProduceError::kSystem);
        return scale::encode_all(static_cast<std::uint8_t>(AnswerKind::kFailed),
                                 static_cast<std::uint32_t>(error));
    }
    const auto& made = answer.value();
    return scale::encode_all(static_cast<std::uint8_t>(AnswerKind::kMade),
                             static_cast<std::uint16_t>(made.type), made.evidence, made.endorsements);
}

Result<Evidence> decode_answer(ByteView bytes) {
    auto decoded = decode(bytes);
    if (!decoded && decoded.error().category() == error_category<DecodeError>()) {
        return EvidenceError::kUnreadable;
    }
    return decoded;
}

Bytes frame_answer(ByteView body) {
    return concat(scale::encode(static_cast<std::uint32_t>(body.size())), body);
}

Bytes frame_notice(AnswerKind kind) {
    return frame_answer(scale::encode(static_cast<std::uint8_t>(kind)));
}

bool is_notice(ByteView body, AnswerKind kind) {
    return body.size() == 1 && body[0] == static_cast<std::uint8_t>(kind);
}

bool write_whole(int fd, ByteView bytes) {
    while (!bytes.empty()) {
        const auto count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return false;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

bool read_whole(int fd, std::span<std::uint8_t> out) {
    while (!out.empty()) {
        const auto count = ::read(fd, out.data(), out.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return false;
        }
        out = out.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

}  // namespace redoubt::enclave
