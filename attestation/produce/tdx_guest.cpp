#include <attestation/produce/tdx_guest.hpp>

#include <attestation/produce/evidence_check.hpp>
#include <attestation/produce/tee_files.hpp>
#include <attestation/tdx/td_report.hpp>
#include <primitives/byte_cursor.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace redoubt::attestation::produce {

namespace {

constexpr std::uint32_t kGetReport = 0xC4405401;
constexpr std::size_t kReportDataBytes = 64;
constexpr std::size_t kSettingsBytesMax = 4096;
constexpr std::uint32_t kPortMax = 0xfffffffe;

/// Messages of the quoting service.
constexpr std::uint16_t kMajor = 1;
constexpr std::uint32_t kGetQuote = 0;
constexpr std::uint32_t kQuote = 1;
constexpr std::size_t kHeaderBytes = 16;
constexpr std::size_t kMessageBytesMax = kProducedBytesMax + 1024;

template <class Integer>
void put(Bytes& out, Integer value) {
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
        out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
}

Bytes framed_request(ByteView report) {
    Bytes message;
    const auto size = static_cast<std::uint32_t>(kHeaderBytes + 8 + report.size());
    put(message, kMajor);
    put(message, std::uint16_t{0});
    put(message, kGetQuote);
    put(message, size);
    put(message, std::uint32_t{0});
    put(message, static_cast<std::uint32_t>(report.size()));
    put(message, std::uint32_t{0});  // any quoting identity
    append(message, report);
    Bytes out;
    for (int shift = 24; shift >= 0; shift -= 8) {
        out.push_back(static_cast<std::uint8_t>(size >> shift));
    }
    append(out, message);
    return out;
}

/// The quote in a message of the service.
Result<Bytes> read_response(ByteView message) {
    ByteCursor in{message};
    BOOST_OUTCOME_TRY(const auto major, in.take_le<std::uint16_t>());
    BOOST_OUTCOME_TRY(in.take_le<std::uint16_t>());
    BOOST_OUTCOME_TRY(const auto type, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(const auto size, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(const auto failure, in.take_le<std::uint32_t>());
    if (major != kMajor || type != kQuote || size != message.size()) {
        return ProduceError::kEvidenceMalformed;
    }
    if (failure != 0) {
        return ProduceError::kProviderFailed;
    }
    BOOST_OUTCOME_TRY(const auto id_bytes, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(const auto quote_bytes, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(in.take(id_bytes));
    BOOST_OUTCOME_TRY(const auto quote, in.take(quote_bytes));
    BOOST_OUTCOME_TRY(in.expect_end());
    return to_bytes(quote);
}

/// The port in the settings of the quoting service; nullopt when a line for it cannot be read.
std::optional<std::uint32_t> port_of(std::string_view settings) {
    std::uint32_t port = kQuotingServicePort;
    while (!settings.empty()) {
        const auto end = settings.find('\n');
        std::string line;
        for (const char c : settings.substr(0, end)) {
            if (c != ' ' && c != '\t' && c != '\r') {
                line.push_back(c);
            }
        }
        settings.remove_prefix(end == std::string_view::npos ? settings.size() : end + 1);
        constexpr std::string_view kKey = "port=";
        if (!line.starts_with(kKey)) {
            continue;
        }
        const auto* const last = line.data() + line.size();
        const auto parsed = std::from_chars(line.data() + kKey.size(), last, port);
        if (parsed.ec != std::errc{} || parsed.ptr != last || port == 0 || port > kPortMax) {
            return std::nullopt;
        }
    }
    return port;
}

/// Errors of decoders are those of an answer that is none.
std::error_code as_malformed(std::error_code error) {
    return error.category() == error_category<DecodeError>()
               ? make_error_code(ProduceError::kEvidenceMalformed)
               : explain(error);
}

}  // namespace

Result<std::unique_ptr<TdxGuest>> TdxGuest::open(TeeSystem& system,
                                                 std::string device,
                                                 std::string settings) {
    const auto file = OpenFile::open(system, device, TeeSystem::Access::kReadWrite);
    if (!file) {
        return explain(file.error());
    }
    const auto text = read_file(system, settings, kSettingsBytesMax);
    if (!text && text.error() != std::errc::no_such_file_or_directory) {
        return explain(text.error());
    }
    const auto port = port_of(text ? text_of(text.value()) : std::string_view{});
    if (!port) {
        return ProduceError::kRefused;
    }
    return std::unique_ptr<TdxGuest>{new TdxGuest{system, std::move(device), *port}};
}

Result<Bytes> TdxGuest::report(ReportData report_data) {
    BOOST_OUTCOME_TRY(auto file, OpenFile::open(system_, device_, TeeSystem::Access::kReadWrite));
    std::array<std::uint8_t, kReportDataBytes + tdx::kTdReportBytes> argument{};
    std::ranges::copy(report_data, argument.begin());
    BOOST_OUTCOME_TRY(file.control(kGetReport, argument));
    auto out = to_bytes(ByteView{argument}.subspan(kReportDataBytes));
    const auto parsed = tdx::parse_td_report(out);
    if (!parsed) {
        return ProduceError::kEvidenceMalformed;
    }
    if (!equal(parsed.value().claims.report_data.view(), report_data)) {
        return ProduceError::kReportDataDiffers;
    }
    return out;
}

Result<Bytes> TdxGuest::quote(ByteView report) {
    BOOST_OUTCOME_TRY(auto service, OpenFile::connect(system_, port_));
    BOOST_OUTCOME_TRY(service.write_all(framed_request(report)));
    std::array<std::uint8_t, 4> prefix{};
    BOOST_OUTCOME_TRY(service.read_exactly(prefix));
    const std::size_t size = (std::size_t{prefix[0]} << 24U) | (std::size_t{prefix[1]} << 16U) |
                             (std::size_t{prefix[2]} << 8U) | prefix[3];
    if (size > kMessageBytesMax) {
        return ProduceError::kTooLarge;
    }
    Bytes message(size);
    BOOST_OUTCOME_TRY(service.read_exactly(message));
    return read_response(message);
}

Result<Evidence> TdxGuest::generate(ReportData report_data) {
    BackOff back_off{system_};
    for (;;) {
        auto local = report(report_data);
        auto made = local ? quote(local.value()) : Result<Bytes>{local.error()};
        if (made) {
            auto evidence = without_padding(EvidenceType::kTdxDcap, std::move(made).value());
            BOOST_OUTCOME_TRY(check_evidence(EvidenceType::kTdxDcap, evidence, report_data));
            return Evidence{
                .type = EvidenceType::kTdxDcap, .evidence = std::move(evidence), .endorsements = {}};
        }
        if (!is_busy(made.error()) || !back_off.wait()) {
            return as_malformed(made.error());
        }
    }
}

Result<crypto::SecretBytes<32>> TdxGuest::sealing_key() {
    return ProduceError::kNoSealingKey;
}

}  // namespace redoubt::attestation::produce
