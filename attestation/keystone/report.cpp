#include <attestation/keystone/report.hpp>

#include <primitives/byte_cursor.hpp>

namespace redoubt::attestation::keystone {
namespace {

constexpr std::size_t kHashBytes = 64;
constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kMonitorOffset = kHashBytes + kLengthBytes + kDataBytesMax + kSignatureBytes;
static_assert(kMonitorOffset + kHashBytes + kKeyBytes + kSignatureBytes + kKeyBytes == kReportBytes);

Result<Report> read_report(ByteView bytes) {
    Report out;
    ByteCursor in{bytes};
    BOOST_OUTCOME_TRY(out.claims.enclave_hash, in.take_fixed<FixedBytes<kHashBytes>>());
    BOOST_OUTCOME_TRY(const auto data_bytes, in.take_le<std::uint64_t>());
    BOOST_OUTCOME_TRY(const auto data, in.take(kDataBytesMax));
    if (data_bytes > kDataBytesMax) {
        return Reason::kKeystoneMalformed;
    }
    out.claims.data = to_bytes(data.first(static_cast<std::size_t>(data_bytes)));
    out.enclave_signed_bytes = bytes.first(kHashBytes + kLengthBytes + out.claims.data.size());
    BOOST_OUTCOME_TRY(out.enclave_signature, in.take(kSignatureBytes));
    BOOST_OUTCOME_TRY(out.claims.monitor_hash, in.take_fixed<FixedBytes<kHashBytes>>());
    BOOST_OUTCOME_TRY(out.monitor_key, in.take(kKeyBytes));
    out.monitor_signed_bytes = bytes.subspan(kMonitorOffset, kHashBytes + kKeyBytes);
    BOOST_OUTCOME_TRY(out.monitor_signature, in.take(kSignatureBytes));
    BOOST_OUTCOME_TRY(in.take(kKeyBytes));  // a copy of the device's key
    BOOST_OUTCOME_TRY(in.expect_end());
    return out;
}

}  // namespace

Result<Report> parse_report(ByteView bytes) {
    auto out = read_report(bytes);
    if (!out) {
        return Reason::kKeystoneMalformed;
    }
    return out;
}

}  // namespace redoubt::attestation::keystone
