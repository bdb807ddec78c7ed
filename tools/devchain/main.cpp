#include <command-line/standard_output.hpp>
#include <primitives/hex.hpp>
#include <tools/devchain/api/api.hpp>
#include <tools/devchain/api/observation.hpp>
#include <tools/devchain/chain/author.hpp>
#include <tools/devchain/faults/fault_control.hpp>
#include <tools/devchain/log.hpp>
#include <tools/devchain/options.hpp>

#include <spdlog/spdlog.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <rpc/server.hpp>
#include <rpc/task_group.hpp>
#include <utility>

namespace {

using namespace redoubt;
using namespace redoubt::devchain;

constexpr int kFailed = 1;
constexpr int kUsageError = 2;

/// Tells the log of each block.
class BlockLog final : public api::Observation {
  public:
    using Observation::Observation;
    void on_imported(const ImportedBlock& imported) override {
        if (!spdlog::should_log(spdlog::level::info)) {
            return;
        }
        const auto body = chain().body(imported.block.hash);
        spdlog::info("block {} with {} extrinsics, {}", imported.block.number, body ? body->size() : 0,
                     to_hex_0x(imported.block.hash.view()));
    }
    void on_finalized(const Finalization& finalization) override {
        spdlog::debug("finalized {}", to_hex_0x(finalization.finalized.back().view()));
    }
};

Task<void> stop(rpc::Server& server, boost::asio::io_context& context) {
    co_await server.stop();
    context.stop();
}

int fail(const std::string& what, int exit_code = kFailed) {
    std::fprintf(stderr, "redoubt-devchain: %s\n", what.c_str());
    return exit_code;
}

int run(Options options) {
    start_log(options.log_level, options.log_json);
    auto opened = Chain::open(std::move(options.chain));
    if (!opened) {
        return fail("the chain cannot start: " + opened.error().message());
    }
    auto& chain = *opened.value();

    const auto faults = std::make_shared<faults::FaultControl>(chain);
    for (const auto& request : options.faults) {
        if (const auto started = faults->start(request); !started) {
            return fail("--fault " + request.name + ": " + started.error().message, kUsageError);
        }
        spdlog::warn("this chain lies: {}", request.name);
    }

    // Chain, methods and connections share this one thread.
    boost::asio::io_context context{1};
    rpc::ServerOptions server_options;
    server_options.address = options.address;
    server_options.port = options.port;
    server_options.interfere = [faults](std::string& message) { return faults->deliver(message); };
    auto listening = rpc::Server::listen(context.get_executor(), std::move(server_options),
                                         api::make_method_table(chain, faults));
    if (!listening) {
        const bool in_use = listening.error() == rpc::ServerError::kPortInUse;
        return fail(listening.error().describe() +
                    (in_use ? ". Choose another port with --port; 0 takes a free one." : ""));
    }
    auto& server = *listening.value();

    rpc::TaskGroup tasks{context.get_executor()};
    boost::asio::signal_set signals{context, SIGINT, SIGTERM};
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (!error) {
            spdlog::info("stopping");
            tasks.spawn(stop(server, context));
        }
    });
    const BlockLog block_log{chain};
    const Author author{context.get_executor(), chain, [](const std::error_code& error) {
                            spdlog::error("a block could not be made: {}", error.message());
                        }};
    spdlog::info("{} at block {}, genesis {}", chain.options().name, chain.best().number,
                 to_hex_0x(chain.genesis_hash().view()));
    std::printf("listening on %s\n", server.url().c_str());
    std::fflush(stdout);
    context.run();
    return 0;
}

int start(Options options) {
    switch (options.command) {
        case Command::kVersion:
            std::printf("redoubt-devchain %s\n", REDOUBT_VERSION);
            return 0;
        case Command::kFaults:
            std::printf("%s", options.as_json ? (faults::fault_table_json().dump(2) + "\n").c_str()
                                              : faults::fault_table_text().c_str());
            return 0;
        case Command::kExportSpec:
            std::printf("%s\n", chain_spec_json(options.chain).dump(2).c_str());
            return 0;
        case Command::kRun:
            break;
    }
    return run(std::move(options));
}

}  // namespace

int main(int argc, char** argv) {
    command_line::hold_standard_streams();
    try {
        auto options = parse_options(argc, argv);
        if (const auto* exit_code = std::get_if<int>(&options)) {
            return command_line::exit_status("redoubt-devchain", *exit_code);
        }
        return command_line::exit_status("redoubt-devchain", start(std::move(std::get<Options>(options))));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "redoubt-devchain: ended by an exception: %s\n", error.what());
        return 70;
    }
}
