#include <attestation/tdx/td_report.hpp>

#include <attestation/digest.hpp>
#include <primitives/byte_cursor.hpp>

namespace redoubt::attestation::tdx {
namespace {

constexpr std::uint8_t kTdxType = 0x81;
constexpr std::size_t kTeeTcbInfoOffset = 256;
constexpr std::size_t kTeeTcbInfoBytes = 239;
constexpr std::size_t kTdInfoOffset = 512;

Result<void> read_head(ByteCursor in, TdReport& out) {
    BOOST_OUTCOME_TRY(out.type, in.take_fixed<FixedBytes<4>>());
    BOOST_OUTCOME_TRY(in.take(12));
    BOOST_OUTCOME_TRY(out.cpu_svn, in.take_fixed<FixedBytes<16>>());
    BOOST_OUTCOME_TRY(out.tee_tcb_info_hash, in.take_fixed<FixedBytes<48>>());
    BOOST_OUTCOME_TRY(out.tee_info_hash, in.take_fixed<FixedBytes<48>>());
    BOOST_OUTCOME_TRY(out.claims.report_data, in.take_fixed<FixedBytes<64>>());
    return success();
}

Result<void> read_tee_tcb_info(ByteCursor in, TdServiceClaims& service, TdxClaims& out) {
    BOOST_OUTCOME_TRY(in.take(8));
    BOOST_OUTCOME_TRY(read_td_module(in, out));
    BOOST_OUTCOME_TRY(service.tee_tcb_svn2, in.take_fixed<FixedBytes<16>>());
    return success();
}

Result<void> read_td_info(ByteCursor in, TdServiceClaims& service, TdxClaims& out) {
    BOOST_OUTCOME_TRY(read_td_registers(in, out));
    BOOST_OUTCOME_TRY(service.mr_service_td, in.take_fixed<TdRegister>());
    return success();
}

}  // namespace

Result<TdReport> parse_td_report(ByteView bytes) {
    if (bytes.size() != kTdReportBytes) {
        return Reason::kMalformed;
    }
    TdReport out;
    TdServiceClaims service;
    const auto tee_tcb_info = bytes.subspan(kTeeTcbInfoOffset, kTeeTcbInfoBytes);
    const auto td_info = bytes.subspan(kTdInfoOffset);
    BOOST_OUTCOME_TRY(read_head(ByteCursor{bytes}, out));
    BOOST_OUTCOME_TRY(read_tee_tcb_info(ByteCursor{tee_tcb_info}, service, out.claims));
    BOOST_OUTCOME_TRY(read_td_info(ByteCursor{td_info}, service, out.claims));
    if (out.type.bytes[0] != kTdxType || out.type.bytes[3] != 0) {
        return Reason::kMalformed;
    }
    if (out.type.bytes[2] > 0) {
        out.claims.service = service;
    }
    if (sha2_384(tee_tcb_info) != out.tee_tcb_info_hash || sha2_384(td_info) != out.tee_info_hash) {
        return Reason::kTdxTdreportHashMismatch;
    }
    return out;
}

}  // namespace redoubt::attestation::tdx
