#include <enclave/endpoint/endpoint.hpp>

#include <gmock/gmock.h>
#include <boundary/refusal.hpp>
#include <enclave/endpoint/endpoint_error.hpp>
#include <enclave/endpoint/fake_backend_test.hpp>
#include <enclave/endpoint/memory_client_test.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::enclave::endpoint::tests {
namespace {

using boundary::Refusal;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kAsk = R"({"jsonrpc":"2.0","method":"system_name","id":1})";
constexpr std::string_view kAnswer = R"({"jsonrpc":"2.0","result":"Redoubt","id":1})";

class Endpoints : public ::testing::Test {
  protected:
    FakeBackend backend;
    std::unique_ptr<Endpoint> endpoint = Endpoint::create(fixed_keys(), {}, backend).value();
};

TEST_F(Endpoints, serve_many_clients_side_by_side) {
    MemoryClient first{*endpoint, 1};
    MemoryClient second{*endpoint, 2};
    ASSERT_TRUE(first.connect());
    ASSERT_TRUE(second.connect());
    EXPECT_EQ(first.ask(kAsk), kAnswer);
    EXPECT_EQ(second.ask(kAsk), kAnswer);
    EXPECT_EQ(first.ask(kAsk), kAnswer);
    EXPECT_EQ(endpoint->clients(), 2U);
}

TEST_F(Endpoints, refuse_connections_above_the_limit_and_take_them_again_later) {
    for (std::uint64_t id = 0; id < kConnectionsMax; ++id) {
        ASSERT_OK(endpoint->opened(id));
    }
    EXPECT_ERROR(endpoint->opened(kConnectionsMax), Refusal::kTooManyClients);
    EXPECT_EQ(endpoint->clients(), kConnectionsMax);
    EXPECT_TRUE(endpoint->closed(0).effects.empty());
    EXPECT_OK(endpoint->opened(kConnectionsMax));
}

TEST_F(Endpoints, refuse_ids_that_are_open_or_unknown) {
    ASSERT_OK(endpoint->opened(1));
    EXPECT_ERROR(endpoint->opened(1), Refusal::kOutOfOrder);
    EXPECT_ERROR(endpoint->received(2, bytes_of("x")), Refusal::kUnknownConnection);
    EXPECT_TRUE(endpoint->closed(2).effects.empty());
    EXPECT_EQ(endpoint->clients(), 1U);
}

TEST_F(Endpoints, forget_half_open_connections) {
    MemoryClient client{*endpoint, 1};
    static_cast<void>(endpoint->received(1, Bytes{0x16, 0x03}));
    static_cast<void>(endpoint->closed(1));
    EXPECT_EQ(endpoint->clients(), 0U);
    EXPECT_ERROR(endpoint->received(1, bytes_of("x")), Refusal::kUnknownConnection);
}

/// A question that reads `key`, then one that does not.
class ChainQuestions : public Endpoints {
  protected:
    ChainQuestions() {
        backend.reads_keys = {Bytes{1}};
        EXPECT_TRUE(client.connect());
    }
    [[nodiscard]] std::string question() const {
        return R"({"jsonrpc":"2.0","method":"state_executeGetter","params":[")" +
               to_hex_0x(scale::encode(stf::Request{.shard = backend.shard_id, .cyphertext = Bytes{1}})) +
               R"("],"id":7})";
    }
    std::vector<std::string> answers() {
        std::vector<std::string> out;
        for (const auto& frame : client.take_frames()) {
            out.push_back(frame.payload);
        }
        return out;
    }
    [[nodiscard]] static std::string refusal(const std::string& answer) {
        const auto value = answer.substr(answer.find("0x"));
        const auto bytes = parse_hex(value.substr(0, value.find('"'))).value();
        return std::string{text_of(bytes)};
    }

    const std::string given_ = R"({"jsonrpc":"2.0","result":"0x1801102a0000000000","id":7})";
    MemoryClient client{*endpoint, 1};
};

TEST_F(ChainQuestions, wait_for_the_state_and_hold_what_follows) {
    client.send(concat(client_text(kAsk), client_text(question()), client_text(kAsk)));
    ASSERT_TRUE(client.needed().has_value());
    EXPECT_EQ(client.needed()->block, *backend.block);
    EXPECT_EQ(client.needed()->keys, std::vector<Bytes>(1, Bytes{1}));
    EXPECT_EQ(answers(), std::vector<std::string>{std::string{kAnswer}});
    EXPECT_ERROR(endpoint->received(1, Bytes{0}), Refusal::kOutOfOrder);
    client.give_state(Bytes{1}, {Bytes{5}});
    EXPECT_FALSE(client.needed().has_value());
    EXPECT_EQ(answers(), (std::vector<std::string>{given_, std::string{kAnswer}}));
    EXPECT_EQ(client.ask(kAsk), kAnswer);
    EXPECT_ERROR(endpoint->state_given({.connection = 1, .header = {}, .proof = {}}),
                 Refusal::kChainStateUnwanted);
    EXPECT_ERROR(endpoint->state_given({.connection = 9, .header = {}, .proof = {}}),
                 Refusal::kUnknownConnection);
}

