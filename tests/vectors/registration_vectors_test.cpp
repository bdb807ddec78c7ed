// What the daemon makes of recorded reports of Intel's attestation service (vectors/attestation): at the time
// of their history and for their own enclave it would register them, and the pallet of the dev chain would
// take them; else neither does.
#include <gtest/gtest.h>

#include <node/registration_proof.hpp>
#include <primitives/hex.hpp>
#include <tests/vectors/attestation_ias_support.hpp>
#include <tools/devchain/runtime/pallets/teerex/sgx_profile.hpp>

namespace redoubt::node {
namespace {

using attestation::vectors::Index;
using attestation::vectors::json;
using tests::VectorCount;

constexpr std::uint64_t kDayMs = 86'400'000;

/// A report that the registry was sent inside a certificate, and whom it vouches for.
struct Recorded {
    Bytes certificate;
    Registrant who;
    std::uint64_t now_ms = 0;
    std::uint64_t issued_ms = 0;

    [[nodiscard]] Outcome<RegistrationProof> check() const {
        return check_ias_certificate(certificate, who, now_ms);
    }
    [[nodiscard]] std::string cause() const {
        const auto checked = check();
        return checked ? "taken" : checked.error().cause;
    }
};

std::optional<Recorded> recorded(const Index& index, const json& entry) {
    if (!attestation::vectors::is_ias(entry) || !entry.at("files").contains("ra_cert")) {
        return std::nullopt;
    }
    const auto& fields = entry.at("expect").at("fields");
    const auto first_32 = [&](const char* name) {
        const auto bytes = parse_hex(fields.at(name).get<std::string>()).value();
        return Hash256::copy_of(std::span{bytes}.first<32>());
    };
    const auto verdict = attestation::vectors::ias_case(index, entry).appraise();
    const auto issued = std::get<attestation::IasClaims>(verdict.claims).issued_at().unix_seconds;
    return Recorded{.certificate = index.bytes(entry, "ra_cert"),
                    .who = {AccountId{first_32("report_data").bytes}, first_32("mrenclave")},
                    .now_ms = entry.at("verify_at").get<std::uint64_t>() * 1'000,
                    .issued_ms = static_cast<std::uint64_t>(issued) * 1'000};
}

bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(RecordedReports, are_registered_at_the_time_of_their_history_as_the_pallet_does) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"registration by report"};
    for (const auto& entry : index.entries()) {
        const auto one = recorded(index, entry);
        if (!one) {
            continue;
        }
        const auto& expected = entry.at("expect").at("appraisal");
        const bool is_in_time = one->now_ms - one->issued_ms < kDayMs;
        const auto checked = one->check();
        const auto pallets = devchain::teerex::verify_ias_certificate(one->certificate, one->now_ms);
        bool passed = checked.has_value() == is_in_time && pallets.has_value();
        passed =
            passed && pallets.value().timestamp == one->issued_ms &&
            equal(ByteView{pallets.value().mr_enclave}, one->who.measurement.view()) &&
            equal(ByteView{pallets.value().report_data.d}.first(AccountId::kSize), one->who.account.view());
        if (passed && is_in_time) {
            const auto& proof = checked.value();
            passed =
                proof.method == AttestationMethod::kIas && proof.proof == one->certificate &&
                proof.status == expected.at("quote_status") && proof.collateral.empty() &&
                proof.is_debug == (pallets.value().build_mode == devchain::teerex::SgxBuildMode::kDebug) &&
                proof.is_debug == entry.at("expect").at("fields").at("debug").get<bool>();
        } else {
            passed = passed && says(one->cause(), "within 24 hours only");
        }
        count.record(is_in_time ? "taken" : "too old", entry.at("id"), passed);
    }
}

TEST(RecordedReports, are_refused_for_others_and_at_other_times) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"registration by report, refused"};
    for (const auto& entry : index.entries()) {
        const auto one = recorded(index, entry);
        if (!one || one->now_ms - one->issued_ms >= kDayMs) {
            continue;
        }
        const auto record = [&](const char* what, const Recorded& changed, std::string_view reason) {
            const auto cause = changed.cause();
            EXPECT_TRUE(says(cause, reason)) << cause;
            count.record(what, entry.at("id"), says(cause, reason));
        };
        auto changed = *one;
        changed.who.account.bytes[0] ^= 1;
        record("another account", changed, "vouches for the account");
        changed = *one;
        changed.who.measurement.bytes[31] ^= 1;
        record("another enclave", changed, "is of the enclave");
        changed = *one;
        changed.now_ms = one->issued_ms + kDayMs - 1'000;
        record("the last second", changed, "taken");
        changed.now_ms = one->issued_ms + kDayMs;
        record("a day", changed, "within 24 hours only");
        changed.now_ms = one->issued_ms - 1'000;
        record("before it was made", changed, "within 24 hours only");
        // The report stands near the end, behind names and key of the certificate.
        changed = *one;
        changed.certificate[changed.certificate.size() / 2] ^= 1;
        record("damaged", changed, "refused");
    }
}

}  // namespace
}  // namespace redoubt::node
