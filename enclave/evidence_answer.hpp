/// What travels back from the process that makes evidence: frames of a length (u32) and a body whose first
/// byte says what it is.
///
/// @source docs/adr/0029-evidence-is-made-beside-the-enclave.md
#pragma once

#include <attestation/produce/provider.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

namespace redoubt::enclave {

/// What goes there: the report data.
inline constexpr std::size_t kEvidenceQuestionBytes = 64;
inline constexpr std::size_t kAnswerBytesMax =
    attestation::produce::kProducedBytesMax + attestation::produce::kEndorsementsBytesMax + 64;

enum class AnswerKind : std::uint8_t {
    kMade = 0,
    kFailed = 1,
    kEnded = 2,         ///< what was to make it has ended
    kStartedAgain = 3,  ///< answers nothing: what had ended runs again
};

/// An answer of the process itself: kMade or kFailed.
[[nodiscard]] Bytes encode_answer(const Result<attestation::produce::Evidence>& answer);
/// @errors EvidenceError: kEnded, kUnreadable; produce::ProduceError that was sent
[[nodiscard]] Result<attestation::produce::Evidence> decode_answer(ByteView bytes);

/// A body with its length before it.
[[nodiscard]] Bytes frame_answer(ByteView body);
/// A body of one byte, with its length.
[[nodiscard]] Bytes frame_notice(AnswerKind kind);
[[nodiscard]] bool is_notice(ByteView body, AnswerKind kind);

/// Writes everything, waiting as long as it takes. False when nobody reads any more.
[[nodiscard]] bool write_whole(int fd, ByteView bytes);
/// Reads as many bytes as `out` has. False when there are no more.
[[nodiscard]] bool read_whole(int fd, std::span<std::uint8_t> out);

}  // namespace redoubt::enclave
