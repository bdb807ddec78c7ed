#include <command-line/standard_output.hpp>
#include <node/arguments.hpp>
#include <node/config.hpp>
#include <node/daemon.hpp>
#include <node/enclave_arguments.hpp>
#include <node/log.hpp>
#include <node/shard_backup.hpp>
#include <node/shard_compaction.hpp>
#include <node/shard_report.hpp>
#include <node/state_report.hpp>
#include <node/state_verification.hpp>
#include <node/test_roots.hpp>
#include <node/version.hpp>

#include <sys/stat.h>
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

/// The commands of `state`.
Outcome<std::string> work_on_state(const Arguments& arguments, const Config& config) {
    if (arguments.command == Command::kStateRestore) {
        BOOST_OUTCOME_TRY(const auto restored, restore_shard(arguments.backup, config.data_dir));
        return restored_text(restored, arguments.json);
    }
    const bool looks = arguments.command == Command::kStateInspect;
    BOOST_OUTCOME_TRY(const auto reports, report_shards(config.data_dir, looks ? SurveyDepth::kEverything
                                                                               : SurveyDepth::kRecords));
    BOOST_OUTCOME_TRY(const auto report, find_shard(reports, arguments.shard));
    if (looks) {
        return report.problem ? Outcome<std::string>{*report.problem} : state_text(report, arguments.json);
    }
    if (arguments.command == Command::kStateBackup) {
        BOOST_OUTCOME_TRY(const auto summary, backup_shard(report, arguments.backup));
        return backup_text(summary, arguments.backup, arguments.json);
    }
    BOOST_OUTCOME_TRY(const auto compaction, compact_shard(config.data_dir, report));
    return compaction_text(report, compaction, arguments.json);
}

int fail(const Problem& problem) {
    std::fprintf(stderr, "redoubtd: %s. %s\n", problem.cause.c_str(), problem.remedy.c_str());
    return static_cast<int>(problem.exit_code);
}

/// Prints what a command made, or why it made nothing.
int print(const Outcome<std::string>& text) {
    if (!text.has_value()) {
        return fail(text.error());
    }
    std::fputs(text.value().c_str(), stdout);
    return static_cast<int>(ExitCode::kOk);
}

/// `state verify`: what was found is printed, whole or not.
int verify_state(const Arguments& arguments, const Config& config) {
    const auto verify = [&]() -> Outcome<Verification> {
        BOOST_OUTCOME_TRY(check_tee(config.tee, has_test_roots()));
        BOOST_OUTCOME_TRY(const auto reports, report_shards(config.data_dir, SurveyDepth::kRecords));
        BOOST_OUTCOME_TRY(const auto report, find_shard(reports, arguments.shard));
        return verify_shard(config, report);
    };
    const auto verified = verify();
    if (!verified.has_value()) {
        return fail(verified.error());
    }
    std::fputs(verification_text(verified.value(), arguments.json).c_str(), stdout);
    return verified.value().is_whole() ? static_cast<int>(ExitCode::kOk) : fail(verified.value().problem());
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
        return print(look_at_shards(arguments, config.value().values));
    }
    start_log(config.value().values.log_level, config.value().values.log_json);
    if (arguments.command != Command::kRun) {
        ::umask(077);  // whatever is written is for this user alone
        if (arguments.command == Command::kStateVerify) {
            return verify_state(arguments, config.value().values);
        }
        return print(work_on_state(arguments, config.value().values));
    }
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
