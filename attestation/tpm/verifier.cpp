#include <attestation/tpm/verifier.hpp>

#include <attestation/digest.hpp>
#include <attestation/tpm/attest.hpp>
#include <attestation/x509/algorithm.hpp>
#include <primitives/crypto/constant_time.hpp>

#include <algorithm>

namespace redoubt::attestation::tpm {
namespace {

/// Bytes of one register. @return nullopt for a bank whose hash function is not taken, SHA-1 among them
std::optional<std::size_t> pcr_bytes(std::uint16_t bank) {
    switch (bank) {
        case kTpmSha256:
            return 32;
        case kTpmSha384:
            return 48;
        case kTpmSha512:
            return 64;
        default:
            return std::nullopt;
    }
}

/// Each register is given once.
bool are_distinct(const std::vector<PcrValue>& pcrs) {
    const auto is_twice = [&](const PcrValue& one) {
        return std::ranges::count_if(pcrs, [&](const PcrValue& other) {
                   return one.bank == other.bank && one.index == other.index;
               }) > 1;
    };
    return std::ranges::none_of(pcrs, is_twice);
}

Result<TpmClaims> check_format(const Evidence& evidence) {
    BOOST_OUTCOME_TRY(auto out, parse_attest(evidence.attest));
    if (!are_distinct(evidence.pcrs)) {
        return Reason::kTpmMalformed;
    }
    return out;
}

Result<void> check_signature(const Evidence& evidence, const PublicKey& key) {
    if (!is_signed(key, evidence.signature, evidence.attest)) {
        return Reason::kTpmSignatureInvalid;
    }
    return success();
}

/// The values of the selected registers, in the order of the selection.
Result<std::vector<PcrValue>> selected_values(const std::vector<PcrSelection>& selection,
                                              const std::vector<PcrValue>& given) {
    std::vector<PcrValue> out;
    for (const auto& [bank, bitmap] : selection) {
        const auto size = pcr_bytes(bank);
        for (std::uint8_t index = 0; index < kPcrsPerBankMax; ++index) {
            if (((bitmap >> index) & 1U) == 0) {
                continue;
            }
            const auto is_this = [&, wanted_bank = bank](const PcrValue& one) {
                return one.bank == wanted_bank && one.index == index;
            };
            const auto found = std::ranges::find_if(given, is_this);
            if (found == given.end() || found->value.size() != size) {
                return Reason::kTpmPcrDigestMismatch;
            }
            out.push_back(*found);
        }
    }
    return out;
}

Result<std::vector<PcrValue>> check_pcrs(const TpmClaims& claims, const Evidence& evidence) {
    BOOST_OUTCOME_TRY(auto out, selected_values(claims.selection, evidence.pcrs));
    Bytes joined;
    for (const auto& pcr : out) {
        append(joined, pcr.value);
    }
    const auto made = digest(hash_of(evidence.signature.scheme), {joined});
    if (!crypto::constant_time_equal(made.view(), claims.pcr_digest)) {
        return Reason::kTpmPcrDigestMismatch;
    }
    return out;
}

}  // namespace

Result<TpmClaims> verify(const Evidence& evidence, const PublicKey& key, CheckLog& log) {
    BOOST_OUTCOME_TRY(auto claims, log.note("tpm_quote_format", check_format(evidence)));
    BOOST_OUTCOME_TRY(log.note("tpm_quote_signature", check_signature(evidence, key)));
    BOOST_OUTCOME_TRY(claims.pcrs, log.note("tpm_pcr_digest", check_pcrs(claims, evidence)));
    return claims;
}

Verdict verify_quote(const Evidence& evidence, const AttestationKey& key, VerificationTime time) {
    CheckLog log{kChecks};
    const auto refused = [&](Reason reason) {
        return refuse(EvidenceType::kTpm, time, std::move(log), {reason, {}});
    };
    const auto decoded = x509::read_public_key(key.public_key_info);
    if (!decoded) {
        // What is wrong with the quote itself comes first.
        const auto format = log.note("tpm_quote_format", check_format(evidence));
        return refused(
            format ? reason_of(
                         log.note("tpm_quote_signature", Result<void>{Reason::kTpmSignatureInvalid}).error())
                   : reason_of(format.error()));
    }
    auto claims = verify(evidence, decoded.value(), log);
    if (!claims) {
        return refused(reason_of(claims.error()));
    }
    Verdict out;
    out.type = EvidenceType::kTpm;
    out.time = time;
    out.checks = std::move(log).take();
    out.refusal.reset();
    out.is_hardware = true;
    out.nonce = claims.value().extra_data;
    out.claims = std::move(claims).value();
    return out;
}

}  // namespace redoubt::attestation::tpm
