#include <attestation/produce/sev_guest.hpp>

#include <attestation/produce/evidence_check.hpp>
#include <attestation/produce/tee_files.hpp>
#include <primitives/crypto/kdf.hpp>

#include <algorithm>
#include <array>

namespace redoubt::attestation::produce {

namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t kGetDerivedKey = 0xC0205301;
constexpr std::uint32_t kGetExtendedReport = 0xC0205302;

constexpr std::size_t kMessageBytes = 32;
constexpr std::size_t kExitInfoOffset = 24;
constexpr std::size_t kReportRequestBytes = 112;
constexpr std::size_t kReportResponseBytes = 4000;
constexpr std::size_t kReportOffset = 32;
constexpr std::size_t kCertificatesAddressOffset = 96;
constexpr std::size_t kCertificatesLengthOffset = 104;
constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kFirstCertificatesBytes = 4 * kPageBytes;

constexpr std::size_t kKeyRequestBytes = 32;
constexpr std::size_t kKeyResponseBytes = 64;
constexpr std::size_t kKeyOffset = 32;
/// Which facts of the guest are mixed into the derived key.
constexpr std::uint64_t kMixPolicy = 1U << 0U;
constexpr std::uint64_t kMixMeasurement = 1U << 3U;
constexpr auto kSealLabel = "redoubt/seal/snp/v1"sv;

/// Error of the hypervisor, in the upper half of exitinfo2.
constexpr std::uint32_t kHostNoRoom = 1;
constexpr std::uint32_t kHostBusy = 2;

template <class Integer>
void put(std::span<std::uint8_t> out, std::size_t offset, Integer value) {
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
        out[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
}

std::uint32_t u32_at(ByteView bytes, std::size_t offset) {
    std::uint32_t out = 0;
    for (std::size_t i = 4; i > 0; --i) {
        out = (out << 8U) | bytes[offset + i - 1];
    }
    return out;
}

std::uint64_t address_of(std::span<std::uint8_t> memory) {
    return reinterpret_cast<std::uintptr_t>(memory.data());
}

struct Sent {
    std::error_code error;
    std::uint32_t host_error = 0;
};

/// Sends one message to the firmware, again and again as it is while the host is busy: the kernel numbers the
/// messages, and another one after an unclear end would break the sequence.
Sent send(TeeSystem& system,
          const std::string& device,
          std::uint32_t request,
          std::span<std::uint8_t> question,
          std::span<std::uint8_t> answer) {
    auto file = OpenFile::open(system, device, TeeSystem::Access::kReadWrite);
    if (!file) {
        return {.error = file.error()};
    }
    BackOff back_off{system};
    for (;;) {
        std::array<std::uint8_t, kMessageBytes> message{};
        message[0] = 1;
        put(message, 8, address_of(question));
        put(message, 16, address_of(answer));
        const auto done = file.value().control(request, message);
        if (done) {
            return {};
        }
        const Sent out{.error = done.error(), .host_error = u32_at(message, kExitInfoOffset + 4)};
        const bool is_waiting = is_busy(out.error) || out.host_error == kHostBusy;
        if (!is_waiting || !back_off.wait()) {
            return out;
        }
    }
}

}  // namespace

Result<std::unique_ptr<SevGuest>> SevGuest::open(TeeSystem& system, std::string device) {
    const auto file = OpenFile::open(system, device, TeeSystem::Access::kReadWrite);
    if (!file) {
        return explain(file.error());
    }
    return std::unique_ptr<SevGuest>{new SevGuest{system, std::move(device)}};
}

Result<Evidence> SevGuest::generate(ReportData report_data) {
    Bytes certificates(kFirstCertificatesBytes);
    Bytes answer(kReportResponseBytes);
    for (;;) {
        std::array<std::uint8_t, kReportRequestBytes> question{};
        std::ranges::copy(report_data, question.begin());
        put(question, kCertificatesAddressOffset, address_of(certificates));
        put(question, kCertificatesLengthOffset, static_cast<std::uint32_t>(certificates.size()));
        const auto sent = send(system_, device_, kGetExtendedReport, question, answer);
        const std::size_t needed = u32_at(question, kCertificatesLengthOffset);
        if (!sent.error) {
            certificates.resize(std::min(certificates.size(), needed));
            break;
        }
        if (sent.host_error != kHostNoRoom) {
            return explain(sent.error);
        }
        if (needed <= certificates.size()) {
            return ProduceError::kProviderFailed;  // it has what it asks for
        }
        if (needed > kEndorsementsBytesMax) {
            return ProduceError::kTooLarge;
        }
        certificates.assign((needed + kPageBytes - 1) / kPageBytes * kPageBytes, 0);
    }
    if (u32_at(answer, 0) != 0) {
        return ProduceError::kRefused;
    }
    if (u32_at(answer, 4) != kSnpReportBytes) {
        return ProduceError::kEvidenceMalformed;
    }
    auto report = to_bytes(ByteView{answer}.subspan(kReportOffset, kSnpReportBytes));
    BOOST_OUTCOME_TRY(check_evidence(EvidenceType::kSnp, report, report_data));
    // Without certificates the host leaves the buffer as it was.
    if (std::ranges::all_of(certificates, [](std::uint8_t byte) { return byte == 0; })) {
        certificates.clear();
    }
    return Evidence{
        .type = EvidenceType::kSnp, .evidence = std::move(report), .endorsements = std::move(certificates)};
}

Result<crypto::SecretBytes<32>> SevGuest::sealing_key() {
    // Root key 0 (of the chip), no TCB version: an update of the firmware does not lose what was sealed.
    std::array<std::uint8_t, kKeyRequestBytes> question{};
    put(question, 8, kMixPolicy | kMixMeasurement);
    crypto::SecretBytes<kKeyResponseBytes> answer;
    const auto sent = send(system_, device_, kGetDerivedKey, question, answer.expose_mut());
    if (sent.error) {
        return explain(sent.error);
    }
    const ByteView bytes = answer.expose();
    if (u32_at(bytes, 0) != 0) {
        return ProduceError::kRefused;
    }
    const auto key = bytes.subspan(kKeyOffset);
    if (std::ranges::all_of(key, [](std::uint8_t byte) { return byte == 0; })) {
        return ProduceError::kProviderFailed;
    }
    return crypto::hkdf_sha256(key, bytes_of(kSealLabel));
}

}  // namespace redoubt::attestation::produce
