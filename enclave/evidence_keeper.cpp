#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <enclave/evidence_answer.hpp>
#include <enclave/evidence_keeper.hpp>
#include <optional>
#include <primitives/byte_cursor.hpp>
#include <utility>

namespace redoubt::enclave {

namespace {

std::uint64_t now_ms() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000 +
           static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
}

class Keeper {
  public:
    Keeper(int enclave_fd, const Produce& produce) : enclave_fd_(enclave_fd), produce_(produce) {}

    [[noreturn]] void run() {
        start();
        for (;;) {
            if (!maker_ && now_ms() >= start_at_ms_) {
                start();
                if (maker_) {
                    tell(frame_notice(AnswerKind::kStartedAgain));
                }
            }
            wait();
        }
    }

  private:
    struct Maker {
        pid_t pid = -1;
        int fd = -1;
    };

    void wait() {
        // One question is under way at most. That the enclave has gone is reported in any case.
        std::array<pollfd, 2> watched{{{enclave_fd_, static_cast<short>(is_asked_ ? 0 : POLLIN), 0},
                                       {maker_ ? maker_->fd : -1, POLLIN, 0}}};
        const auto now = now_ms();
        const int timeout = maker_ ? -1 : static_cast<int>(start_at_ms_ > now ? start_at_ms_ - now : 0);
        if (::poll(watched.data(), watched.size(), timeout) < 0) {
            if (errno == EINTR) {
                return;
            }
            _exit(1);
        }
        if ((watched[0].revents & POLLIN) != 0) {
            pass_question();
        } else if (watched[0].revents != 0) {
            _exit(0);
        }
        if (maker_ && watched[1].revents != 0) {
            pass_answer();
        }
    }

    void start() {
        std::array<int, 2> pair{-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
            put_off("cannot have a socket pair", std::strerror(errno));
            return;
        }
        const auto child = ::fork();
        if (child == 0) {
            ::close(pair[0]);
            ::close(enclave_fd_);
            produce_(pair[1]);
            _exit(1);
        }
        if (child < 0) {
            put_off("cannot be started", std::strerror(errno));
            ::close(pair[0]);
            ::close(pair[1]);
            return;
        }
        ::close(pair[1]);
        maker_ = Maker{.pid = child, .fd = pair[0]};
    }

    void pass_question() {
        std::array<std::uint8_t, kEvidenceQuestionBytes> question{};
        if (!read_whole(enclave_fd_, question)) {
            _exit(0);
        }
        is_asked_ = true;
        if (!maker_) {
            give_up_question();
        } else if (!write_whole(maker_->fd, question)) {
            end();
        }
    }

    void pass_answer() {
        std::array<std::uint8_t, 16 * 1024> buffer{};
        const auto count = ::read(maker_->fd, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            return;
        }
        if (count <= 0 || !is_asked_) {
            end();
            return;
        }
        append(received_, ByteView{buffer}.first(static_cast<std::size_t>(count)));
        ByteCursor in{received_};
        const auto size = in.take_le<std::uint32_t>();
        if (!size || (size.value() <= kAnswerBytesMax && in.remaining() < size.value())) {
            return;
        }
        if (size.value() > kAnswerBytesMax || in.remaining() > size.value()) {
            end();  // it is out of step
            return;
        }
        tell(received_);
        received_.clear();
        is_asked_ = false;
        pause_ms_ = 0;
    }

    /// The maker has ended, or is no longer understood: then it ends because nobody listens.
    void end() {
        const auto gone = *std::exchange(maker_, std::nullopt);
        ::close(gone.fd);
        received_.clear();
        give_up_question();
        int status = 0;
        while (::waitpid(gone.pid, &status, 0) < 0 && errno == EINTR) {
        }
        std::array<char, 32> how{};
        std::snprintf(how.data(), how.size(), WIFSIGNALED(status) ? "signal %d" : "exit code %d",
                      WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        put_off("has ended", how.data());
    }

    /// Says what happened, and when the next start is.
    void put_off(const char* what, const char* how) {
        std::fprintf(stderr, "redoubt-enclave: the process for evidence %s (%s): started again in %llu ms\n",
                     what, how, static_cast<unsigned long long>(pause_ms_));
        start_at_ms_ = now_ms() + pause_ms_;
        pause_ms_ = std::clamp(2 * pause_ms_, kEvidenceRestartMsMin, kEvidenceRestartMsMax);
    }

    void give_up_question() {
        if (std::exchange(is_asked_, false)) {
            tell(frame_notice(AnswerKind::kEnded));
        }
    }

    void tell(ByteView frame) const {
        if (!write_whole(enclave_fd_, frame)) {
            _exit(0);
        }
    }

    int enclave_fd_;
    const Produce& produce_;
    std::optional<Maker> maker_;
    bool is_asked_ = false;
    Bytes received_;
    std::uint64_t pause_ms_ = 0;
    std::uint64_t start_at_ms_ = 0;
};

}  // namespace

void keep_evidence(int enclave_fd, const Produce& produce, ProducerNeeds needs) {
    if (const auto locked = enter_keeper_sandbox(enclave_fd, needs); !locked) {
        std::fprintf(stderr,
                     "redoubt-enclave: the keeper of the process for evidence cannot lock itself down: %s\n",
                     locked.error().message().c_str());
        _exit(1);
    }
    Keeper{enclave_fd, produce}.run();
}

}  // namespace redoubt::enclave
