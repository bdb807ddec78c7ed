#include <attestation/keystone/verifier.hpp>

#include <attestation/keystone/report.hpp>
#include <primitives/crypto/ed25519.hpp>

#include <algorithm>

namespace redoubt::attestation::keystone {
namespace {

/// What the firmware of the Keystone SDK signs with on boards without a key of their own.
constexpr FixedBytes<32> kSdkTestKey{{0x0f, 0xaa, 0xd4, 0xff, 0x01, 0x17, 0x85, 0x83, 0xba, 0xa5, 0x88,
                                      0x96, 0x6f, 0x7c, 0x1f, 0xf3, 0x25, 0x64, 0xdd, 0x17, 0xd7, 0xdc,
                                      0x2b, 0x46, 0xcb, 0x50, 0xa8, 0x4a, 0x69, 0x27, 0x0b, 0x4c}};

bool vouches_for_monitor(const FixedBytes<32>& key, const Report& report) {
    return !key.is_zero() &&
           crypto::ed25519::verify(key.view(), report.monitor_signed_bytes, report.monitor_signature);
}

/// The key that vouches for the monitor: of a device of the setting.
Result<FixedBytes<32>> find_device_key(const Report& report, const Setting& setting) {
    const auto found = std::ranges::find_if(
        setting.device_keys, [&](const FixedBytes<32>& key) { return vouches_for_monitor(key, report); });
    if (found == setting.device_keys.end()) {
        // Named for what it is: no setting would help.
        return vouches_for_monitor(kSdkTestKey, report) ? Reason::kKeystoneKeyPublished
                                                        : Reason::kKeystoneSignatureInvalid;
    }
    if (is_published_key(*found) && !setting.allows_published_keys) {
        return Reason::kKeystoneKeyPublished;
    }
    return *found;
}

/// The monitor vouches for the enclave.
Result<void> check_enclave(const Report& report) {
    const bool holds =
        crypto::ed25519::verify(report.monitor_key, report.enclave_signed_bytes, report.enclave_signature);
    return holds ? Result<void>{success()} : Result<void>{Reason::kKeystoneSignatureInvalid};
}

struct Verified {
    KeystoneClaims claims;
    FixedBytes<32> device_key;
};

Result<Verified> verify(ByteView bytes, const Setting& setting, CheckLog& log) {
    BOOST_OUTCOME_TRY(auto report, log.note("report_format", parse_report(bytes)));
    BOOST_OUTCOME_TRY(const auto device_key, log.note("monitor_signature", find_device_key(report, setting)));
    BOOST_OUTCOME_TRY(log.note("enclave_signature", check_enclave(report)));
    return Verified{.claims = std::move(report.claims), .device_key = device_key};
}

}  // namespace

bool is_published_key(const FixedBytes<32>& key) {
    return key == kSdkTestKey;
}

Verdict verify_report(ByteView report, const Setting& setting) {
    CheckLog log{kChecks};
    auto verified = verify(report, setting, log);
    if (!verified) {
        return refuse(EvidenceType::kKeystone, setting.time, std::move(log),
                      {reason_of(verified.error()), {}});
    }
    Verdict out;
    out.type = EvidenceType::kKeystone;
    out.time = setting.time;
    out.checks = std::move(log).take();
    out.refusal.reset();
    out.is_hardware = !is_published_key(verified.value().device_key);
    out.claims = std::move(verified).value().claims;
    return out;
}

}  // namespace redoubt::attestation::keystone
