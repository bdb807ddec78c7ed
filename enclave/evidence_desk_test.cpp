#include <gtest/gtest.h>
#include <attestation/binding/nonce_tree.hpp>
#include <attestation/bundle/bundle.hpp>
#include <attestation/produce/produce_error.hpp>
#include <deque>
#include <enclave/evidence_desk.hpp>
#include <set>
#include <tests/support/fake_tee.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::enclave {
namespace {

using attestation::BindingProfile;
using attestation::produce::Evidence;
using attestation::produce::ProduceError;

/// Of a TDX quote.
constexpr std::size_t kReportDataAt = 48 + 520;

/// Makes evidence when the test says so.
class ProducerOnDemand final : public EvidenceProducer {
  public:
    void begin(attestation::produce::ReportData report_data) override {
        EXPECT_FALSE(under_way) << "one piece at a time";
        under_way = FixedBytes<64>::copy_of(report_data);
        ++begun;
    }
    std::optional<Result<Evidence>> poll() override {
        if (!under_way || !may_end) {
            return std::nullopt;
        }
        const auto report_data = *std::exchange(under_way, std::nullopt);
        if (error) {
            return Result<Evidence>{*error};
        }
        return Result<Evidence>{Evidence{.type = attestation::EvidenceType::kTdxDcap,
                                         .evidence = tests::tdx_quote_over(report_data.view()),
                                         .endorsements = Bytes{1}}};
    }

    std::optional<FixedBytes<64>> under_way;
    bool may_end = true;
    std::optional<std::error_code> error;
    int begun = 0;
};

Bytes nonce_of(std::uint8_t fill) {
    return Bytes(20, fill);
}

attestation::BindingBlock make_block(Bytes nonce) {
    attestation::BindingBlock out;
    out.role = "worker";
    out.signing_key = attestation::BoundSigningKey{attestation::SigningAlgorithm::kEd25519, Bytes(32, 5)};
    out.nonce = std::move(nonce);
    return out;
}

Hash256 hash_of(std::uint8_t fill) {
    Hash256 out;
    out.bytes.fill(fill);
    return out;
}

/// What a client finds in a bundle about its nonce.
Result<attestation::BindingBlock> opened(const Result<std::string>& bundle, BindingProfile profile) {
    BOOST_OUTCOME_TRY(const auto text, bundle);
    BOOST_OUTCOME_TRY(const auto parsed, attestation::parse_bundle(text));
    const ByteView evidence{parsed.evidence};
    return attestation::open_binding(parsed, profile, evidence.subspan(kReportDataAt, 64));
}

TEST(EvidenceDesk, serves_all_who_wait_with_one_piece) {
    ProducerOnDemand producer;
    EvidenceDesk desk{&producer};
    EXPECT_FALSE(desk.is_asked());
    for (std::uint8_t i = 0; i < 5; ++i) {
        desk.ask({.connection = i, .nonce = nonce_of(i)});
    }
    EXPECT_TRUE(desk.is_asked());
    desk.go_on(make_block);
    EXPECT_TRUE(desk.take_answers().empty());
    desk.ask({.connection = 9, .nonce = nonce_of(9)});  // too late for this piece
    desk.go_on(make_block);
    const auto answers = desk.take_answers();
    ASSERT_EQ(answers.size(), 5U);
    for (std::uint8_t i = 0; i < 5; ++i) {
        EXPECT_EQ(answers[i].connection, i);
        EXPECT_EQ(answers[i].nonce, nonce_of(i));
        const auto block = opened(answers[i].bundle, BindingProfile::kDigest);
        ASSERT_OK(block);
        EXPECT_EQ(block.value().nonce, nonce_of(i));
        EXPECT_EQ(block.value().role, "worker");
    }
    EXPECT_TRUE(desk.is_asked());
    desk.go_on(make_block);
    ASSERT_EQ(desk.take_answers().size(), 1U);
    EXPECT_FALSE(desk.is_asked());
    EXPECT_EQ(producer.begun, 2);
}

TEST(EvidenceDesk, hands_out_a_bounded_number_of_answers_at_once) {
    ProducerOnDemand producer;
    EvidenceDesk desk{&producer};
    for (std::size_t i = 0; i < kEvidenceQuestionsMax + 1; ++i) {
        desk.ask({.connection = i, .nonce = nonce_of(static_cast<std::uint8_t>(i))});
    }
    desk.go_on(make_block);
    desk.go_on(make_block);
    std::set<std::uint64_t> served;
    std::size_t refused = 0;
    while (desk.is_asked()) {
        const auto answers = desk.take_answers();
        ASSERT_FALSE(answers.empty());
        EXPECT_LE(answers.size(), kEvidenceAnswersMax);
        for (const auto& answer : answers) {
            EXPECT_TRUE(served.insert(answer.connection).second);
            refused += answer.bundle ? 0U : 1U;
        }
    }
    EXPECT_EQ(served.size(), kEvidenceQuestionsMax + 1);
    EXPECT_EQ(refused, 1U);
    EXPECT_EQ(producer.begun, 1);
}

/// The container, with values that nobody signed.
constexpr std::string_view kCollateral = R"({"tcb_info":"{\"fmspc\":1}","tcb_info_signature":")"
                                         "00000000000000000000000000000000000000000000000000000000000000ab"
                                         "000000000000000000000000000000000000000000000000000000000000abcd"
                                         R"(","tcb_info_issuer_chain":"chain","qe_identity":"{}",)"
                                         R"("qe_identity_signature":")"
                                         "00000000000000000000000000000000000000000000000000000000000000ab"
                                         "000000000000000000000000000000000000000000000000000000000000abcd"
                                         R"(","qe_identity_issuer_chain":"chain","root_ca_crl":"3000",)"
                                         R"("pck_crl":"3000","pck_crl_issuer_chain":"chain"})";
