#include <attestation/paravisor/evidence.hpp>

#include <attestation/limits.hpp>
#include <attestation/paravisor/hcl_report.hpp>

namespace redoubt::attestation::paravisor {
namespace {

Result<void> read_bytes(cbor::Reader& in, std::size_t max, Bytes& out) {
    const auto bytes = in.take_bytes(1, max);
    if (!bytes) {
        return Reason::kHclMalformed;
    }
    out = to_bytes(bytes.value());
    return success();
}

Result<void> read_member(std::string_view name, cbor::Reader& in, Evidence& out) {
    if (name == "hcl_report") {
        return read_bytes(in, kHclReportBytesMax, out.hcl_report);
    }
    if (name == "td_quote") {
        return read_bytes(in, kQuoteBytesMax, out.td_quote);
    }
    if (name == "tpm") {
        BOOST_OUTCOME_TRY(out.tpm, tpm::read_evidence(in));
        return success();
    }
    return Reason::kHclMalformed;
}

}  // namespace

Result<Evidence> read_evidence(ByteView bytes) {
    auto in = cbor::Reader::open(bytes);
    const auto members = in ? in.value().enter_map() : Result<std::size_t>{Reason::kHclMalformed};
    if (!members) {
        return Reason::kHclMalformed;
    }
    Evidence out;
    for (std::size_t i = 0; i < members.value(); ++i) {
        const auto name = in.value().take_text();
        if (!name) {
            return Reason::kHclMalformed;
        }
        BOOST_OUTCOME_TRY(read_member(name.value(), in.value(), out));
    }
    if (out.hcl_report.empty() || out.tpm.attest.empty()) {
        return Reason::kHclMalformed;
    }
    return out;
}

}  // namespace redoubt::attestation::paravisor
