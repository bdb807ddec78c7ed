#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstdio>
#include <enclave/evidence_answer.hpp>
#include <enclave/evidence_keeper.hpp>
#include <enclave/evidence_process.hpp>
#include <primitives/byte_cursor.hpp>
#include <primitives/crypto/initialise.hpp>
#include <utility>

namespace redoubt::enclave {

namespace {

using attestation::produce::Evidence;
std::error_code last_error() {
    return {errno, std::generic_category()};
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

/// The life of the process that makes evidence.
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
    std::array<std::uint8_t, kEvidenceQuestionBytes> question{};
    while (read_whole(fd, question)) {
        const auto made = answer(open, provider, question);
        if (!made) {
            std::fprintf(stderr, "redoubt-enclave: no evidence: %s\n", made.error().message().c_str());
        }
        if (!write_whole(fd, frame_answer(encode_answer(made)))) {
            break;
        }
    }
    _exit(0);
}

}  // namespace

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
        const auto make = [&](int fd) { produce(fd, open, needs); };
        if (needs) {
            keep_evidence(pair[1], make, *needs);
        }
        make(pair[1]);
    }
    ::close(pair[1]);
    std::unique_ptr<EvidenceProcess> out{new EvidenceProcess{pair[0], child}};
    if (::fcntl(pair[0], F_SETFL, O_NONBLOCK) != 0) {
        return last_error();
    }
    return out;
}

EvidenceProcess::~EvidenceProcess() {
    ::close(fd_);
}

void EvidenceProcess::begin(attestation::produce::ReportData report_data) {
    answer_.reset();
    // The socket is empty, as one question is under way at most: a question fits it at once, or nobody reads.
    is_gone_ = is_gone_ || ::write(fd_, report_data.data(), report_data.size()) !=
                               static_cast<ssize_t>(report_data.size());
}

void EvidenceProcess::receive() {
    std::array<std::uint8_t, 16 * 1024> buffer{};
    while (!is_gone_) {
        const auto count = ::read(fd_, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0 && errno == EAGAIN) {
            break;
        }
        is_gone_ = count <= 0;
        if (!is_gone_) {
            append(received_, ByteView{buffer}.first(static_cast<std::size_t>(count)));
            take_frames();
        }
    }
}

void EvidenceProcess::take_frames() {
    ByteCursor in{received_};
    auto rest = in.rest();
    while (const auto size = in.take_le<std::uint32_t>()) {
        if (size.value() > kAnswerBytesMax) {
            is_gone_ = true;  // out of step
            return;
        }
        if (in.remaining() < size.value()) {
            break;
        }
        const auto body = in.take(size.value()).value();
        if (is_notice(body, AnswerKind::kStartedAgain)) {
            ++restarts_;
        } else {
            answer_ = decode_answer(body);
        }
        rest = in.rest();
    }
    received_ = to_bytes(rest);
}

std::optional<Result<Evidence>> EvidenceProcess::poll() {
    receive();
    if (!answer_ && is_gone_) {
        return Result<Evidence>{EvidenceError::kGone};
    }
    return std::exchange(answer_, std::nullopt);
}

void EvidenceProcess::collect() {
    int status = 0;
    if (end_ || ::waitpid(child_, &status, WNOHANG) != child_) {
        return;
    }
    const bool by_signal = WIFSIGNALED(status);
    const auto code = by_signal ? WTERMSIG(status) : WEXITSTATUS(status);
    end_ = boundary::ProcessEnd{.by_signal = by_signal, .code = static_cast<std::uint8_t>(code)};
}

ProducerHealth EvidenceProcess::health() {
    receive();
    if (is_gone_) {
        collect();
    }
    return {.restarts = restarts_, .is_gone = is_gone_, .end = end_};
}

}  // namespace redoubt::enclave
