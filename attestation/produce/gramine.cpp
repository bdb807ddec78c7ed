#include <attestation/produce/gramine.hpp>

#include <attestation/produce/evidence_check.hpp>
#include <attestation/produce/tee_files.hpp>
#include <primitives/crypto/kdf.hpp>

#include <array>

namespace redoubt::attestation::produce {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kTypeBytesMax = 64;
constexpr std::size_t kTargetInfoBytes = 512;
constexpr std::size_t kReportBytes = 432;
constexpr std::size_t kSealKeyBytes = 16;
constexpr auto kSealLabel = "redoubt/seal/sgx/v1"sv;

std::string_view trimmed(ByteView text) {
    auto out = text_of(text);
    while (!out.empty() && (out.back() == '\n' || out.back() == '\0')) {
        out.remove_suffix(1);
    }
    return out;
}

/// Wipes what passed through an ordinary buffer.
crypto::SecretBuffer take_secret(Bytes bytes) {
    auto out = crypto::SecretBuffer::copy_of(bytes);
    crypto::wipe(bytes);
    return out;
}

}  // namespace

std::string Gramine::path(std::string_view name) const {
    return folder_ + "/" + std::string{name};
}

Result<std::unique_ptr<Gramine>> Gramine::open(TeeSystem& system, std::string folder) {
    std::unique_ptr<Gramine> out{new Gramine{system, std::move(folder)}};
    const auto type = read_file(system, out->path("attestation_type"), kTypeBytesMax);
    if (!type) {
        return explain(type.error());
    }
    if (trimmed(type.value()) != "dcap") {
        return ProduceError::kNoQuotes;
    }
    const auto report = out->own_report();
    if (!report) {
        return explain(report.error());
    }
    if (report.value().is_debug()) {
        return ProduceError::kDebug;
    }
    out->mr_enclave_ = report.value().mr_enclave;
    return out;
}

Result<SgxClaims> Gramine::own_report() {
    BOOST_OUTCOME_TRY(const auto target, read_file(system_, path("my_target_info"), kTargetInfoBytes));
    if (target.size() != kTargetInfoBytes) {
        return ProduceError::kShortAnswer;
    }
    std::array<std::uint8_t, 64> question{};
    system_.fill_random(question);
    BOOST_OUTCOME_TRY(write_file(system_, path("target_info"), target));
    BOOST_OUTCOME_TRY(write_file(system_, path("user_report_data"), question));
    BOOST_OUTCOME_TRY(const auto report, read_file(system_, path("report"), kReportBytes));
    if (report.size() != kReportBytes) {
        return ProduceError::kShortAnswer;
    }
    ByteCursor in{report};
    BOOST_OUTCOME_TRY(auto claims, read_sgx_report_body(in));
    if (!equal(claims.report_data.view(), question) ||
        !equal(claims.mr_enclave.view(), ByteView{target}.first(Hash256::kSize))) {
        return ProduceError::kReportDataDiffers;
    }
    return claims;
}

Result<Evidence> Gramine::generate(ReportData report_data) {
    BackOff back_off{system_};
    for (;;) {
        auto made = try_once(report_data);
        if (made || !is_busy(made.error()) || !back_off.wait()) {
            return made ? std::move(made) : Result<Evidence>{explain(made.error())};
        }
    }
}

Result<Evidence> Gramine::try_once(ReportData report_data) {
    BOOST_OUTCOME_TRY(write_file(system_, path("user_report_data"), report_data));
    BOOST_OUTCOME_TRY(auto read, read_file(system_, path("quote"), kGramineQuoteBytesMax));
    auto quote = without_padding(EvidenceType::kSgxDcap, std::move(read));
    BOOST_OUTCOME_TRY(const auto claims, check_evidence(EvidenceType::kSgxDcap, quote, report_data));
    const auto* const sgx = std::get_if<SgxClaims>(&claims);
    if (sgx == nullptr || sgx->mr_enclave != mr_enclave_) {
        return ProduceError::kWrongProvider;
    }
    return Evidence{.type = EvidenceType::kSgxDcap, .evidence = std::move(quote), .endorsements = {}};
}

Result<crypto::SecretBytes<32>> Gramine::sealing_key() {
    auto read = read_file(system_, path("keys/_sgx_mrenclave"), kSealKeyBytes);
    if (!read) {
        return explain(read.error());
    }
    const auto key = take_secret(std::move(read).value());
    if (key.size() != kSealKeyBytes) {
        return ProduceError::kShortAnswer;
    }
    return crypto::hkdf_sha256(key.expose(), concat(bytes_of(kSealLabel), mr_enclave_));
}

}  // namespace redoubt::attestation::produce
