#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <attestation/produce/produce_error.hpp>
#include <cerrno>
#include <cstdio>
#include <enclave/evidence_process.hpp>
#include <primitives/crypto/initialise.hpp>
#include <primitives/scale.hpp>

namespace redoubt::enclave {

namespace {

using attestation::produce::Evidence;
using attestation::produce::ProduceError;

constexpr std::size_t kQuestionBytes = 64;
constexpr std::uint8_t kMade = 0;
constexpr std::uint8_t kFailed = 1;
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kAnswerBytesMax =
    attestation::produce::kProducedBytesMax + attestation::produce::kEndorsementsBytesMax + 64;

std::error_code last_error() {
    return {errno, std::generic_category()};
}

bool read_question(int fd, std::span<std::uint8_t> out) {
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

Result<Evidence> answer(const EvidenceProcess::OpenProvider& open,
                        std::unique_ptr<attestation::produce::Provider>& provider,
                        attestation::produce::ReportData question) {
    if (!provider) {
        BOOST_OUTCOME_TRY(provider, open());
    }
    auto made = provider->generate(question);
    if (!made) {
        provider.reset();
    }
    return made;
}

/// The life of the other process.
[[noreturn]] void produce(int fd,
                          const EvidenceProcess::OpenProvider& open,
                          std::optional<ProducerNeeds> needs) {
    crypto::initialise();
    if (needs) {
        if (const auto locked = enter_producer_sandbox(fd, *needs); !locked) {
            std::fprintf(stderr, "redoubt-enclave: the process for evidence cannot lock itself down: %s\n",
                         locked.error().message().c_str());
            _exit(1);
        }
    }
    std::unique_ptr<attestation::produce::Provider> provider;
    std::array<std::uint8_t, kQuestionBytes> question{};
    while (read_question(fd, question)) {
        const auto made = answer(open, provider, question);
        if (!made) {
            std::fprintf(stderr, "redoubt-enclave: no evidence: %s\n", made.error().message().c_str());
        }
        const auto bytes = encode_answer(made);
        if (!write_whole(fd, concat(scale::encode(static_cast<std::uint32_t>(bytes.size())), bytes))) {
            break;
        }
    }
    _exit(0);
}

}  // namespace

Bytes encode_answer(const Result<Evidence>& answer) {
    if (!answer) {
        const bool is_known = answer.error().category() == error_category<ProduceError>();
        const auto error = is_known ? answer.error().value() : static_cast<int>(ProduceError::kSystem);
        return scale::encode_all(kFailed, static_cast<std::uint32_t>(error));
    }
    const auto& made = answer.value();
    return scale::encode_all(kMade, static_cast<std::uint16_t>(made.type), made.evidence, made.endorsements);
}

Result<Evidence> decode_answer(ByteView bytes) {
    const auto decoded = [&]() -> Result<Evidence> {
        ByteCursor in{bytes};
        BOOST_OUTCOME_TRY(const auto kind, in.take_byte());
        if (kind == kFailed) {
            BOOST_OUTCOME_TRY(const auto error, in.take_le<std::uint32_t>());
            BOOST_OUTCOME_TRY(in.expect_end());
            if (error < 1 || error > static_cast<std::uint32_t>(ProduceError::kSystem)) {
                return EvidenceError::kUnreadable;
            }
            return static_cast<ProduceError>(error);
        }
        BOOST_OUTCOME_TRY(const auto code, in.take_le<std::uint16_t>());
        const auto type = attestation::evidence_type_of(code);
        BOOST_OUTCOME_TRY(const auto evidence,
                          scale::read_bytes(in, attestation::produce::kProducedBytesMax));
        BOOST_OUTCOME_TRY(const auto endorsements,
                          scale::read_bytes(in, attestation::produce::kEndorsementsBytesMax));
        BOOST_OUTCOME_TRY(in.expect_end());
        if (kind != kMade || !type) {
            return EvidenceError::kUnreadable;
        }
        return Evidence{
            .type = *type, .evidence = to_bytes(evidence), .endorsements = to_bytes(endorsements)};
    }();
    if (!decoded && decoded.error().category() == error_category<DecodeError>()) {
        return EvidenceError::kUnreadable;
    }
    return decoded;
}

Result<std::unique_ptr<EvidenceProcess>> EvidenceProcess::start(const OpenProvider& open,
                                                                std::optional<ProducerNeeds> needs) {
    std::array<int, 2> pair{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
        return last_error();
    }
    const auto child = ::fork();
    if (child < 0) {
        const auto error = last_error();
        ::close(pair[0]);
        ::close(pair[1]);
        return error;
    }
    if (child == 0) {
        ::close(pair[0]);
        produce(pair[1], open, needs);
    }
    ::close(pair[1]);
    std::unique_ptr<EvidenceProcess> out{new EvidenceProcess{pair[0]}};
    if (::fcntl(pair[0], F_SETFL, O_NONBLOCK) != 0) {
        return last_error();
    }
    return out;
}

EvidenceProcess::~EvidenceProcess() {
    ::close(fd_);
}

void EvidenceProcess::begin(attestation::produce::ReportData report_data) {
    received_.clear();
    // The socket is empty, as one question is under way at most: a question fits it at once, or nobody reads.
    is_gone_ = is_gone_ || ::write(fd_, report_data.data(), report_data.size()) !=
                               static_cast<ssize_t>(report_data.size());
}

std::optional<Result<Evidence>> EvidenceProcess::poll() {
    std::array<std::uint8_t, 16 * 1024> buffer{};
    while (!is_gone_) {
        const auto count = ::read(fd_, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0 && errno == EAGAIN) {
            break;
        }
        is_gone_ = count <= 0 || received_.size() > kAnswerBytesMax;
        if (!is_gone_) {
            append(received_, ByteView{buffer}.first(static_cast<std::size_t>(count)));
        }
    }
    ByteCursor in{received_};
    const auto size = in.take_le<std::uint32_t>();
    if (size && in.remaining() >= size.value()) {
        const auto out = in.remaining() == size.value() ? decode_answer(in.rest())
                                                        : Result<Evidence>{EvidenceError::kUnreadable};
        received_.clear();
        return out;
    }
    if (is_gone_ || (size && size.value() > kAnswerBytesMax)) {
        is_gone_ = true;
        return Result<Evidence>{EvidenceError::kGone};
    }
    return std::nullopt;
}

}  // namespace redoubt::enclave