TEST_F(ChainQuestions, are_told_when_the_host_has_nothing_or_lies) {
    client.send(client_text(question()));
    client.give_state({}, {});
    auto told = answers();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_THAT(refusal(told[0]), HasSubstr("did not get it from its chain node"));
    backend.proofs_hold = false;
    client.send(client_text(question()));
    client.give_state(Bytes{1}, {Bytes{5}});
    told = answers();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_THAT(refusal(told[0]), HasSubstr("gave no proof that holds"));
    backend.proofs_hold = true;
    client.send(client_text(question()));
    client.give_state(Bytes{1}, {});
    EXPECT_EQ(answers(), std::vector<std::string>{given_});
}

TEST_F(ChainQuestions, begin_anew_when_a_block_came_meanwhile) {
    client.send(client_text(question()));
    backend.block->number = 6;
    client.give_state(Bytes{1}, {Bytes{5}});
    ASSERT_TRUE(client.needed().has_value());
    EXPECT_EQ(client.needed()->block.number, 6U);
    EXPECT_TRUE(answers().empty());
    client.give_state(Bytes{1}, {Bytes{5}});
    EXPECT_EQ(answers(), std::vector<std::string>{given_});
}

TEST_F(ChainQuestions, end_after_so_many_rounds) {
    backend.reads_keys.clear();
    for (std::uint8_t n = 0; n <= kReadRoundsMax; ++n) {
        backend.reads_keys.push_back(Bytes{n});
    }
    client.send(client_text(question()));
    for (std::size_t round = 0; round < kReadRoundsMax; ++round) {
        ASSERT_TRUE(client.needed().has_value()) << round;
        client.give_state(Bytes{1}, {Bytes{5}});
    }
    EXPECT_FALSE(client.needed().has_value());
    const auto told = answers();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_THAT(refusal(told[0]), HasSubstr("too much"));
    EXPECT_EQ(client.ask(kAsk), kAnswer);
}

TEST_F(ChainQuestions, hold_no_more_state_than_allowed) {
    client.send(client_text(question()));
    backend.reads_keys.push_back(Bytes{2});
    client.give_state(Bytes{1}, {Bytes(kProvenBytesMax + 1, 1)});
    const auto told = answers();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_THAT(refusal(told[0]), HasSubstr("too much"));
}

TEST_F(ChainQuestions, cannot_be_answered_before_the_first_block) {
    backend.block.reset();
    client.send(client_text(question()));
    EXPECT_FALSE(client.needed().has_value());
    const auto told = answers();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_THAT(refusal(told[0]), HasSubstr("no block was imported yet"));
}

TEST_F(ChainQuestions, are_forgotten_with_their_client) {
    client.send(client_text(question()));
    EXPECT_TRUE(endpoint->closed(1).effects.empty());
    EXPECT_EQ(endpoint->clients(), 0U);
    EXPECT_ERROR(endpoint->state_given({.connection = 1, .header = {}, .proof = {}}),
                 Refusal::kUnknownConnection);
}

TEST_F(ChainQuestions, in_a_batch_are_answered_together) {
    client.send(client_text("[" + question() + "," + std::string{kAsk} + "," + question() + "]"));
    ASSERT_TRUE(client.needed().has_value());
    client.give_state(Bytes{1}, {Bytes{5}});
    EXPECT_EQ(answers(),
              std::vector<std::string>{"[" + given_ + "," + std::string{kAnswer} + "," + given_ + "]"});
}

/// A question for evidence.
class EvidenceQuestions : public Endpoints {
  protected:
    EvidenceQuestions() { EXPECT_TRUE(client.connect()); }
    static std::string question(const std::string& nonce, std::string_view id = "7") {
        return R"({"jsonrpc":"2.0","method":"redoubt_evidence","params":[")" + nonce + R"("],"id":)" +
               std::string{id} + "}";
    }
    std::vector<std::string> answers() {
        std::vector<std::string> out;
        for (const auto& frame : client.take_frames()) {
            out.push_back(frame.payload);
        }
        return out;
    }

    const Bytes nonce_ = Bytes(16, 0xab);
    const std::string hex_ = to_hex_0x(nonce_);
    MemoryClient client{*endpoint, 1};
};

