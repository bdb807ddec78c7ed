#include <command-line/standard_output.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace redoubt::command_line {
namespace {

/// Prints to the file as standard output, and ends as a program does.
[[noreturn]] void print_and_end(const char* path, int status) {
    const int sink = open(path, O_WRONLY);
    dup2(sink, STDOUT_FILENO);
    std::printf("a result\n");
    std::_Exit(exit_status("program", status));
}

TEST(FlushError, is_silent_about_a_stream_that_takes_everything) {
    std::ostringstream out;
    out << "a result";
    EXPECT_FALSE(flush_error(out));
}

TEST(FlushError, names_the_reason_of_a_full_device) {
    std::ofstream out{"/dev/full"};
    ASSERT_TRUE(out.is_open());
    out << "a result";
    EXPECT_EQ(flush_error(out), "No space left on device");
}

TEST(FlushError, remembers_what_was_lost_before) {
    std::ostringstream out;
    out.setstate(std::ios::badbit);
    EXPECT_TRUE(flush_error(out));
}

TEST(ExitStatus, of_a_result_that_is_lost_is_1_and_says_why) {
    EXPECT_EXIT(print_and_end("/dev/full", 0), ::testing::ExitedWithCode(kOutputLost),
                "program: standard output cannot be written: No space left on device");
}

TEST(ExitStatus, of_a_result_that_arrives_is_the_programs_own) {
    EXPECT_EXIT(print_and_end("/dev/null", 0), ::testing::ExitedWithCode(0), "^$");
}

TEST(ExitStatus, of_a_failure_stays_that_of_the_failure) {
    EXPECT_EXIT(print_and_end("/dev/full", 5), ::testing::ExitedWithCode(5), "^$");
}

[[noreturn]] void hold_and_open() {
    close(STDOUT_FILENO);
    hold_standard_streams();
    const bool lost = write(STDOUT_FILENO, "x", 1) == -1;
    std::_Exit(lost && open("/dev/null", O_RDONLY) > STDERR_FILENO ? 0 : 1);
}

TEST(StandardStreams, a_closed_one_is_given_to_no_file_that_is_opened_later) {
    EXPECT_EXIT(hold_and_open(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace redoubt::command_line
