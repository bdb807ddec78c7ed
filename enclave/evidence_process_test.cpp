#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <attestation/produce/produce_error.hpp>
#include <chrono>
#include <csignal>
#include <enclave/evidence_keeper.hpp>
#include <enclave/evidence_process.hpp>
#include <enclave/linux_tee_system.hpp>
#include <enclave/sim_tee.hpp>
#include <fstream>
#include <tests/support/result_matchers.hpp>
#include <tests/support/sanitizers.hpp>

namespace redoubt::enclave {
namespace {

using attestation::produce::Evidence;
using attestation::produce::ProduceError;

constexpr std::array<std::uint8_t, 64> kAsked = {1, 2, 3};
constexpr std::array<std::uint8_t, 64> kDeadly = {0xff};

Result<std::unique_ptr<EvidenceProcess>> start_simulation(std::uint64_t slow_ms) {
    static LinuxTeeSystem system;
    const auto open = [slow_ms]() -> Result<std::unique_ptr<attestation::produce::Provider>> {
        return std::unique_ptr<attestation::produce::Provider>{
            std::make_unique<SimProvider>(SimTee{crypto::SecretBytes<32>{}, Hash256{}}, system, slow_ms)};
    };
    return EvidenceProcess::start(open, ProducerNeeds::kNothing);
}

/// Polls until there is something; how often there was nothing goes to `idle`.
Result<Evidence> wait_for(EvidenceProcess& process, std::uint64_t* idle = nullptr) {
    for (;;) {
        if (auto made = process.poll()) {
            return std::move(*made);
        }
        if (idle != nullptr) {
            ++*idle;
        }
    }
}

TEST(EvidenceProcess, makes_evidence_while_this_process_goes_on) {
    REDOUBT_NEEDS_FORKS_IN_THE_SANDBOX();
    const auto process = start_simulation(100);
    ASSERT_OK(process);
    for (int i = 0; i < 2; ++i) {
        std::uint64_t idle = 0;
        process.value()->begin(kAsked);
        const auto made = wait_for(*process.value(), &idle);
        ASSERT_OK(made);
        EXPECT_EQ(made.value().type, attestation::EvidenceType::kSimulation);
        EXPECT_TRUE(equal(ByteView{made.value().evidence}.subspan(84, 64), kAsked));
        EXPECT_GT(idle, 1'000U);  // as many system calls as fit into 100 ms
    }
}

TEST(EvidenceProcess, says_what_failed_and_opens_its_tee_again) {
    REDOUBT_NEEDS_FORKS_IN_THE_SANDBOX();
    const auto open = [times = 0]() mutable -> Result<std::unique_ptr<attestation::produce::Provider>> {
        return ++times == 1 ? ProduceError::kInterfaceMissing : ProduceError::kDebug;
    };
    const auto process = EvidenceProcess::start(open, ProducerNeeds::kDevices);
    ASSERT_OK(process);
    process.value()->begin(kAsked);
    EXPECT_ERROR(wait_for(*process.value()), ProduceError::kInterfaceMissing);
    process.value()->begin(kAsked);
    EXPECT_ERROR(wait_for(*process.value()), ProduceError::kDebug);
}

/// Ends its process when it is asked about kDeadly, and makes evidence of anything else.
class MortalProvider final : public attestation::produce::Provider {
  public:
    attestation::EvidenceType type() const override { return attestation::EvidenceType::kSimulation; }
    Result<Evidence> generate(attestation::produce::ReportData report_data) override {
        if (report_data[0] == kDeadly[0]) {
            _exit(7);
        }
        return Evidence{.type = type(), .evidence = to_bytes(report_data), .endorsements = {}};
    }
    Result<crypto::SecretBytes<32>> sealing_key() override { return ProduceError::kNoSealingKey; }
};

Result<std::unique_ptr<attestation::produce::Provider>> open_mortal() {
    return std::unique_ptr<attestation::produce::Provider>{std::make_unique<MortalProvider>()};
}

/// Polls until it was started again so often.
void wait_for_restarts(EvidenceProcess& process, std::uint32_t restarts) {
    while (process.health().restarts < restarts) {
        ASSERT_FALSE(process.health().is_gone);
    }
}

/// How it ended for good; looks until that is known.
boundary::ProcessEnd end_of(EvidenceProcess& process) {
    for (;;) {
        const auto health = process.health();
        if (health.end) {
            EXPECT_TRUE(health.is_gone);
            return *health.end;
        }
    }
}

TEST(EvidenceProcess, that_ended_is_started_again) {
    REDOUBT_NEEDS_FORKS_IN_THE_SANDBOX();
    const auto process = EvidenceProcess::start(open_mortal, ProducerNeeds::kNothing);
    ASSERT_OK(process);
    for (std::uint32_t i = 0; i < 3; ++i) {
        process.value()->begin(kAsked);
        EXPECT_OK(wait_for(*process.value()));
        process.value()->begin(kDeadly);
        EXPECT_ERROR(wait_for(*process.value()), EvidenceError::kEnded);
        wait_for_restarts(*process.value(), i + 1);
    }
    EXPECT_EQ(process.value()->health(), (ProducerHealth{.restarts = 3, .is_gone = false}));
}

// Each end without an answer before it makes the next start wait twice as long; questions do not wait.
TEST(EvidenceProcess, that_keeps_ending_is_started_less_and_less_often) {
    REDOUBT_NEEDS_FORKS_IN_THE_SANDBOX();
    const auto process = EvidenceProcess::start(open_mortal, ProducerNeeds::kNothing);
    ASSERT_OK(process);
    process.value()->begin(kDeadly);
    EXPECT_ERROR(wait_for(*process.value()), EvidenceError::kEnded);
    wait_for_restarts(*process.value(), 1);
    const auto start = std::chrono::steady_clock::now();
    std::size_t told = 0;
    while (process.value()->health().restarts < 3) {
        process.value()->begin(kDeadly);
        EXPECT_ERROR(wait_for(*process.value()), EvidenceError::kEnded);
        ++told;
    }
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds{3 * kEvidenceRestartMsMin});
    EXPECT_GT(told, 10U);
}

TEST(EvidenceProcess, is_gone_when_nobody_can_start_it_again) {
    std::signal(SIGPIPE, SIG_IGN);
    const auto process = EvidenceProcess::start(open_mortal, std::nullopt);  // as inside Gramine
    ASSERT_OK(process);
    EXPECT_EQ(process.value()->health(), ProducerHealth{});
    for (int i = 0; i < 2; ++i) {
        process.value()->begin(kDeadly);
        EXPECT_ERROR(wait_for(*process.value()), EvidenceError::kGone);
    }
    EXPECT_EQ(end_of(*process.value()), (boundary::ProcessEnd{.by_signal = false, .code = 7}));
    EXPECT_EQ(process.value()->health().restarts, 0U);
}

TEST(EvidenceProcess, is_gone_without_its_keeper) {
    REDOUBT_NEEDS_FORKS_IN_THE_SANDBOX();
    const auto process = EvidenceProcess::start(open_mortal, ProducerNeeds::kNothing);
    ASSERT_OK(process);
    process.value()->begin(kAsked);
    EXPECT_OK(wait_for(*process.value()));
    pid_t keeper = 0;
    std::ifstream children{"/proc/thread-self/children"};
    for (pid_t child = 0; children >> child;) {
        keeper = child;  // the last one that was started
    }
    EXPECT_EQ(process.value()->link().process, keeper);
    EXPECT_EQ(process.value()->health(), ProducerHealth{}) << "it does not wait for its end";
    ASSERT_EQ(kill(keeper, SIGKILL), 0);
    std::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(end_of(*process.value()), (boundary::ProcessEnd{.by_signal = true, .code = SIGKILL}));
    process.value()->begin(kAsked);
    EXPECT_ERROR(wait_for(*process.value()), EvidenceError::kGone);
}

// What a simulation does not need kills it: here, a file.
TEST(EvidenceProcess, of_a_simulation_cannot_open_files) {
    REDOUBT_NEEDS_FORKS_IN_THE_SANDBOX();
    const auto open = []() -> Result<std::unique_ptr<attestation::produce::Provider>> {
        LinuxTeeSystem system;
        static_cast<void>(system.open("/etc/hostname", LinuxTeeSystem::Access::kRead));
        return ProduceError::kDebug;  // when it was let
    };
    const auto process = EvidenceProcess::start(open, ProducerNeeds::kNothing);
    ASSERT_OK(process);
    process.value()->begin(kAsked);
    EXPECT_ERROR(wait_for(*process.value()), EvidenceError::kEnded);
    const auto with_files = EvidenceProcess::start(open, ProducerNeeds::kDevices);
    ASSERT_OK(with_files);
    with_files.value()->begin(kAsked);
    EXPECT_ERROR(wait_for(*with_files.value()), ProduceError::kDebug);
}

// On a machine without TEE the real interfaces are missing, and that is what is said.
TEST(EvidenceProcess, has_the_sandbox_that_real_interfaces_need) {
    REDOUBT_NEEDS_FORKS_IN_THE_SANDBOX();
    static LinuxTeeSystem system;
    const auto open = []() -> Result<std::unique_ptr<attestation::produce::Provider>> {
        const auto folder = "/tmp/redoubt-tee-" + std::to_string(getpid());
        const bool works =
            system.make_folder(folder) == 0 && system.remove_folder(folder) == 0 &&
            system.open("/dev/sev-guest-absent", LinuxTeeSystem::Access::kReadWrite) == -ENOENT;
        system.wait_ms(1);
        static_cast<void>(system.connect_host(1));
        const auto null = system.open("/dev/null", LinuxTeeSystem::Access::kReadWrite);
        std::array<std::uint8_t, 4> argument{};
        const bool controls = system.control(null, 0xC0205301, argument) == -ENOTTY;
        return works && controls ? ProduceError::kNoQuotes : ProduceError::kSystem;
    };
    const auto process = EvidenceProcess::start(open, ProducerNeeds::kDevices);
    ASSERT_OK(process);
    process.value()->begin(kAsked);
    EXPECT_ERROR(wait_for(*process.value()), ProduceError::kNoQuotes);
}

}  // namespace
}  // namespace redoubt::enclave
