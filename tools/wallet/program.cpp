#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
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

Failure timed_out(const Context& context) {
    Failure failure =
        refused("timed_out",
                "no result within " + std::to_string(context.settings().timeout.count()) +
                    " seconds, while " + context.stage(),
                "What was submitted may still take effect. Wait longer with --timeout SECONDS.");
    failure.exit = ExitCode::kTimedOut;
    failure.details = context.remembered();
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
    io.run_for(context.settings().timeout);
    if (exception != nullptr) {
        try {
            std::rethrow_exception(exception);
        } catch (const std::exception& error) {
            return console.finish(broken(error.what()));
        }
    }
    if (!result) {
        const int status = console.finish(timed_out(context));
        stop.emit(boost::asio::cancellation_type::terminal);
        io.restart();
        io.run_for(kUnwindTime);
        return status;
    }
    if (*result) {
        return console.finish(result->value());
    }
    auto failure = result->error();
    if (failure.exit == ExitCode::kTimedOut && failure.details.is_null()) {
        failure.details = context.remembered();
    }
    return console.finish(failure);
}

}  // namespace

int run_program(std::vector<std::string> arguments, std::ostream& out, std::ostream& err) {
    const bool json = asks_for_json(arguments);
    auto invocation = parse_command_line(std::move(arguments), out);
    if (!invocation) {
        return Console{out, err, json}.finish(invocation.error());
    }
    if (!invocation.value()) {
        return static_cast<int>(ExitCode::kSuccess);
    }
    Console console{out, err, json};
    return run_invocation(std::move(*invocation.value()), console);
}

}  // namespace redoubt::wallet
