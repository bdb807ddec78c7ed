#include <attestation/tdx/event_log.hpp>

#include <gtest/gtest.h>

#include <attestation/digest.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::tdx {
namespace {

std::string json_event(int imr,
                       std::uint32_t type,
                       ByteView digest,
                       const std::string& name,
                       const std::string& payload) {
    return R"({"imr":)" + std::to_string(imr) + R"(,"event_type":)" + std::to_string(type) +
           R"(,"digest":")" + to_hex(digest) + R"(","event":")" + name + R"(","event_payload":")" +
           to_hex(bytes_of(payload)) + "\"}";
}

/// An event as dstack digests it first: type ++ ":" ++ name ++ ":" ++ payload.
std::string runtime_event(const std::string& name, const std::string& payload) {
    const Bytes type{0x01, 0x00, 0x00, 0x08};
    const auto hashed = sha2_384(concat(type, bytes_of(":" + name + ":" + payload)));
    return json_event(3, kRuntimeEvent, hashed.view(), name, payload);
}

/// And as it does later: the JSON of the event.
std::string later_runtime_event(const std::string& name, const std::string& payload) {
    const auto text =
        R"({"name":")" + name + R"(","payload":")" + to_hex(bytes_of(payload)) + R"(","type":134217729})";
    return json_event(3, kRuntimeEvent, sha2_384(bytes_of(text)).view(), name, payload);
}

EventLog log_of(const std::string& events) {
    return EventLog::parse_json("[" + events + "]").value();
}

/// The registers that one digest in RTMR `index` gives.
TdxClaims claims_after(std::size_t index, const std::vector<FixedBytes<48>>& digests) {
    TdxClaims out;
    for (const auto& one : digests) {
        out.rtmr.at(index).bytes = sha2_384(concat(out.rtmr.at(index), one)).bytes;
    }
    return out;
}

TEST(EventLog, gives_its_events_when_they_give_the_registers) {
    const auto hashed = sha2_384(bytes_of("x"));
    const auto log = log_of(json_event(1, 5, hashed.view(), "", ""));
    const auto events = log.verify(claims_after(1, {hashed}));
    ASSERT_OK(events);
    EXPECT_EQ(events.value().size(), 1U);
    EXPECT_ERROR(log.verify(claims_after(2, {hashed})), Reason::kTdxEventLogMismatch);
    EXPECT_ERROR(log.verify(claims_after(1, {hashed, hashed})), Reason::kTdxEventLogMismatch);
    EXPECT_ERROR(log.verify(TdxClaims{}), Reason::kTdxEventLogMismatch);
    EXPECT_OK(log_of("").verify(TdxClaims{}));
}