TEST_F(EvidenceQuestions, wait_and_hold_what_follows_while_others_are_served) {
    MemoryClient other{*endpoint, 2};
    ASSERT_TRUE(other.connect());
    client.send(concat(client_text(kAsk), client_text(question(hex_)), client_text(kAsk)));
    EXPECT_EQ(answers(), std::vector<std::string>{std::string{kAnswer}});
    const auto questions = endpoint->take_evidence_questions();
    ASSERT_EQ(questions.size(), 1U);
    EXPECT_EQ(questions[0].connection, 1U);
    EXPECT_EQ(questions[0].nonce, nonce_);
    EXPECT_TRUE(endpoint->take_evidence_questions().empty());
    EXPECT_EQ(other.ask(kAsk), kAnswer);
    client.send(client_text(kAsk));
    EXPECT_TRUE(answers().empty());
    client.give_evidence(nonce_, std::string{R"({"format":"x"})"});
    EXPECT_EQ(answers(), (std::vector<std::string>{R"({"jsonrpc":"2.0","result":{"format":"x"},"id":7})",
                                                   std::string{kAnswer}, std::string{kAnswer}}));
    EXPECT_EQ(client.ask(kAsk), kAnswer);
}

TEST_F(EvidenceQuestions, have_nonces_of_16_to_64_bytes) {
    for (const std::size_t size : {0U, 15U, 65U, 66U}) {
        const Bytes nonce(size, 0xab);
        for (const auto& hex : {to_hex(nonce), to_hex_0x(nonce)}) {
            client.send(client_text(question(hex)));
            const auto told = answers();
            ASSERT_EQ(told.size(), 1U) << hex;
            EXPECT_THAT(told[0], HasSubstr(R"("code":-32602)")) << hex;
            EXPECT_TRUE(endpoint->take_evidence_questions().empty()) << hex;
        }
    }
    const Bytes longest(64, 0xab);
    client.send(client_text(question(to_hex(longest))));
    ASSERT_EQ(endpoint->take_evidence_questions().size(), 1U);
}

