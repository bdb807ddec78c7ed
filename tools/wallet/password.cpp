#include <tools/wallet/password.hpp>

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>
#include <primitives/bytes.hpp>
#include <primitives/crypto/constant_time.hpp>

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace redoubt::wallet {
namespace {

/// What Ctrl-C gives while a terminal's signals are switched off.
constexpr char kInterrupt = 3;

/// A terminal with echo and signals switched off; the old settings come back at the end. Without the second,
/// Ctrl-C would leave the user's terminal silent.
class SilentTerminal {
  public:
    explicit SilentTerminal(int descriptor) : descriptor_(descriptor) {
        if (tcgetattr(descriptor_, &before_) == 0) {
            auto silent = before_;
            silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
            changed_ = tcsetattr(descriptor_, TCSAFLUSH, &silent) == 0;
        }
    }
    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;
    ~SilentTerminal() {
        if (changed_) {
            tcsetattr(descriptor_, TCSAFLUSH, &before_);
        }
    }

  private:
    int descriptor_;
    bool changed_ = false;
    termios before_{};
};

void say(int descriptor, std::string_view text) {
    [[maybe_unused]] const auto written = write(descriptor, text.data(), text.size());
}

Failure too_long() {
    return usage_failure("password_too_long", "the text is too long", "Use at most 1024 bytes.");
}

Failure cancelled() {
    return interrupted("cancelled", "cancelled", "Nothing was done.");
}

/// One line, read byte by byte so that nothing behind it is taken and no stream buffer keeps it.
Fallible<crypto::SecretBuffer> read_line(int descriptor, std::size_t bytes_max, bool is_terminal = false) {
    crypto::SecretBuffer line{bytes_max};
    std::size_t size = 0;
    for (;;) {
        char c = 0;
        const auto count = read(descriptor, &c, 1);
        if (count < 0 && errno == EINTR) {
            return cancelled();
        }
        if (count <= 0) {
            if (size == 0) {
                return refused("password_unavailable", "the input ended before a line was read",
                               "Type the text at a terminal, or use --password-file or REDOUBT_PASSWORD.");
            }
            break;
        }
        if (c == '\n') {
            break;
        }
        if (is_terminal && c == kInterrupt) {
            return cancelled();
        }
        if (size == bytes_max) {
            return too_long();
        }
        line.expose_mut()[size++] = static_cast<std::uint8_t>(c);
    }
    if (size > 0 && line.expose()[size - 1] == '\r') {
        --size;
    }
    line.truncate(size);
    return line;
}

Fallible<crypto::SecretBuffer> read_password_file(const std::string& path) {
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return usage_failure("password_file_unreadable", "the password file " + path + " cannot be read",
                             "Name a file that exists and that you may read.");
    }
    auto line = read_line(descriptor, kPasswordBytesMax);
    close(descriptor);
    const bool ended_at_once = !line && line.error().code == "password_unavailable";
    if (ended_at_once || (line && line.value().size() == 0)) {
        return usage_failure("password_empty", "the first line of the password file " + path + " is empty",
                             "Write the password there; an account without one is made with --no-password.");
    }
    return line;
}

Fallible<crypto::SecretBuffer> given_password(const PasswordSource& source,
                                              const std::string& purpose,
                                              bool confirm) {
    if (source.file) {
        return read_password_file(*source.file);
    }
    if (const char* value = std::getenv(kPasswordVariable); value != nullptr) {
        const auto view = bytes_of(value);
        if (view.size() > kPasswordBytesMax) {
            return too_long();
        }
        return crypto::SecretBuffer::copy_of(view);
    }
    BOOST_OUTCOME_TRY(auto first, read_hidden_line(purpose + ": ", kPasswordBytesMax));
    if (confirm && first.size() > 0) {
        BOOST_OUTCOME_TRY(const auto second, read_hidden_line("Again: ", kPasswordBytesMax));
        if (first.size() != second.size() || !crypto::constant_time_equal(first.expose(), second.expose())) {
            return refused("password_mismatch", "the two passwords differ",
                           "Try again; nothing was written.");
        }
    }
    return first;
}

}  // namespace

Fallible<crypto::SecretBuffer> read_hidden_line(const std::string& prompt, std::size_t bytes_max) {
    const int terminal = isatty(STDIN_FILENO) == 1 ? open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY) : -1;
    if (terminal < 0) {
        return read_line(STDIN_FILENO, bytes_max);
    }
    say(terminal, prompt);
    auto line = [&] {
        const SilentTerminal silent{terminal};
        return read_line(terminal, bytes_max, true);
    }();
    say(terminal, "\n");
    close(terminal);
    return line;
}

Fallible<crypto::SecretBuffer> get_password(const PasswordSource& source,
                                            const std::string& purpose,
                                            bool confirm) {
    if (source.none) {
        return crypto::SecretBuffer{};
    }
    BOOST_OUTCOME_TRY(auto password, given_password(source, purpose, confirm));
    if (confirm && password.size() == 0) {
        return usage_failure(
            "password_empty", "an empty password protects nothing",
            "Choose a password, or say --no-password for an account that holds nothing of value.");
    }
    return password;
}

}  // namespace redoubt::wallet
