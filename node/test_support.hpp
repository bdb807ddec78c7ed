/// What the tests of this folder share: running a task, a temporary folder, an enclave that is a function.
#pragma once

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <node/enclave_link.hpp>
#include <node/problem.hpp>

#include <stdlib.h>
#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace redoubt::node::tests {

/// Runs a task to its end on `io`, at most 30 seconds; what else was started there goes on until then.
template <class T>
std::optional<T> run_task(boost::asio::io_context& io, Task<T> task) {
    std::optional<T> out;
    auto store = [](Task<T> work, std::optional<T>* into) -> Task<void> {
        into->emplace(co_await std::move(work));
    };
    std::exception_ptr thrown;
    boost::asio::co_spawn(io, store(std::move(task), &out), [&](std::exception_ptr error) {
        thrown = error;
        io.stop();
    });
    io.restart();
    io.run_for(std::chrono::seconds{30});
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    return out;
}

inline void run_task(boost::asio::io_context& io, Task<void> task) {
    auto wrap = [](Task<void> work) -> Task<bool> {
        co_await std::move(work);
        co_return true;
    };
    ASSERT_TRUE(run_task(io, wrap(std::move(task))).has_value()) << "the task did not end";
}

/// A hash whose bytes are all the same.
inline Hash256 hash_of(std::uint8_t byte) {
    Hash256 out;
    out.bytes.fill(byte);
    return out;
}

/// A folder that is removed when it goes.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "redoubt-node-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// An enclave in the test: a function from message to reply.
class FakeLink final : public EnclaveLink {
  public:
    using Answer = std::function<Result<boundary::FromEnclave>(const boundary::ToEnclave&)>;
    explicit FakeLink(Answer answer) : answer_(std::move(answer)) {}
    Task<Result<boundary::FromEnclave>> request(boundary::ToEnclave message) override {
        co_return answer_(message);
    }

  private:
    Answer answer_;
};

template <class T>
::testing::AssertionResult is_problem(const Outcome<T>& outcome, ExitCode code, std::string_view mentions) {
    if (outcome.has_value()) {
        return ::testing::AssertionFailure() << "succeeded";
    }
    const auto& problem = outcome.error();
    const auto text = problem.cause + ". " + problem.remedy;
    if (problem.exit_code != code || text.find(mentions) == std::string::npos || problem.remedy.empty()) {
        return ::testing::AssertionFailure()
               << "exit code " << static_cast<int>(problem.exit_code) << ", text: " << text;
    }
    return ::testing::AssertionSuccess();
}

}  // namespace redoubt::node::tests
