#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <attestation/produce/produce_error.hpp>
#include <csignal>
#include <enclave/evidence_process.hpp>
#include <enclave/linux_tee_system.hpp>
#include <enclave/sim_tee.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::enclave {
namespace {

using attestation::produce::Evidence;
using attestation::produce::ProduceError;

constexpr std::array<std::uint8_t, 64> kAsked = {1, 2, 3};

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

TEST(EvidenceProcess, that_ended_is_noticed_and_stays_gone) {
    const auto open = []() -> Result<std::unique_ptr<attestation::produce::Provider>> { _exit(3); };
    const auto process = EvidenceProcess::start(open, ProducerNeeds::kNothing);
    ASSERT_OK(process);
    std::signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < 2; ++i) {
        process.value()->begin(kAsked);
        EXPECT_ERROR(wait_for(*process.value()), EvidenceError::kGone);
    }
}

// What a simulation does not need kills it: here, a file.
TEST(EvidenceProcess, of_a_simulation_cannot_open_files) {
    const auto open = []() -> Result<std::unique_ptr<attestation::produce::Provider>> {
        LinuxTeeSystem system;
        static_cast<void>(system.open("/etc/hostname", LinuxTeeSystem::Access::kRead));
        return ProduceError::kDebug;  // when it was let
    };
    const auto process = EvidenceProcess::start(open, ProducerNeeds::kNothing);
    ASSERT_OK(process);
    process.value()->begin(kAsked);
    EXPECT_ERROR(wait_for(*process.value()), EvidenceError::kGone);
    const auto with_files = EvidenceProcess::start(open, ProducerNeeds::kDevices);
    ASSERT_OK(with_files);
    with_files.value()->begin(kAsked);
    EXPECT_ERROR(wait_for(*with_files.value()), ProduceError::kDebug);
}

// On a machine without TEE the real interfaces are missing, and that is what is said.
TEST(EvidenceProcess, has_the_sandbox_that_real_interfaces_need) {
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

TEST(EvidenceAnswer, travels_unchanged_and_is_refused_when_it_is_cut) {
    const Evidence made{.type = attestation::EvidenceType::kSnp,
                        .evidence = Bytes(attestation::produce::kProducedBytesMax, 1),
                        .endorsements = Bytes(attestation::produce::kEndorsementsBytesMax, 2)};
    const auto bytes = encode_answer(made);
    EXPECT_EQ(decode_answer(bytes).value(), made);
    EXPECT_ERROR(decode_answer(ByteView{bytes}.first(bytes.size() - 1)), EvidenceError::kUnreadable);
    EXPECT_ERROR(decode_answer(concat(bytes, Bytes{0})), EvidenceError::kUnreadable);
    EXPECT_ERROR(decode_answer({}), EvidenceError::kUnreadable);
    EXPECT_ERROR(decode_answer(Bytes{2, 1, 0, 0, 0}), EvidenceError::kUnreadable);
    for (int error = 1; error <= static_cast<int>(ProduceError::kSystem); ++error) {
        const auto known = static_cast<ProduceError>(error);
        EXPECT_ERROR(decode_answer(encode_answer(known)), known);
    }
    EXPECT_ERROR(decode_answer(encode_answer(make_error_code(std::errc::io_error))), ProduceError::kSystem);
    EXPECT_ERROR(decode_answer(Bytes{1, 0, 0, 0, 0}), EvidenceError::kUnreadable);
    EXPECT_ERROR(decode_answer(Bytes{1, 200, 0, 0, 0}), EvidenceError::kUnreadable);
}

}  // namespace
}  // namespace redoubt::enclave
