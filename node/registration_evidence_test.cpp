#include <gtest/gtest.h>
#include <attestation/produce/produce_error.hpp>
#include <node/registration_evidence.hpp>
#include <node/test_support.hpp>

namespace redoubt::node {
namespace {

using tests::FakeLink;
using tests::hash_of;
using tests::run_task;

TEST(RegistrationEvidence, is_asked_for_until_the_tee_has_made_it) {
    boost::asio::io_context io{1};
    int asked = 0;
    const auto link = std::make_shared<FakeLink>([&](const boundary::ToEnclave& message) {
        const auto& question = std::get<boundary::RegistrationEvidence>(message);
        EXPECT_EQ(question.nonce, hash_of(7));
        EXPECT_GT(question.host_time_ms, 1'700'000'000'000U);
        boundary::RegistrationEvidenceMade made;
        if (++asked == 3) {
            made.evidence = boundary::ProducedEvidence{
                .type = 1, .evidence = {1}, .endorsements = {}, .binding_block = {2}};
        }
        return Result<boundary::FromEnclave>{boundary::FromEnclave{made}};
    });
    const auto made = run_task(io, registration_evidence(link, hash_of(7)));
    ASSERT_TRUE(made && made->has_value());
    EXPECT_EQ(made->value().evidence, Bytes{1});
    EXPECT_EQ(asked, 3);
}

TEST(RegistrationEvidence, tells_what_keeps_the_tee) {
    using attestation::produce::ProduceError;
    constexpr auto kLast = static_cast<std::uint32_t>(ProduceError::kSystem);
    for (const std::uint32_t failure : {1U, 13U, kLast, kLast + 1, ~0U}) {
        boost::asio::io_context io{1};
        const auto link = std::make_shared<FakeLink>([failure](const boundary::ToEnclave&) {
            boundary::RegistrationEvidenceMade made;
            made.failure = failure;
            return Result<boundary::FromEnclave>{boundary::FromEnclave{made}};
        });
        const auto made = run_task(io, registration_evidence(link, hash_of(7)));
        ASSERT_TRUE(made && made->has_error());
        EXPECT_EQ(made->error(), failure <= kLast ? make_error_code(static_cast<ProduceError>(failure))
                                                  : make_error_code(boundary::Refusal::kEvidenceFailed));
    }
}

TEST(RegistrationEvidence, tells_why_there_is_none) {
    boost::asio::io_context io{1};
    const auto link = std::make_shared<FakeLink>([](const boundary::ToEnclave&) {
        return Result<boundary::FromEnclave>{
            boundary::FromEnclave{boundary::refused(make_error_code(boundary::Refusal::kEvidenceFailed))}};
    });
    const auto made = run_task(io, registration_evidence(link, hash_of(7)));
    ASSERT_TRUE(made && made->has_error());
    EXPECT_EQ(made->error(), boundary::Refusal::kEvidenceFailed);
}

}  // namespace
}  // namespace redoubt::node
