#include <gtest/gtest.h>
#include <boundary/frame.hpp>
#include <boundary/refusal.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::boundary {
namespace {

std::array<std::uint8_t, kFramePrefixBytes> prefix_of(std::uint32_t length, std::uint8_t tag) {
    const auto bytes = scale::encode_all(length, tag);
    std::array<std::uint8_t, kFramePrefixBytes> out{};
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

template <class Message>
void expect_round_trip_to_enclave(const Message& message) {
    const auto frame = encode_frame(ToEnclave{message});
    const auto rest = bytes_after_prefix_to_enclave(FramePrefix{frame.data(), kFramePrefixBytes});
    ASSERT_OK(rest);
    EXPECT_EQ(rest.value(), frame.size() - kFramePrefixBytes);
    const auto decoded = decode_to_enclave(ByteView{frame}.subspan(4));
    ASSERT_OK(decoded);
    EXPECT_EQ(decoded.value(), ToEnclave{message});
}

template <class Message>
void expect_round_trip_from_enclave(const Message& message) {
    const auto frame = encode_frame(FromEnclave{message});
    const auto rest = bytes_after_prefix_from_enclave(FramePrefix{frame.data(), kFramePrefixBytes});
    ASSERT_OK(rest);
    EXPECT_EQ(rest.value(), frame.size() - kFramePrefixBytes);
    const auto decoded = decode_from_enclave(ByteView{frame}.subspan(4));
    ASSERT_OK(decoded);
    EXPECT_EQ(decoded.value(), FromEnclave{message});
}

TEST(Frame, returns_every_message_to_the_enclave_unchanged) {
    expect_round_trip_to_enclave(Hello{});
    expect_round_trip_to_enclave(Start{.sealed_identity = Bytes{1, 2},
                                       .genesis_hash = {},
                                       .shard = Hash256{},
                                       .dev = true,
                                       .host_time_ms = 7,
                                       .tls_names = {"localhost", "127.0.0.1"},
                                       .anchor = TrustAnchor{.header = {1}, .state_proof = {Bytes{2}}},
                                       .unverified_finality = true,
                                       .stale_after_ms = 9,
                                       .relay = RelayChain{.genesis_hash = {}, .para_id = 2000}});
    expect_round_trip_to_enclave(Restore{.sequence = 9, .sealed = {4}});
    expect_round_trip_to_enclave(RestoreDone{});
    expect_round_trip_to_enclave(
        SetRuntime{.metadata = {1}, .ss58_prefix = 13, .decimals = 12, .symbol = "T"});
    expect_round_trip_to_enclave(ImportBlock{.header = {1},
                                             .extrinsics = {Bytes{2}, Bytes{}},
                                             .state_proof = {Bytes{4}},
                                             .events = {3},
                                             .host_time_ms = 1});
    expect_round_trip_to_enclave(CommitPersisted{.sequence = 1});
    expect_round_trip_to_enclave(Outbox{.max = 5});
    expect_round_trip_to_enclave(SignOutbox{.id = 1, .nonce = 2});
    expect_round_trip_to_enclave(
        SignRegistration{.url = "wss://x", .method = 2, .proof = {1, 2}, .nonce = 1});
    expect_round_trip_to_enclave(
        SignCollateral{.kind = 1, .document = {1}, .signature = {2, 3}, .issuer_chain = {4}, .nonce = 5});
    expect_round_trip_to_enclave(SignShardConfig{.nonce = 3});
    expect_round_trip_to_enclave(ClientOpened{.connection = 3});
    expect_round_trip_to_enclave(ClientBytes{.connection = 3, .bytes = {0x16, 3}});
    expect_round_trip_to_enclave(ClientClosed{.connection = 3});
    expect_round_trip_to_enclave(Status{.host_time_ms = 5});
    expect_round_trip_to_enclave(Finality{.headers = {Bytes{1}}, .justification = Bytes{2}});
    expect_round_trip_to_enclave(FinalityHop{.warp_sync = {3}});
    expect_round_trip_to_enclave(TakeEvidence{.host_time_ms = 5, .give_up = true, .endorsements = {}});
    expect_round_trip_to_enclave(TakeEvidence{.host_time_ms = 5, .endorsements = Bytes(300, 1)});
    expect_round_trip_to_enclave(RegistrationEvidence{.nonce = {}, .host_time_ms = 5});
    expect_round_trip_to_enclave(ParachainHead{
        .relay_block = {}, .proof = {Bytes{1}}, .headers = {Bytes{2}}, .genesis_proof = {{Bytes{3}}}});
}

TEST(Frame, returns_every_message_from_the_enclave_unchanged) {
    expect_round_trip_from_enclave(Refused{.domain = 1, .value = 3});
    expect_round_trip_from_enclave(HelloReply{.protocol = 1, .enclave_version = "0.1.0"});
    expect_round_trip_from_enclave(Started{});
    expect_round_trip_from_enclave(Restored{});
    expect_round_trip_from_enclave(Position{.sequence = 1,
                                            .last_block = BlockId{},
                                            .shard = {},
                                            .state_bytes = 1,
                                            .finalized = BlockId{},
                                            .relay_finalized = BlockId{}});
    expect_round_trip_from_enclave(RuntimeSet{.spec_version = 50, .metadata_hash = Hash256{}});
    expect_round_trip_from_enclave(Commit{.sequence = 1, .is_base = true, .sealed = {Bytes{1}}});
    expect_round_trip_from_enclave(Committed{});
    expect_round_trip_from_enclave(OutboxItems{.items = {OutboxItem{.id = 1, .kind = 1, .block_number = 2}}});
    expect_round_trip_from_enclave(Signed{.extrinsic = {1}, .valid_until_block = 64});
    expect_round_trip_from_enclave(ClientEffects{
        .effects = {ClientEffect{.connection = 1, .bytes = {1}, .close = true, .established = true}}});
    StatusReport status;
    status.finality = FinalityReport{};
    status.finality->relay = RelayReport{};
    expect_round_trip_from_enclave(status);
    expect_round_trip_from_enclave(FinalityMoved{});
    expect_round_trip_from_enclave(ClientEffects{.effects = {}, .needed = {}, .evidence_waits = true});
    expect_round_trip_from_enclave(RegistrationEvidenceMade{});
    expect_round_trip_from_enclave(
        RegistrationEvidenceMade{ProducedEvidence{.type = 2,
                                                  .evidence = Bytes(kProducedBytesMax),
                                                  .endorsements = Bytes(kProducedBytesMax),
                                                  .binding_block = Bytes(2048)}});
}

// The bytes that docs/PROTOCOL.md describes.
TEST(Frame, writes_the_documented_bytes_of_the_chain_messages) {
    EXPECT_EQ(encode_frame(ToEnclave{Finality{.headers = {Bytes{1, 2}}, .justification = Bytes{3}}}),
              (Bytes{8, 0, 0, 0, 15, 4, 8, 1, 2, 1, 4, 3}));
    EXPECT_EQ(encode_frame(ToEnclave{Finality{.headers = {}, .justification = std::nullopt}}),
              (Bytes{3, 0, 0, 0, 15, 0, 0}));
    EXPECT_EQ(encode_frame(ToEnclave{FinalityHop{.warp_sync = {0, 1}}}), (Bytes{4, 0, 0, 0, 16, 8, 0, 1}));
    EXPECT_EQ(encode_frame(ToEnclave{Status{.host_time_ms = 1}}),
              (Bytes{9, 0, 0, 0, 14, 1, 0, 0, 0, 0, 0, 0, 0}));
    EXPECT_EQ(encode_frame(ToEnclave{ImportBlock{.header = {9},
                                                 .extrinsics = {Bytes{8}},
                                                 .state_proof = {Bytes{7}},
                                                 .events = {6},
                                                 .host_time_ms = 2}}),
              (Bytes{19, 0, 0, 0, 5, 4, 9, 4, 4, 8, 4, 4, 7, 4, 6, 2, 0, 0, 0, 0, 0, 0, 0}));
    const Start start{.sealed_identity = std::nullopt,
                      .genesis_hash = {},
                      .shard = std::nullopt,
                      .dev = true,
                      .host_time_ms = 0,
                      .tls_names = {},
                      .anchor = TrustAnchor{.header = {5}, .state_proof = {Bytes{4}}},
                      .unverified_finality = false,
                      .stale_after_ms = 3,
                      .relay = RelayChain{.genesis_hash = {}, .para_id = 7}};
    const auto frame = encode_frame(ToEnclave{start});
    auto tail = Bytes{1, 4, 5, 4, 4, 4, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1};
    append(tail, Hash256{}.view());
    append(tail, Bytes{7, 0, 0, 0});
    ASSERT_GT(frame.size(), tail.size());
    EXPECT_TRUE(std::equal(tail.rbegin(), tail.rend(), frame.rbegin()));
}

TEST(Frame, rejects_a_length_above_the_limit_of_its_tag_and_accepts_the_limit) {
    constexpr std::uint8_t kClientBytesTag = 12;
    const auto limit = static_cast<std::uint32_t>(kToEnclaveBytesMax[kClientBytesTag]);
    EXPECT_OK(bytes_after_prefix_to_enclave(prefix_of(limit, kClientBytesTag)));
    EXPECT_ERROR(bytes_after_prefix_to_enclave(prefix_of(limit + 1, kClientBytesTag)), FrameError::kTooLarge);
    EXPECT_ERROR(bytes_after_prefix_to_enclave(prefix_of(UINT32_MAX, 0)), FrameError::kTooLarge);
}

TEST(Frame, rejects_empty_frames_and_unknown_tags) {
    EXPECT_ERROR(bytes_after_prefix_to_enclave(prefix_of(0, 0)), FrameError::kEmpty);
    EXPECT_ERROR(bytes_after_prefix_to_enclave(prefix_of(1, kToEnclaveBytesMax.size())),
                 FrameError::kUnknownTag);
    EXPECT_ERROR(bytes_after_prefix_from_enclave(prefix_of(1, kFromEnclaveBytesMax.size())),
                 FrameError::kUnknownTag);
    EXPECT_ERROR(decode_to_enclave({}), FrameError::kEmpty);
}

TEST(Frame, rejects_trailing_and_missing_bytes) {
    EXPECT_ERROR(decode_to_enclave(Bytes{0, 1, 0, 0, 0, 0}), DecodeError::kTrailingBytes);
    EXPECT_ERROR(decode_to_enclave(Bytes{0, 1, 0, 0}), DecodeError::kUnexpectedEnd);
}

TEST(Frame, rejects_more_elements_than_a_list_may_have) {
    Start start;
    for (std::uint32_t i = 0; i < kTlsNamesMax; ++i) {
        start.tls_names.push_back("a");
    }
    EXPECT_OK(decode_to_enclave(ByteView{encode_frame(ToEnclave{start})}.subspan(4)));
    start.tls_names.push_back("a");
    const auto frame = encode_frame(ToEnclave{start});
    EXPECT_ERROR(decode_to_enclave(ByteView{frame}.subspan(4)), DecodeError::kLengthLimit);
}

TEST(Refusal, returns_the_same_code_on_the_other_side) {
    for (int value = 1; value <= static_cast<int>(Refusal::kEndorsementsMalformed); ++value) {
        const auto code = make_error_code(static_cast<Refusal>(value));
        EXPECT_EQ(error_of(refused(code)), code);
        EXPECT_NE(code.message(), "unknown refusal");
    }
    EXPECT_EQ(error_of(refused(make_error_code(DecodeError::kBadTag))),
              make_error_code(DecodeError::kBadTag));
    EXPECT_EQ(error_of(refused(make_error_code(FrameError::kTooLarge))),
              make_error_code(Refusal::kMalformed));
    EXPECT_EQ(error_of(Refused{.domain = 1, .value = 99}), make_error_code(Refusal::kMalformed));
    EXPECT_EQ(error_of(Refused{.domain = 0, .value = 0}), make_error_code(Refusal::kMalformed));
}

}  // namespace
}  // namespace redoubt::boundary
