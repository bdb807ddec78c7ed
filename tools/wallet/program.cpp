#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <attestation/self_test/self_test.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <ostream>
#include <tools/wallet/command_line.hpp>

namespace redoubt::wallet {
namespace {

/// How long a command may take to put its things away after its time is up.
constexpr std::chrono::seconds kUnwindTime{2};

/// `result` outlives the task.
Task<void> carry_out(Context& context, const CommandTask& command, std::optional<Fallible<Report>>& result) {
    auto task = command(context);
    result.emplace(co_await std::move(task));
}

/// What to do about something that is out and not followed any further; empty when nothing is.
std::string before_a_retry(const Context& context) {
    const auto facts = context.facts();
    if (!facts.is_object()) {
        return "";
    }
    if (const auto operation = facts.find("operation_hash"); operation != facts.end()) {
        return "What was submitted may still take effect: ask redoubt trusted status " +
               operation->get<std::string>() + " before you send it again.";
    }
    return "What was submitted may still take effect: look for it before you send it again.";
}

Failure out_of_time(const Context& context) {
    const auto remedy = before_a_retry(context);
    return timed_out(
        "timed_out",
        "no result within " + std::to_string(context.settings().timeout.count()) + " seconds, while " +
            context.stage(),
        remedy + (remedy.empty() ? "" : " ") + "Wait longer with --timeout SECONDS, or use another node.");
}

Failure stopped(const Context& context) {
    const auto remedy = before_a_retry(context);
    return interrupted("interrupted", "stopped by a signal, while " + context.stage(),
                       remedy.empty() ? "Nothing was submitted." : remedy);
}

/// What was submitted belongs to every failure after it, whatever the failure says itself.
Failure with_facts(Failure failure, const Context& context) {
    auto details = context.facts();
    if (failure.details.is_object() && details.is_object()) {
        details.update(failure.details);
    } else if (!failure.details.is_null()) {
        details = failure.details;
    }
    failure.details = std::move(details);
    return failure;
}

Failure broken(const std::string& what) {
    return refused("internal", "the wallet failed in an unexpected way: " + what, "Please report this.");
}

bool asks_for_json(const std::vector<std::string>& arguments) {
    for (const auto& argument : arguments) {
        if (argument == "--json") {
            return true;
        }
    }
    return false;
}

/// Where the libraries log while a command runs: nowhere, or with --verbose beside the errors.
class LibraryLog {
  public:
    LibraryLog(std::ostream& err, bool verbose) : before_(spdlog::default_logger()) {
        auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(err, true);
        auto logger = std::make_shared<spdlog::logger>("redoubt", std::move(sink));
        logger->set_level(verbose ? spdlog::level::debug : spdlog::level::off);
        spdlog::set_default_logger(std::move(logger));
    }
    LibraryLog(const LibraryLog&) = delete;
    LibraryLog& operator=(const LibraryLog&) = delete;
    ~LibraryLog() { spdlog::set_default_logger(before_); }

  private:
    std::shared_ptr<spdlog::logger> before_;
};

/// Waits for SIGINT and SIGTERM; one that is ignored, as behind nohup or in the background of a script, stays
/// so.
class StopSignals {
  public:
    explicit StopSignals(boost::asio::io_context& io) : signals_(io) {
        for (const int number : {SIGINT, SIGTERM}) {
            struct sigaction before {};
            if (sigaction(number, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {
                signals_.add(number);
            }
        }
        signals_.async_wait([this, &io](const boost::system::error_code& error, int) {
            if (!error) {
                received_ = true;
                io.stop();
            }
        });
    }
    [[nodiscard]] bool received() const noexcept { return received_; }
    /// From here on a signal does again what it did before.
    void release() { signals_.clear(); }

  private:
    boost::asio::signal_set signals_;
    bool received_ = false;
};

/// That the wallet still refuses evidence that nobody may believe.
Fallible<void> check_verifiers() {
    return or_fail(attestation::self_test(),
                   untrusted("verifiers_unsound", "the wallet fails its own test of how it judges evidence",
                             "Send nothing with it: use a build whose source you know."));
}

int run_invocation(Invocation invocation, Console& console) {
    boost::asio::io_context io;
    Context context{io.get_executor(), std::move(invocation.settings), console};
    boost::asio::cancellation_signal stop;
    std::optional<Fallible<Report>> result;
    std::exception_ptr exception;
    auto done = [&](std::exception_ptr thrown) {
        exception = thrown;
        io.stop();
    };
    boost::asio::co_spawn(io, carry_out(context, invocation.run, result),
                          boost::asio::bind_cancellation_slot(stop.slot(), std::move(done)));
    StopSignals signals{io};
    io.run_for(context.settings().timeout);
    if (exception != nullptr) {
        try {
            std::rethrow_exception(exception);
        } catch (const std::exception& error) {
            return console.finish(with_facts(broken(error.what()), context));
        }
    }
    if (!result) {
        auto failure = signals.received() ? stopped(context) : out_of_time(context);
        const int status = console.finish(with_facts(std::move(failure), context));
        signals.release();
        stop.emit(boost::asio::cancellation_type::terminal);
        io.restart();
        io.run_for(kUnwindTime);
        return status;
    }
    if (*result) {
        const auto shown = console.show(result->value());
        return shown ? static_cast<int>(result->value().exit)
                     : console.finish(with_facts(shown.error(), context));
    }
    return console.finish(with_facts(result->error(), context));
}

}  // namespace

int run_program(std::vector<std::string> arguments, std::ostream& out, std::ostream& err) {
    const bool json = asks_for_json(arguments);
    auto invocation = parse_command_line(std::move(arguments), out);
    if (!invocation) {
        return Console{out, err, json}.finish(invocation.error());
    }
    if (!invocation.value()) {
        const auto written = expect_written(out);
        return written ? static_cast<int>(ExitCode::kSuccess)
                       : Console{out, err, json}.finish(written.error());
    }
    Console console{out, err, json};
    if (const auto sound = check_verifiers(); !sound) {
        return console.finish(sound.error());
    }
    const LibraryLog log{err, invocation.value()->settings.verbose};
    return run_invocation(std::move(*invocation.value()), console);
}

}  // namespace redoubt::wallet
