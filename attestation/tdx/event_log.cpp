#include <attestation/tdx/event_log.hpp>

#include <attestation/digest.hpp>
#include <attestation/json/json_cursor.hpp>
#include <primitives/byte_cursor.hpp>
#include <primitives/hex.hpp>

#include <algorithm>

namespace redoubt::attestation::tdx {
namespace {

constexpr std::uint32_t kNoAction = 3;  ///< recorded and not measured
constexpr std::uint16_t kSha384 = 0x000c;
constexpr std::size_t kAlgorithmsMax = 8;
constexpr std::size_t kDigestBytesMax = 64;
constexpr std::uint8_t kRuntimeRegister = 3;

struct Algorithm {
    std::uint16_t id = 0;
    std::uint16_t digest_bytes = 0;
};

/// The first record, in the form from before other digests than SHA-1: it says which digests follow.
Result<std::vector<Algorithm>> read_first_record(ByteCursor& in) {
    constexpr std::string_view kSignature{"Spec ID Event03\0", 16};
    BOOST_OUTCOME_TRY(in.take(4));
    BOOST_OUTCOME_TRY(const auto type, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(in.take(20));
    BOOST_OUTCOME_TRY(const auto size, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(const auto body, in.take(size));
    ByteCursor fields{body};
    BOOST_OUTCOME_TRY(const auto signature, fields.take(kSignature.size()));
    BOOST_OUTCOME_TRY(fields.take(8));  // platform class, version, errata, size of an integer
    BOOST_OUTCOME_TRY(const auto count, fields.take_le<std::uint32_t>());
    if (type != kNoAction || text_of(signature) != kSignature || count == 0 || count > kAlgorithmsMax) {
        return Reason::kTdxEventLogMalformed;
    }
    std::vector<Algorithm> out;
    for (std::uint32_t i = 0; i < count; ++i) {
        Algorithm algorithm;
        BOOST_OUTCOME_TRY(algorithm.id, fields.take_le<std::uint16_t>());
        BOOST_OUTCOME_TRY(algorithm.digest_bytes, fields.take_le<std::uint16_t>());
        if (algorithm.digest_bytes > kDigestBytesMax) {
            return Reason::kTdxEventLogMalformed;
        }
        out.push_back(algorithm);
    }
    return out;
}

/// The SHA-384 digest of a record's list.
Result<TdRegister> read_digests(ByteCursor& in, const std::vector<Algorithm>& algorithms) {
    BOOST_OUTCOME_TRY(const auto count, in.take_le<std::uint32_t>());
    std::optional<TdRegister> found;
    if (count > algorithms.size()) {
        return Reason::kTdxEventLogMalformed;
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        BOOST_OUTCOME_TRY(const auto id, in.take_le<std::uint16_t>());
        const auto algorithm = std::ranges::find(algorithms, id, &Algorithm::id);
        if (algorithm == algorithms.end()) {
            return Reason::kTdxEventLogMalformed;
        }
        BOOST_OUTCOME_TRY(const auto bytes, in.take(algorithm->digest_bytes));
        if (id == kSha384) {
            if (found || bytes.size() != TdRegister::kSize) {
                return Reason::kTdxEventLogMalformed;
            }
            found = TdRegister::copy_of(bytes.first<TdRegister::kSize>());
        }
    }
    if (!found) {
        return Reason::kTdxEventLogMalformed;
    }
    return *found;
}

Result<Event> read_record(ByteCursor& in, const std::vector<Algorithm>& algorithms) {
    Event out;
    BOOST_OUTCOME_TRY(const auto index, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(out.type, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(out.digest, read_digests(in, algorithms));
    BOOST_OUTCOME_TRY(const auto size, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(const auto body, in.take(size));
    out.payload = to_bytes(body);
    // Index 0 is MRTD, which the processor measured before the guest ran.
    if (index > 4) {
        return Reason::kTdxEventLogMalformed;
    }
    if (index > 0 && out.type != kNoAction) {
        out.rtmr = static_cast<std::uint8_t>(index - 1);
    }
    return out;
}

bool is_fill(ByteView rest) {
    const auto is_all = [&](std::uint8_t fill) {
        return std::ranges::all_of(rest, [&](std::uint8_t byte) { return byte == fill; });
    };
    return is_all(0xff) || is_all(0x00);
}

Result<std::vector<Event>> read_ccel(ByteView bytes) {
    ByteCursor in{bytes};
    BOOST_OUTCOME_TRY(const auto algorithms, read_first_record(in));
    std::vector<Event> out;
    while (!is_fill(in.rest())) {
        if (out.size() == kEventsMax) {
            return Reason::kLimitExceeded;
        }
        BOOST_OUTCOME_TRY(auto event, read_record(in, algorithms));
        out.push_back(std::move(event));
    }
    return out;
}

Result<Bytes> read_hex(JsonCursor& value) {
    BOOST_OUTCOME_TRY(const auto digits, value.read_string());
    auto bytes = parse_hex(digits);
    if (!bytes) {
        return Reason::kTdxEventLogMalformed;
    }
    return std::move(bytes).value();
}

/// A digest may be shorter than a register: zeros fill it.
Result<TdRegister> read_digest(JsonCursor& value) {
    BOOST_OUTCOME_TRY(const auto bytes, read_hex(value));
    if (bytes.size() > TdRegister::kSize || bytes.empty()) {
        return Reason::kTdxEventLogMalformed;
    }
    TdRegister out;
    std::ranges::copy(bytes, out.bytes.begin());
    return out;
}

Result<Event> read_json_event(JsonCursor& element) {
    Event out;
    bool has_digest = false;
    bool has_type = false;
    BOOST_OUTCOME_TRY(element.read_object([&](std::string_view name, JsonCursor& value) -> Result<void> {
        if (name == "imr") {
            BOOST_OUTCOME_TRY(const auto index, value.read_unsigned(3));
            out.rtmr = static_cast<std::uint8_t>(index);
        } else if (name == "event_type") {
            BOOST_OUTCOME_TRY(const auto type, value.read_unsigned(UINT32_MAX));
            out.type = static_cast<std::uint32_t>(type);
            has_type = true;
        } else if (name == "digest") {
            BOOST_OUTCOME_TRY(out.digest, read_digest(value));
            has_digest = true;
        } else if (name == "event") {
            BOOST_OUTCOME_TRY(out.name, value.read_string());
        } else if (name == "event_payload") {
            BOOST_OUTCOME_TRY(out.payload, read_hex(value));
        } else {
            BOOST_OUTCOME_TRY(value.skip_value());
        }
        return success();
    }));
    if (!out.rtmr || !has_type || !has_digest) {
        return Reason::kTdxEventLogMalformed;
    }
    return out;
}

/// `text` as JCS (RFC 8785) writes a string. @pre valid UTF-8
std::string json_string(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    constexpr std::string_view kControls = "\b\t\n\f\r";
    constexpr std::string_view kLetters = "btnfr";
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (const auto which = kControls.find(c); which != std::string_view::npos) {
            out.append({'\\', kLetters[which]});
        } else if (c == '"' || c == '\\') {
            out.append({'\\', c});
        } else if (byte < 0x20) {
            out.append("\\u00").append({kDigits[byte >> 4U], kDigits[byte & 0x0fU]});
        } else {
            out.push_back(c);
        }
    }
    return out + '"';
}

/// Both ways in which run-time events are digested.
bool has_own_digest(const Event& event) {
    constexpr std::uint8_t kColon = ':';
    std::array<std::uint8_t, 4> type{};
    for (std::size_t i = 0; i < type.size(); ++i) {
        type.at(i) = static_cast<std::uint8_t>(event.type >> (8 * i));
    }
    const auto first = digest(HashAlgorithm::kSha384,
                              {type, {&kColon, 1}, bytes_of(event.name), {&kColon, 1}, event.payload});
    const auto text = R"({"name":)" + json_string(event.name) + R"(,"payload":")" + to_hex(event.payload) +
                      R"(","type":)" + std::to_string(event.type) + "}";
    // The first way cannot tell where a name with a colon ends.
    const bool is_first_way =
        event.name.find(':') == std::string::npos && equal(first.view(), event.digest.view());
    return is_first_way || sha2_384(bytes_of(text)).bytes == event.digest.bytes;
}

bool is_runtime_event(const Event& event) {
    return event.rtmr == kRuntimeRegister && event.type == kRuntimeEvent;
}

}  // namespace

Result<EventLog> EventLog::parse_ccel(ByteView bytes) {
    if (bytes.size() > kEventLogBytesMax) {
        return Reason::kLimitExceeded;
    }
    auto events = read_ccel(bytes);
    if (!events) {
        const bool is_limit = events.error() == make_error_code(Reason::kLimitExceeded);
        return is_limit ? Reason::kLimitExceeded : Reason::kTdxEventLogMalformed;
    }
    EventLog out;
    out.events_ = std::move(events).value();
    return out;
}

Result<EventLog> EventLog::parse_json(std::string_view text) {
    if (text.size() > kEventLogBytesMax) {
        return Reason::kLimitExceeded;
    }
    EventLog out;
    JsonCursor cursor{text};
    BOOST_OUTCOME_TRY(cursor.read_array([&](JsonCursor& element) -> Result<void> {
        if (out.events_.size() == kEventsMax) {
            return Reason::kLimitExceeded;
        }
        BOOST_OUTCOME_TRY(auto event, read_json_event(element));
        out.events_.push_back(std::move(event));
        return success();
    }));
    BOOST_OUTCOME_TRY(cursor.expect_end());
    return out;
}

Result<std::span<const Event>> EventLog::verify(const TdxClaims& td) const {
    for (const auto& event : events_) {
        if (is_runtime_event(event) && !has_own_digest(event)) {
            return Reason::kTdxEventLogMismatch;
        }
    }
    if (replay(events_) != td.rtmr) {
        return Reason::kTdxEventLogMismatch;
    }
    return std::span<const Event>{events_};
}

std::array<TdRegister, 4> replay(std::span<const Event> events) {
    std::array<TdRegister, 4> out;
    for (const auto& event : events) {
        if (event.rtmr) {
            auto& rtmr = out.at(*event.rtmr);
            rtmr.bytes = sha2_384(concat(rtmr, event.digest)).bytes;
        }
    }
    return out;
}

const Event* find_boot_event(std::span<const Event> events, std::string_view name, std::string_view marker) {
    for (const auto& event : events) {
        if (!is_runtime_event(event)) {
            continue;
        }
        if (event.name == name) {
            return &event;
        }
        if (event.name == marker) {
            return nullptr;
        }
    }
    return nullptr;
}

}  // namespace redoubt::attestation::tdx