TEST_F(EvidenceQuestions, are_told_why_there_is_none) {
    client.send(client_text(question(hex_)));
    client.give_evidence(nonce_, EndpointError::kTooMuchEvidence);
    const auto told = answers();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_THAT(told[0], HasSubstr(R"("code":-32021,"message":"there is no evidence: )"));
    client.send(client_text(question(hex_)));
    client.give_evidence(nonce_, EndpointError::kTooMuchEvidence, true);
    const auto later = answers();
    ASSERT_EQ(later.size(), 1U);
    EXPECT_THAT(later[0], HasSubstr(R"("code":-32020,"message":"there is no evidence: )"));
}

TEST_F(EvidenceQuestions, take_an_answer_to_their_own_nonce_alone) {
    client.send(client_text(question(hex_)));
    EXPECT_TRUE(
        endpoint->evidence_given({.connection = 1, .nonce = Bytes(16, 1), .bundle = std::string{"{}"}})
            .effects.empty());
    EXPECT_TRUE(endpoint->evidence_given({.connection = 9, .nonce = nonce_, .bundle = std::string{"{}"}})
                    .effects.empty());
    EXPECT_TRUE(answers().empty());
    client.give_evidence(nonce_, std::string{"{}"});
    EXPECT_EQ(answers().size(), 1U);
    client.send(client_text(kAsk));
    EXPECT_TRUE(endpoint->evidence_given({.connection = 1, .nonce = nonce_, .bundle = std::string{"{}"}})
                    .effects.empty());
}

TEST_F(EvidenceQuestions, are_refused_with_a_nonce_that_is_none) {
    const auto hex = [](std::size_t bytes) { return to_hex_0x(Bytes(bytes, 1)); };
    for (const auto& wrong :
         {std::string{}, std::string{"0x"}, hex(15), hex(65), std::string{"0xzz"}, hex(1'000)}) {
        const auto told = client.ask(question(wrong));
        ASSERT_TRUE(told) << wrong;
        EXPECT_THAT(*told, HasSubstr("-32602")) << wrong;
    }
    EXPECT_TRUE(endpoint->take_evidence_questions().empty());
    for (const std::size_t bytes : {16U, 64U}) {
        client.send(client_text(question(hex(bytes))));
        EXPECT_EQ(endpoint->take_evidence_questions().size(), 1U);
        client.give_evidence(Bytes(bytes, 1), std::string{"{}"});
        EXPECT_EQ(answers().size(), 1U);
    }
}

TEST_F(EvidenceQuestions, in_a_batch_share_one_nonce) {
    client.send(client_text("[" + question(hex_, "1") + "," + std::string{kAsk} + "," + question(hex_, "2") +
                            "," + question(to_hex_0x(Bytes(16, 1)), "3") + "]"));
    ASSERT_EQ(endpoint->take_evidence_questions().size(), 1U);
    client.give_evidence(nonce_, std::string{"{}"});
    const auto told = answers();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_THAT(told[0], HasSubstr(R"("result":{},"id":1)"));
    EXPECT_THAT(told[0], HasSubstr(R"("result":{},"id":2)"));
    EXPECT_THAT(told[0], HasSubstr("one nonce in a batch"));
}

TEST_F(EvidenceQuestions, of_one_connection_are_limited_in_number) {
    for (std::size_t i = 0; i < kEvidencePerConnectionMax; ++i) {
        client.send(client_text(question(hex_)));
        client.give_evidence(nonce_, std::string{"{}"});
        ASSERT_EQ(answers().size(), 1U) << i;
    }
    const auto told = client.ask(question(hex_));
    ASSERT_TRUE(told);
    EXPECT_THAT(*told, AllOf(HasSubstr("-32020"), HasSubstr("connect anew")));
}

TEST_F(EvidenceQuestions, hold_no_more_behind_them_than_allowed) {
    client.send(client_text(question(hex_)));
    client.send(client_text(std::string(kBehindEvidenceBytesMax - 100, ' ')));
    EXPECT_FALSE(client.is_closed());
    client.send(client_text(std::string(100, ' ')));
    EXPECT_THAT(client.last_close().payload, HasSubstr("wait for the evidence"));
    EXPECT_EQ(endpoint->clients(), 0U);
    EXPECT_TRUE(endpoint->evidence_given({.connection = 1, .nonce = nonce_, .bundle = std::string{"{}"}})
                    .effects.empty());
}

TEST_F(Endpoints, answer_pipelined_requests_with_the_upgrade_in_one_piece) {
    MemoryClient client{*endpoint, 1};
    ASSERT_TRUE(client.handshake());
    const auto wire = concat(bytes_of(kUpgradeRequest), client_text(kAsk), client_text(kAsk));
    client.send(wire);
    const auto text = client.take_plaintext();
    EXPECT_THAT(text, StartsWith("HTTP/1.1 101 "));
    const auto first = text.find(kAnswer);
    ASSERT_NE(first, std::string::npos);
    EXPECT_NE(text.find(kAnswer, first + 1), std::string::npos);
}

TEST_F(Endpoints, answer_a_plain_get_and_close) {
    MemoryClient client{*endpoint, 1};
    ASSERT_TRUE(client.handshake());
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_THAT(client.take_plaintext(), StartsWith("HTTP/1.1 426 Upgrade Required\r\n"));
    EXPECT_TRUE(client.is_closed());
    EXPECT_FALSE(client.is_established());
    EXPECT_EQ(endpoint->clients(), 0U);
}

TEST_F(Endpoints, answer_fragmented_messages) {
    MemoryClient client{*endpoint, 1};
    ASSERT_TRUE(client.connect());
    client.send(client_frame(Opcode::kText, bytes_of(kAsk.substr(0, 10)), false));
    EXPECT_TRUE(client.take_frames().empty());
    client.send(client_frame(Opcode::kContinuation, bytes_of(kAsk.substr(10))));
    const auto frames = client.take_frames();
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].payload, kAnswer);
}

TEST_F(Endpoints, answer_a_message_of_five_megabytes) {
    MemoryClient client{*endpoint, 1};
    ASSERT_TRUE(client.connect());
    const auto ask = R"({"jsonrpc":"2.0","method":"system_name","params":[")" +
                     std::string(5 * 1024 * 1024, 'p') + R"("],"id":1})";
    EXPECT_EQ(client.ask(ask), kAnswer);
    EXPECT_EQ(client.ask(kAsk), kAnswer);
}

TEST_F(Endpoints, close_on_a_larger_message_and_say_why) {
    MemoryClient client{*endpoint, 1};
    ASSERT_TRUE(client.connect());
    client.send(client_text(std::string(kMessageBytesMax + 1, 'p')));
    const auto close = client.last_close();
    EXPECT_EQ(close.close_code(), 1009U);
    EXPECT_THAT(close.payload, HasSubstr("5 MiB"));
    EXPECT_EQ(endpoint->clients(), 0U);
}

