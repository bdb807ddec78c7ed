#include <enclave/endpoint/websocket_session.hpp>

#include <enclave/endpoint/memory_client_test.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::enclave::endpoint::tests {
namespace {

using Step = WebSocketSession::Step;

struct Outcome {
    std::vector<std::string> messages;
    bool is_closed = false;
    Bytes out;

    [[nodiscard]] unsigned close_code() const {
        // The close frame is the last one written, and small.
        for (std::size_t at = 0; at + 4 <= out.size(); at += std::size_t{2} + out[at + 1]) {
            if (out[at] == 0x88) {
                return static_cast<unsigned>(out[at + 2]) << 8 | out[at + 3];
            }
        }
        return 0;
    }
};

Outcome run(WebSocketSession& session, ByteView wire, std::size_t chunk = SIZE_MAX) {
    Outcome outcome;
    while (!wire.empty() && !outcome.is_closed) {
        auto part = wire.first(std::min(chunk, wire.size()));
        wire = wire.subspan(part.size());
        for (;;) {
            const auto step = session.receive(part, outcome.out);
            if (step == Step::kMessage) {
                outcome.messages.emplace_back(session.message());
                continue;
            }
            outcome.is_closed = step == Step::kClosed;
            break;
        }
    }
    return outcome;
}

unsigned close_code_of(ByteView wire) {
    WebSocketSession session;
    const auto outcome = run(session, wire);
    EXPECT_TRUE(outcome.is_closed);
    EXPECT_TRUE(outcome.messages.empty());
    return outcome.close_code();
}

Bytes close_with(unsigned code, std::string_view reason = "") {
    Bytes payload{static_cast<std::uint8_t>(code >> 8), static_cast<std::uint8_t>(code)};
    append(payload, bytes_of(reason));
    return client_frame(Opcode::kClose, payload);
}

TEST(WebSocketSession, returns_pipelined_messages_in_order) {
    WebSocketSession session;
    const auto outcome = run(session, concat(client_text("one"), client_text(""), client_text("three")));
    EXPECT_EQ(outcome.messages, (std::vector<std::string>{"one", "", "three"}));
    EXPECT_FALSE(outcome.is_closed);
}

TEST(WebSocketSession, returns_the_same_messages_byte_by_byte) {
    WebSocketSession session;
    const auto outcome =
        run(session, concat(client_text("one"), client_text(std::string(300, 'z')), client_text("three")), 1);
    EXPECT_EQ(outcome.messages, (std::vector<std::string>{"one", std::string(300, 'z'), "three"}));
}

TEST(WebSocketSession, joins_fragments_and_answers_a_ping_between_them) {
    WebSocketSession session;
    const auto outcome = run(session, concat(client_frame(Opcode::kText, bytes_of("Hel"), false),
                                             client_frame(Opcode::kPing, bytes_of("still there?")),
                                             client_frame(Opcode::kContinuation, bytes_of(""), false),
                                             client_frame(Opcode::kContinuation, bytes_of("lo"))));
    EXPECT_EQ(outcome.messages, std::vector<std::string>{"Hello"});
    Bytes pong;
    append_frame(pong, Opcode::kPong, bytes_of("still there?"));
    EXPECT_EQ(outcome.out, pong);
}

TEST(WebSocketSession, ignores_a_pong_nobody_asked_for) {
    WebSocketSession session;
    const auto outcome = run(session, concat(client_frame(Opcode::kPong, bytes_of("x")), client_text("a")));
    EXPECT_EQ(outcome.messages, std::vector<std::string>{"a"});
    EXPECT_TRUE(outcome.out.empty());
}

TEST(WebSocketSession, accepts_a_character_split_between_fragments) {
    WebSocketSession session;
    const auto outcome = run(session, concat(client_frame(Opcode::kText, Bytes{0xc3}, false),
                                             client_frame(Opcode::kContinuation, Bytes{0xa4})));
    EXPECT_EQ(outcome.messages, std::vector<std::string>{"ä"});
}

TEST(WebSocketSession, rejects_text_that_is_no_utf8) {
    EXPECT_EQ(close_code_of(client_frame(Opcode::kText, Bytes{0xc3, 0x28})), 1007U);
}

TEST(WebSocketSession, rejects_binary_messages) {
    EXPECT_EQ(close_code_of(client_frame(Opcode::kBinary, Bytes{1, 2, 3})), 1003U);
}

TEST(WebSocketSession, rejects_fragments_out_of_order) {
    EXPECT_EQ(close_code_of(client_frame(Opcode::kContinuation, bytes_of("x"))), 1002U);
    EXPECT_EQ(close_code_of(concat(client_frame(Opcode::kText, bytes_of("x"), false), client_text("y"))),
              1002U);
}

TEST(WebSocketSession, accepts_the_largest_message_and_rejects_one_byte_more) {
    WebSocketSession session;
    const auto outcome = run(session, client_frame(Opcode::kText, Bytes(kMessageBytesMax, 'a')), 100'000);
    ASSERT_EQ(outcome.messages.size(), 1U);
    EXPECT_EQ(outcome.messages[0].size(), kMessageBytesMax);

    // The head alone is enough to refuse.
    const auto too_big = client_frame(Opcode::kText, Bytes(kMessageBytesMax + 1, 'a'));
    EXPECT_EQ(close_code_of(ByteView{too_big}.first(kFrameHeadBytesMax)), 1009U);
}

TEST(WebSocketSession, rejects_fragments_that_grow_too_large_together) {
    WebSocketSession session;
    const auto first = run(session, client_frame(Opcode::kText, Bytes(kMessageBytesMax, 'a'), false));
    EXPECT_FALSE(first.is_closed);
    const auto second = run(session, client_frame(Opcode::kContinuation, bytes_of("b")));
    EXPECT_EQ(second.close_code(), 1009U);
    EXPECT_EQ(session.buffered_bytes(), 0U);
}

TEST(WebSocketSession, frees_the_memory_of_a_large_message) {
    WebSocketSession session;
    static_cast<void>(run(session, client_frame(Opcode::kText, Bytes(1'000'000, 'a'))));
    EXPECT_LT(session.buffered_bytes(), 100'000U);
}

TEST(WebSocketSession, echoes_the_code_of_a_close) {
    EXPECT_EQ(close_code_of(close_with(1000, "bye")), 1000U);
    EXPECT_EQ(close_code_of(close_with(3000)), 3000U);
    EXPECT_EQ(close_code_of(close_with(4999)), 4999U);
    EXPECT_EQ(close_code_of(client_frame(Opcode::kClose, {})), 0U);
}

TEST(WebSocketSession, rejects_close_frames_that_must_not_be_sent) {
    for (const unsigned code : {0U, 999U, 1004U, 1005U, 1006U, 1015U, 2999U, 5000U}) {
        EXPECT_EQ(close_code_of(close_with(code)), 1002U) << code;
    }
    EXPECT_EQ(close_code_of(client_frame(Opcode::kClose, Bytes{0x03})), 1002U);
    EXPECT_EQ(close_code_of(close_with(1000, "\xff")), 1007U);
}

TEST(WebSocketSession, reads_nothing_after_a_close) {
    WebSocketSession session;
    const auto outcome = run(session, concat(close_with(1000), client_text("more")));
    EXPECT_TRUE(outcome.is_closed);
    EXPECT_TRUE(outcome.messages.empty());
}

}  // namespace
}  // namespace redoubt::enclave::endpoint::tests