constexpr std::string_view kCertificates =
    R"({"vek":"AQ==","ask":"Ag==","ark":"Aw==","revocation_lists":[]})";

TEST(EvidenceDesk, adds_what_the_host_wants_handed_out_where_it_belongs) {
    ProducerOnDemand producer;
    EvidenceDesk desk{&producer};
    const auto answered = [&] {
        desk.ask({.connection = 1, .nonce = nonce_of(1)});
        desk.go_on(make_block);
        desk.go_on(make_block);
        return attestation::parse_bundle(desk.take_answers().at(0).bundle.value()).value().endorsements;
    };
    EXPECT_TRUE(std::holds_alternative<std::monostate>(answered()));
    ASSERT_OK(desk.hand_out(bytes_of(kCollateral)));
    const auto endorsements = answered();
    const auto* const collateral = std::get_if<attestation::dcap::Collateral>(&endorsements);
    ASSERT_NE(collateral, nullptr);
    EXPECT_EQ(collateral->tcb_info.text, R"({"fmspc":1})");
    EXPECT_FALSE(desk.hand_out(bytes_of("no endorsements")).has_value());
    EXPECT_TRUE(std::holds_alternative<attestation::dcap::Collateral>(answered())) << "the last ones stay";
    ASSERT_OK(desk.hand_out(bytes_of(kCertificates)));
    EXPECT_TRUE(std::holds_alternative<std::monostate>(answered())) << "a TDX quote has no use for them";
    ASSERT_OK(desk.hand_out(bytes_of(kCollateral)));
    ASSERT_OK(desk.hand_out({}));
    EXPECT_TRUE(std::holds_alternative<std::monostate>(answered()));
}

TEST(EvidenceDesk, tells_why_there_is_none_and_begins_anew) {
    ProducerOnDemand producer;
    EvidenceDesk desk{&producer};
    producer.error = ProduceError::kTimedOut;
    desk.ask({.connection = 1, .nonce = nonce_of(1)});
    desk.go_on(make_block);
    desk.go_on(make_block);
    const auto failed = desk.take_answers();
    ASSERT_EQ(failed.size(), 1U);
    EXPECT_ERROR(failed[0].bundle, ProduceError::kTimedOut);
    EXPECT_TRUE(failed[0].may_ask_again);
    producer.error.reset();
    desk.ask({.connection = 1, .nonce = nonce_of(1)});
    desk.go_on(make_block);
    desk.go_on(make_block);
    EXPECT_OK(desk.take_answers().at(0).bundle);
    EvidenceDesk without{nullptr};
    without.ask({.connection = 1, .nonce = nonce_of(1)});
    const auto gone = without.take_answers().at(0);
    EXPECT_ERROR(gone.bundle, EvidenceError::kGone);
    EXPECT_TRUE(gone.may_ask_again) << "the host starts the enclave again";
    EXPECT_ERROR(without.registration(hash_of(1), make_block), EvidenceError::kGone);
}

