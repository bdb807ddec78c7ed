#include <attestation/cca/verifier.hpp>

#include <attestation/cca/token.hpp>
#include <attestation/x509/algorithm.hpp>
#include <primitives/crypto/constant_time.hpp>

#include <algorithm>

namespace redoubt::attestation::cca {
namespace {

/// @param holds whether the check passed
Result<void> or_reason(bool holds, Reason reason) {
    return holds ? Result<void>{success()} : Result<void>{reason};
}

bool speaks_for(const PlatformKey& key, const CcaPlatformClaims& platform) {
    return key.implementation_id.value_or(platform.implementation_id) == platform.implementation_id &&
           key.instance_id.value_or(platform.instance_id) == platform.instance_id;
}

Result<void> check_platform(const Token& token, std::span<const PlatformKey> keys) {
    const bool holds = std::ranges::any_of(keys, [&](const PlatformKey& one) {
        if (!speaks_for(one, token.claims.platform)) {
            return false;
        }
        const auto key = x509::read_public_key(one.public_key_info);
        return key && cose::is_signed_by(token.platform, key.value());
    });
    return or_reason(holds, Reason::kCcaPlatformSignatureInvalid);
}

/// The platform signed the hash of the realm's key as the realm's token carries it.
Result<void> check_binding(const CcaClaims& claims) {
    const auto algorithm = hash_named(claims.realm.key_hash_algorithm);
    REDOUBT_ASSERT(algorithm.has_value());  // the token's format has only known names
    return or_reason(
        crypto::constant_time_equal(digest(*algorithm, {claims.realm.key}).view(), claims.platform.challenge),
        Reason::kCcaBindingInvalid);
}

Result<CcaClaims> verify(ByteView bytes, const Setting& setting, CheckLog& log) {
    BOOST_OUTCOME_TRY(auto token, log.note("token_format", parse_token(bytes)));
    BOOST_OUTCOME_TRY(const auto realm_key, log.note("realm_key", read_realm_key(token.claims.realm.key)));
    BOOST_OUTCOME_TRY(log.note("platform_signature", check_platform(token, setting.platform_keys)));
    BOOST_OUTCOME_TRY(log.note("realm_signature", or_reason(cose::is_signed_by(token.realm, realm_key),
                                                            Reason::kCcaRealmSignatureInvalid)));
    BOOST_OUTCOME_TRY(log.note("binding", check_binding(token.claims)));
    return std::move(token.claims);
}

}  // namespace

Verdict verify_token(ByteView token, const Setting& setting) {
    CheckLog log{kChecks};
    auto claims = verify(token, setting, log);
    if (!claims) {
        return refuse(EvidenceType::kCca, setting.time, std::move(log), {reason_of(claims.error()), {}});
    }
    Verdict out;
    out.type = EvidenceType::kCca;
    out.time = setting.time;
    out.checks = std::move(log).take();
    out.refusal.reset();
    out.is_hardware = true;
    out.is_debug = claims.value().platform.is_debug();
    out.nonce = to_bytes(claims.value().realm.challenge.view());
    out.claims = std::move(claims).value();
    return out;
}

}  // namespace redoubt::attestation::cca