TEST(EventLog, rejects_a_runtime_event_whose_digest_is_of_other_content) {
    for (const auto& event : {runtime_event("app-id", "1"), later_runtime_event("app-id", "1")}) {
        const auto log = log_of(event);
        // The registers that the event gives, found by replaying the digest it states.
        const auto at = event.find(R"("digest":")") + 10;
        const auto hashed = parse_hex_fixed<FixedBytes<48>>(event.substr(at, 96)).value();
        EXPECT_OK(log.verify(claims_after(3, {hashed})));
        auto other = event;
        other.replace(other.find(R"("event_payload":")") + 17, 2, "32");
        EXPECT_ERROR(log_of(other).verify(claims_after(3, {hashed})), Reason::kTdxEventLogMismatch);
    }
}

TEST(EventLog, rejects_a_name_with_a_colon_where_it_could_be_cut_elsewhere) {
    const auto digest_of = [](const std::string& event) {
        return parse_hex_fixed<FixedBytes<48>>(event.substr(event.find(R"("digest":")") + 10, 96)).value();
    };
    const auto genuine = runtime_event("note", "app-id:evil");
    const auto cut = runtime_event("note:app-id", "evil");
    ASSERT_EQ(digest_of(genuine), digest_of(cut));
    EXPECT_OK(log_of(genuine).verify(claims_after(3, {digest_of(genuine)})));
    EXPECT_ERROR(log_of(cut).verify(claims_after(3, {digest_of(cut)})), Reason::kTdxEventLogMismatch);
}

TEST(EventLog, rejects_registers_and_digests_that_do_not_exist) {
    const Bytes digest(48);
    EXPECT_FALSE(EventLog::parse_json("[" + json_event(4, 1, digest, "", "") + "]").has_value());
    EXPECT_FALSE(EventLog::parse_json("[" + json_event(0, 1, Bytes(49), "", "") + "]").has_value());
    EXPECT_FALSE(EventLog::parse_json("[" + json_event(0, 1, Bytes{}, "", "") + "]").has_value());
    EXPECT_OK(EventLog::parse_json("[" + json_event(0, 1, Bytes(32), "", "") + "]"));
    EXPECT_FALSE(EventLog::parse_json("[{}]").has_value());
    EXPECT_FALSE(EventLog::parse_json("{}").has_value());
}

Bytes le32(std::uint32_t value) {
    return {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8U),
            static_cast<std::uint8_t>(value >> 16U), static_cast<std::uint8_t>(value >> 24U)};
}

/// The first record of a firmware log with SHA-384 alone, stated `times`.
Bytes first_record(std::uint32_t times = 1) {
    auto body = to_bytes(bytes_of({"Spec ID Event03\0", 16}));
    append(body, Bytes(8));
    append(body, le32(times));
    for (std::uint32_t i = 0; i < times; ++i) {
        append(body, Bytes{0x0c, 0x00, 48, 0});
    }
    body.push_back(0);
    return concat(le32(1), le32(3), Bytes(20), le32(static_cast<std::uint32_t>(body.size())), body);
}

Bytes record(std::uint32_t index, std::uint32_t type, const FixedBytes<48>& hashed) {
    return concat(le32(index), le32(type), le32(1), Bytes{0x0c, 0x00}, hashed, le32(2), Bytes{1, 2});
}

TEST(EventLog, of_the_firmware_is_read_up_to_its_fill_bytes) {
    const auto hashed = sha2_384(bytes_of("x"));
    const auto bytes =
        concat(first_record(), record(0, 1, hashed), record(2, 3, hashed), record(2, 8, hashed));
    for (const auto& fill : {Bytes{}, Bytes(100, 0xff), Bytes(100, 0x00)}) {
        const auto log = EventLog::parse_ccel(concat(bytes, fill));
        ASSERT_OK(log);
        const auto events = log.value().verify(claims_after(1, {hashed}));
        ASSERT_OK(events);
        EXPECT_EQ(events.value().size(), 3U);
    }
    EXPECT_ERROR(EventLog::parse_ccel(concat(bytes, Bytes{0xff, 0x00})), Reason::kTdxEventLogMalformed);
}

TEST(EventLog, of_the_firmware_rejects_what_it_cannot_read) {
    const auto hashed = sha2_384(bytes_of("x"));
    const auto good = concat(first_record(), record(1, 8, hashed));
    ASSERT_OK(EventLog::parse_ccel(good));
    const auto first = first_record().size();
    for (std::size_t size = 0; size < good.size(); ++size) {
        if (size != first) {
            EXPECT_ERROR(EventLog::parse_ccel(ByteView{good}.first(size)), Reason::kTdxEventLogMalformed)
                << size;
        }
    }
    EXPECT_FALSE(EventLog::parse_ccel(concat(first_record(), record(5, 8, hashed))).has_value());
    EXPECT_ERROR(EventLog::parse_ccel(Bytes(kEventLogBytesMax + 1)), Reason::kLimitExceeded);
    // Two digests of the kind that counts: which one the register was extended with is anybody's guess.
    const auto other = sha2_384(bytes_of("y"));
    const auto twice =
        concat(le32(1), le32(8), le32(2), Bytes{0x0c, 0x00}, hashed, Bytes{0x0c, 0x00}, other, le32(0));
    ASSERT_OK(EventLog::parse_ccel(concat(first_record(2), record(1, 8, hashed))));
    EXPECT_ERROR(EventLog::parse_ccel(concat(first_record(2), twice)), Reason::kTdxEventLogMalformed);
    auto other_algorithm = good;
    other_algorithm[first + 12] = 0x0b;
    EXPECT_FALSE(EventLog::parse_ccel(other_algorithm).has_value());
}

TEST(BootEvent, is_the_first_of_its_name_before_the_marker) {
    const std::vector<Event> events{
        {.rtmr = 0, .type = 1, .digest = {}, .name = "app", .payload = {0}},
        {.rtmr = 3, .type = kRuntimeEvent, .digest = {}, .name = "app", .payload = {1}},
        {.rtmr = 3, .type = kRuntimeEvent, .digest = {}, .name = "app", .payload = {2}},
        {.rtmr = 3, .type = kRuntimeEvent, .digest = {}, .name = "done", .payload = {}},
        {.rtmr = 3, .type = kRuntimeEvent, .digest = {}, .name = "late", .payload = {3}},
    };
    ASSERT_NE(find_boot_event(events, "app", "done"), nullptr);
    EXPECT_EQ(find_boot_event(events, "app", "done")->payload, Bytes{1});
    EXPECT_EQ(find_boot_event(events, "late", "done"), nullptr);
    EXPECT_NE(find_boot_event(events, "late", "another"), nullptr);
}

}  // namespace
}  // namespace redoubt::attestation::tdx