TEST(EvidenceDesk, begins_a_registration_anew_when_what_made_it_has_ended) {
    ProducerOnDemand producer;
    EvidenceDesk desk{&producer};
    producer.error = EvidenceError::kEnded;
    for (int i = 1; i < 4; ++i) {
        EXPECT_FALSE(desk.registration(hash_of(7), make_block).value());
        EXPECT_EQ(producer.begun, i);
    }
    producer.error = ProduceError::kNoQuotes;
    EXPECT_ERROR(desk.registration(hash_of(7), make_block), ProduceError::kNoQuotes);
    producer.error.reset();
    EXPECT_FALSE(desk.registration(hash_of(7), make_block).value());
    EXPECT_TRUE(desk.registration(hash_of(7), make_block).value());
}

TEST(EvidenceDesk, gives_up_and_drops_what_comes_too_late) {
    ProducerOnDemand producer;
    EvidenceDesk desk{&producer};
    producer.may_end = false;
    desk.ask({.connection = 1, .nonce = nonce_of(1)});
    desk.go_on(make_block);
    desk.ask({.connection = 2, .nonce = nonce_of(2)});
    desk.give_up();
    const auto answers = desk.take_answers();
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_ERROR(answers[0].bundle, EvidenceError::kNoAnswer);
    EXPECT_ERROR(answers[1].bundle, EvidenceError::kNoAnswer);
    EXPECT_FALSE(desk.is_asked());
    desk.ask({.connection = 3, .nonce = nonce_of(3)});
    desk.go_on(make_block);
    EXPECT_EQ(producer.begun, 1);  // the TEE is still at the first one
    producer.may_end = true;
    desk.go_on(make_block);
    EXPECT_TRUE(desk.take_answers().empty());
    EXPECT_EQ(producer.begun, 2);
    desk.go_on(make_block);
    const auto late = desk.take_answers();
    ASSERT_EQ(late.size(), 1U);
    EXPECT_EQ(late[0].connection, 3U);
    EXPECT_OK(late[0].bundle);
}

TEST(EvidenceDesk, makes_evidence_that_the_registry_reads_before_that_of_clients) {
    ProducerOnDemand producer;
    EvidenceDesk desk{&producer};
    desk.ask({.connection = 1, .nonce = nonce_of(1)});
    EXPECT_FALSE(desk.registration(hash_of(7), make_block).value());
    desk.go_on(make_block);
    const auto made = desk.registration(hash_of(7), make_block);
    ASSERT_OK(made);
    ASSERT_TRUE(made.value());
    const auto& evidence = *made.value();
    EXPECT_EQ(evidence.type, 2);
    EXPECT_EQ(evidence.endorsements, Bytes{1});
    const auto report_data = ByteView{evidence.evidence}.subspan(kReportDataAt, 64);
    EXPECT_TRUE(equal(report_data.first(32), Bytes(32, 5)));  // the account
    const auto block =
        attestation::open_binding_block(evidence.binding_block, BindingProfile::kRegistry, report_data);
    ASSERT_OK(block);
    EXPECT_TRUE(equal(block.value().nonce, hash_of(7).view()));
    // It stays until another nonce is asked for, and clients are served meanwhile.
    EXPECT_EQ(desk.registration(hash_of(7), make_block).value(), made.value());
    desk.go_on(make_block);
    EXPECT_EQ(desk.take_answers().size(), 1U);
    EXPECT_FALSE(desk.registration(hash_of(8), make_block).value());
    EXPECT_TRUE(desk.registration(hash_of(8), make_block).value());
    EXPECT_EQ(producer.begun, 3);
}

TEST(EvidenceDesk, tells_the_failure_of_a_registration_once) {
    ProducerOnDemand producer;
    EvidenceDesk desk{&producer};
    producer.error = ProduceError::kBusy;
    EXPECT_FALSE(desk.registration(hash_of(7), make_block).value());
    EXPECT_ERROR(desk.registration(hash_of(7), make_block), ProduceError::kBusy);
    producer.error.reset();
    EXPECT_FALSE(desk.registration(hash_of(7), make_block).value());
    EXPECT_TRUE(desk.registration(hash_of(7), make_block).value());
}

}  // namespace
}  // namespace redoubt::enclave
