#include <attestation/ias/report.hpp>

#include <gtest/gtest.h>

#include <attestation/ias/registry.hpp>
#include <attestation/limits.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::attestation::ias {
namespace {

std::string kept(const std::string& name) {
    return tests::read_file(tests::source_folder() / "tests/fuzz/corpus/ias_report" / name);
}

/// The kept report with `from` replaced.
std::string with(const std::string& from, const std::string& to) {
    auto out = kept("ok");
    const auto at = out.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return out.replace(at, from.size(), to);
}

TEST(IasReport, gives_what_the_service_and_the_enclave_say) {
    const auto claims = parse_report(kept("ok")).value();
    EXPECT_EQ(claims.status, IasQuoteStatus::kOk);
    EXPECT_EQ(claims.timestamp_us, 1'799'999'940'250'000);
    EXPECT_EQ(to_utc(claims.issued_at()), "2027-01-15T07:59:00Z");
    EXPECT_EQ(claims.version, 4U);
    EXPECT_EQ(claims.nonce, "0123456789ABCDEF");
    EXPECT_FALSE(claims.is_linkable || claims.enclave.is_debug());
    EXPECT_EQ(claims.qe_svn, 11);
    EXPECT_EQ(claims.pce_svn, 10);
    EXPECT_EQ(claims.enclave.isv_prod_id, 3);
    EXPECT_EQ(claims.enclave.isv_svn, 7);
    const auto debug = parse_report(kept("debug")).value();
    EXPECT_TRUE(debug.is_linkable && debug.enclave.is_debug());
    EXPECT_EQ(debug.advisories, (std::vector<std::string>{"INTEL-SA-00334", "INTEL-SA-00615"}));
    EXPECT_FALSE(debug.nonce);
    EXPECT_FALSE(parse_report(kept("old")).value().version);
}

TEST(IasReport, keeps_a_status_that_nobody_knows_as_unknown) {
    const auto claims = parse_report(kept("unknown_status")).value();
    EXPECT_EQ(claims.status, IasQuoteStatus::kUnknown);
    EXPECT_EQ(claims.status_text, "SOMETHING_NEW");
}

TEST(IasReport, rejects_what_is_missing_twice_or_ill_formed) {
    const auto rejects = [](const std::string& text) {
        EXPECT_ERROR(parse_report(text), Reason::kIasReportMalformed);
    };
    rejects("");
    rejects("[]");
    rejects(kept("ok") + "}");
    rejects(kept("refused_twice"));
    rejects(kept("refused_quote_version"));
    rejects(kept("refused_no_timestamp"));
    rejects(with("\"isvEnclaveQuoteStatus\"", "\"x\""));
    rejects(with("\"isvEnclaveQuoteBody\"", "\"x\""));
    rejects(with("\"OK\"", "\"\""));
    rejects(with("\"OK\"", "\"Ok\""));
    rejects(with("\"OK\"", "1"));
    rejects(with("\"version\":4", "\"version\":4294967296"));
    rejects(with(R"("version":4)", R"("version":"4")"));
    rejects(with("AgAAAK0LAAA", "AgACAK0LAAA"));  // a signature type 2
    rejects(with("AgAAAK0LAAA", "AgAAAK0LAA"));
    rejects(with("AgAAAK0LAAA", "AgAAAK0LAAAAAAA"));
}

TEST(IasReport, takes_a_timestamp_with_up_to_six_digits_after_the_point) {
    const auto time = [](const std::string& text) {
        const auto claims = parse_report(with("2027-01-15T07:59:00.250000", text));
        return claims ? std::optional{claims.value().timestamp_us} : std::nullopt;
    };
    EXPECT_EQ(time("2027-01-15T07:59:00"), 1'799'999'940'000'000);
    EXPECT_EQ(time("2027-01-15T07:59:00.5"), 1'799'999'940'500'000);
    EXPECT_EQ(time("2027-01-15T07:59:00.000001"), 1'799'999'940'000'001);
    for (const auto* text :
         {"", "2027-01-15", "2027-01-15T07:59:00.", "2027-01-15T07:59:00.0000001", "2027-01-15T07:59:00Z",
          "2027-01-15T07:59:00.25Z", "2027-01-15T07:59:00+1", "2027-02-29T07:59:00", "2027-01-15 07:59:00"}) {
        EXPECT_EQ(time(text), std::nullopt) << text;
    }
}

TEST(IasReport, bounds_its_size_its_nonce_and_its_advisories) {
    const auto nonce = [](std::size_t size) { return with("0123456789ABCDEF", std::string(size, '0')); };
    EXPECT_OK(parse_report(nonce(kIasNonceBytesMax)));
    EXPECT_ERROR(parse_report(nonce(kIasNonceBytesMax + 1)), Reason::kIasReportMalformed);
    const auto advisories = [](std::size_t count) {
        std::string list = "\"a\"";
        for (std::size_t i = 1; i < count; ++i) {
            list += ",\"a\"";
        }
        return with("\"version\":4", "\"advisoryIDs\":[" + list + "]");
    };
    EXPECT_OK(parse_report(advisories(kAdvisoriesMax)));
    EXPECT_ERROR(parse_report(advisories(kAdvisoriesMax + 1)), Reason::kIasReportMalformed);
    const auto sized = [](std::size_t size) {
        return kept("ok") + std::string(size - kept("ok").size(), ' ');
    };
    EXPECT_OK(parse_report(sized(kIasReportBytesMax)));
    EXPECT_ERROR(parse_report(sized(kIasReportBytesMax + 1)), Reason::kIasReportMalformed);
}

TEST(RegistryStatus, is_invalid_for_all_that_the_registry_does_not_name) {
    EXPECT_EQ(registry_status(IasQuoteStatus::kOk), RegistryStatus::kOk);
    EXPECT_EQ(registry_status(IasQuoteStatus::kGroupOutOfDate), RegistryStatus::kGroupOutOfDate);
    EXPECT_EQ(registry_status(IasQuoteStatus::kGroupRevoked), RegistryStatus::kGroupRevoked);
    EXPECT_EQ(registry_status(IasQuoteStatus::kConfigurationNeeded), RegistryStatus::kConfigurationNeeded);
    for (const auto* text :
         {"SW_HARDENING_NEEDED", "CONFIGURATION_AND_SW_HARDENING_NEEDED", "SIGNATURE_INVALID",
          "SIGNATURE_REVOKED", "KEY_REVOKED", "SIGRL_VERSION_MISMATCH", "ok"}) {
        EXPECT_EQ(registry_status(ias_quote_status_of(text)), RegistryStatus::kInvalid) << text;
    }
}

}  // namespace
}  // namespace redoubt::attestation::ias
