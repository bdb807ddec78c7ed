#include <attestation/keystone/verifier.hpp>

#include <attestation/keystone/report.hpp>
#include <primitives/crypto/ed25519.hpp>

#include <algorithm>

namespace redoubt::attestation::keystone {
namespace {

/// @param holds whether the signature fits
Result<void> or_invalid(bool holds) {
    return holds ? Result<void>{success()} : Result<void>{Reason::kKeystoneSignatureInvalid};
}

/// A device of the setting vouches for the monitor.
Result<void> check_monitor(const Report& report, std::span<const FixedBytes<32>> device_keys) {
    return or_invalid(std::ranges::any_of(device_keys, [&](const FixedBytes<32>& key) {
        return !key.is_zero() &&
               crypto::ed25519::verify(key.view(), report.monitor_signed_bytes, report.monitor_signature);
    }));
}

/// The monitor vouches for the enclave.
Result<void> check_enclave(const Report& report) {
    return or_invalid(
        crypto::ed25519::verify(report.monitor_key, report.enclave_signed_bytes, report.enclave_signature));
}

Result<KeystoneClaims> verify(ByteView bytes, const Setting& setting, CheckLog& log) {
    BOOST_OUTCOME_TRY(auto report, log.note("report_format", parse_report(bytes)));
    BOOST_OUTCOME_TRY(log.note("monitor_signature", check_monitor(report, setting.device_keys)));
    BOOST_OUTCOME_TRY(log.note("enclave_signature", check_enclave(report)));
    return std::move(report.claims);
}

}  // namespace

Verdict verify_report(ByteView report, const Setting& setting) {
    CheckLog log{kChecks};
    auto claims = verify(report, setting, log);
    if (!claims) {
        return refuse(EvidenceType::kKeystone, setting.time, std::move(log), {reason_of(claims.error()), {}});
    }
    Verdict out;
    out.type = EvidenceType::kKeystone;
    out.time = setting.time;
    out.checks = std::move(log).take();
    out.refusal.reset();
    out.is_hardware = true;
    out.claims = std::move(claims).value();
    return out;
}

}  // namespace redoubt::attestation::keystone