TEST_F(Endpoints, close_on_binary_messages_and_garbage_frames) {
    MemoryClient binary{*endpoint, 1};
    ASSERT_TRUE(binary.connect());
    binary.send(client_frame(Opcode::kBinary, Bytes{1, 2}));
    EXPECT_EQ(binary.last_close().close_code(), 1003U);

    MemoryClient garbage{*endpoint, 2};
    ASSERT_TRUE(garbage.connect());
    garbage.send("garbage");
    EXPECT_EQ(garbage.last_close().close_code(), 1002U);
}

TEST_F(Endpoints, complete_the_close_handshake) {
    MemoryClient client{*endpoint, 1};
    ASSERT_TRUE(client.connect());
    client.send(client_frame(Opcode::kClose, Bytes{0x03, 0xe8}));
    EXPECT_EQ(client.last_close().close_code(), 1000U);
}

TEST_F(Endpoints, answer_pings) {
    MemoryClient client{*endpoint, 1};
    ASSERT_TRUE(client.connect());
    client.send(client_frame(Opcode::kPing, bytes_of("p")));
    const auto frames = client.take_frames();
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].opcode, Opcode::kPong);
    EXPECT_EQ(frames[0].payload, "p");
}

TEST_F(Endpoints, close_when_requests_ask_for_too_many_bytes_at_once) {
    backend.key_json = std::string(100'000, 'k');
    MemoryClient client{*endpoint, 1};
    ASSERT_TRUE(client.connect());
    Bytes wire;
    for (int i = 0; i < 200; ++i) {
        append(wire, client_text(R"({"jsonrpc":"2.0","method":"author_getShieldingKey","id":1})"));
    }
    client.send(wire);
    EXPECT_EQ(client.last_close().close_code(), 1008U);
    EXPECT_LT(client.most_outgoing(), kOutgoingBytesMax + kReplyBytesMax);
}

TEST_F(Endpoints, close_the_connection_that_exceeds_the_memory_of_all) {
    const Bytes five_megabytes(5 * 1024 * 1024, 'x');
    const auto unfinished = client_frame(Opcode::kText, five_megabytes, false);
    std::vector<std::unique_ptr<MemoryClient>> clients;
    for (std::uint64_t id = 0; id < 16; ++id) {
        clients.push_back(std::make_unique<MemoryClient>(*endpoint, id));
        ASSERT_TRUE(clients.back()->connect());
        clients.back()->send(unfinished);
        if (clients.back()->is_closed()) {
            break;
        }
    }
    ASSERT_TRUE(clients.back()->is_closed());
    EXPECT_GE(clients.size(), 6U);
    EXPECT_EQ(clients.back()->last_close().close_code(), 1013U);
    // The others go on.
    clients[0]->send(client_frame(Opcode::kContinuation, {}));
    const auto frames = clients[0]->take_frames();
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_THAT(frames[0].payload, HasSubstr("-32700"));
}

TEST_F(Endpoints, end_a_connection_of_which_the_host_gives_too_much_at_once) {
    ASSERT_OK(endpoint->opened(1));
    const auto effects = endpoint->received(1, Bytes(kReceiveBytesMax + 1));
    ASSERT_OK(effects);
    EXPECT_TRUE(effects.value().effects.at(0).close);
}

TEST(TlsEndpointFactories, keep_the_p256_key_in_the_identity) {
    TlsEndpointFactory factory;
    FakeBackend backend;
    const auto identity = factory.create_identity();
    ASSERT_OK(identity);
    backend.identity = to_bytes(identity.value().expose());
    const std::vector<std::string> names{"localhost", "127.0.0.1"};
    const auto first = factory.make(backend, names, 0);
    ASSERT_OK(first);
    const auto second = factory.make(backend, names, 1);
    ASSERT_OK(second);
    EXPECT_EQ(first.value()->tls_spki_sha256(), second.value()->tls_spki_sha256());

    const auto other = factory.create_identity();
    EXPECT_NE(to_bytes(other.value().expose()), backend.identity);
}

TEST(TlsEndpointFactories, reject_identities_of_other_releases) {
    TlsEndpointFactory factory;
    FakeBackend backend;
    EXPECT_ERROR(factory.make(backend, {}, 0), EndpointError::kBadIdentity);
    backend.identity = Bytes(33, 2);
    EXPECT_ERROR(factory.make(backend, {}, 0), EndpointError::kBadIdentity);
    backend.identity = Bytes(33, 0);
    backend.identity[0] = 1;
    EXPECT_ERROR(factory.make(backend, {}, 0), EndpointError::kBadKey);
    backend.identity[32] = 1;
    EXPECT_OK(factory.make(backend, {}, 0));
}

TEST(Initialise, completes_its_handshakes) {
    initialise();
    initialise();
}

}  // namespace
}  // namespace redoubt::enclave::endpoint::tests
