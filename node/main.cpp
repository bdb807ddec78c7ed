#include <command-line/standard_output.hpp>
#include <node/arguments.hpp>
#include <node/config.hpp>
#include <node/daemon.hpp>
#include <node/log.hpp>
#include <node/shard_report.hpp>
#include <node/version.hpp>

#include <cstdio>
#include <exception>

namespace {

using namespace redoubt::node;

/// `shard list` and `shard show`.
Outcome<std::string> look_at_shards(const Arguments& arguments, const Config& config) {
    const bool one = arguments.command == Command::kShardShow;
    BOOST_OUTCOME_TRY(const auto reports,
                      report_shards(config.data_dir, one ? SurveyDepth::kEverything : SurveyDepth::kRecords));
    if (!one) {
        return list_text(config.data_dir, reports, arguments.json);
    }
    BOOST_OUTCOME_TRY(const auto report, find_shard(reports, arguments.shard));
    return show_text(report, arguments.json);
}

int fail(const Problem& problem) {
    std::fprintf(stderr, "redoubtd: %s. %s\n", problem.cause.c_str(), problem.remedy.c_str());
    return static_cast<int>(problem.exit_code);
}

int run(const Arguments& arguments) {
    if (arguments.command == Command::kVersion) {
        std::printf("redoubtd %s\n", kVersion);
        return static_cast<int>(ExitCode::kOk);
    }
    auto file = arguments.config_file;
    if (const auto named = process_environment("REDOUBT_CONFIG"); !file && named && !named->empty()) {
        file = *named;
    }
    const auto config = load_config(file, process_environment, arguments.flags);
    if (!config.has_value()) {
        return fail(config.error());
    }
    if (arguments.command == Command::kConfigShow) {
        std::fputs(show_config(config.value()).c_str(), stdout);
        return static_cast<int>(ExitCode::kOk);
    }
    if (arguments.command == Command::kShardList || arguments.command == Command::kShardShow) {
        const auto text = look_at_shards(arguments, config.value().values);
        if (!text.has_value()) {
            return fail(text.error());
        }
        std::fputs(text.value().c_str(), stdout);
        return static_cast<int>(ExitCode::kOk);
    }
    start_log(config.value().values.log_level, config.value().values.log_json);
    const auto done = run_daemon(config.value().values);
    if (!done.has_value()) {
        log_problem(done.error());
        return static_cast<int>(done.error().exit_code);
    }
    return static_cast<int>(done.value());
}

}  // namespace

int main(int argc, char** argv) {
    redoubt::command_line::hold_standard_streams();
    try {
        const auto arguments = parse_arguments(argc, argv);
        if (const auto* exit_code = std::get_if<int>(&arguments)) {
            return redoubt::command_line::exit_status("redoubtd", *exit_code);
        }
        return redoubt::command_line::exit_status("redoubtd", run(std::get<Arguments>(arguments)));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "redoubtd: ended by an exception: %s\n", error.what());
        return 70;
    }
}
