/// The stored types of Teerex: enclaves, their attestation, and the collateral that quotes are judged by.
///
/// @source integritee-wire.md, section 2.2
#pragma once

#include <tools/devchain/runtime/type_info.hpp>
#include <tools/devchain/runtime/types.hpp>

namespace redoubt::devchain::teerex {

// Found by SCALE for the enums of this namespace.
using devchain::decode_scale;
using devchain::encode_scale;

enum class SgxBuildMode : std::uint8_t { kDebug, kProduction };
enum class SgxStatus : std::uint8_t { kInvalid, kOk, kGroupOutOfDate, kGroupRevoked, kConfigurationNeeded };
enum class TcbStatus : std::uint8_t {
    kUnknown,
    kUpToDate,
    kSwHardeningNeeded,
    kConfigurationAndSwHardeningNeeded,
    kOutOfDate,
    kOutOfDateConfigurationNeeded,
    kRevoked,
};

/// No evidence.
struct Skip {
    bool proxied = false;
    static constexpr auto kType = structure("Skip", field("proxied", &Skip::proxied));
    static constexpr auto kScaleFields = kType.members();
};
/// An ECDSA quote.
struct Dcap {
    bool proxied = false;
    static constexpr auto kType = structure("Dcap", field("proxied", &Dcap::proxied));
    static constexpr auto kScaleFields = kType.members();
};
struct SgxAttestationMethod {
    std::variant<Skip, Unit<"Ias">, Dcap> value;
    static constexpr std::string_view kVariantPath = "teerex_primitives::SgxAttestationMethod";
    static constexpr auto kScaleFields = std::tuple{&SgxAttestationMethod::value};
};

struct SgxReportData {
    std::array<std::uint8_t, 64> d{};
    static constexpr auto kType =
        structure("teerex_primitives::SgxReportData", field("d", &SgxReportData::d));
    static constexpr auto kScaleFields = kType.members();
};

struct SgxEnclave {
    SgxReportData report_data;
    std::array<std::uint8_t, 32> mr_enclave{};
    std::array<std::uint8_t, 32> mr_signer{};
    Moment timestamp = 0;
    std::optional<Bytes> url;
    SgxBuildMode build_mode = SgxBuildMode::kProduction;
    SgxAttestationMethod attestation_method;
    SgxStatus status = SgxStatus::kInvalid;
    static constexpr auto kType = structure("teerex_primitives::SgxEnclave",
                                            field("report_data", &SgxEnclave::report_data),
                                            field("mr_enclave", &SgxEnclave::mr_enclave),
                                            field("mr_signer", &SgxEnclave::mr_signer),
                                            field("timestamp", &SgxEnclave::timestamp),
                                            field("url", &SgxEnclave::url),
                                            field("build_mode", &SgxEnclave::build_mode),
                                            field("attestation_method", &SgxEnclave::attestation_method),
                                            field("status", &SgxEnclave::status));
    static constexpr auto kScaleFields = kType.members();
};

struct MultiEnclave {
    std::variant<Holding<"Sgx", SgxEnclave>> value;
    static constexpr std::string_view kVariantPath = "teerex_primitives::MultiEnclave";
    static constexpr auto kScaleFields = std::tuple{&MultiEnclave::value};

    [[nodiscard]] const SgxEnclave& sgx() const { return std::get<0>(value).value; }
    /// MRENCLAVE.
    [[nodiscard]] Hash256 fingerprint() const { return {sgx().mr_enclave}; }
};

/// Who signs for an instance of an enclave.
struct AnySigner {
    using OpaqueSigner = BoundedVec<std::uint8_t, 66>;
    std::variant<Holding<"Opaque", OpaqueSigner>, Holding<"Known", MultiSigner>> value;
    static constexpr std::string_view kVariantPath = "common_primitives::AnySigner";
    static constexpr auto kScaleFields = std::tuple{&AnySigner::value};
};

struct EnclaveInstanceAddress {
    Hash256 fingerprint;
    AccountId registrar;
    AnySigner signer;
    static constexpr auto kType = structure("teerex_primitives::EnclaveInstanceAddress",
                                            field("fingerprint", &EnclaveInstanceAddress::fingerprint),
                                            field("registrar", &EnclaveInstanceAddress::registrar),
                                            field("signer", &EnclaveInstanceAddress::signer));
    static constexpr auto kScaleFields = kType.members();
};

using Fmspc = std::array<std::uint8_t, 6>;
struct TcbVersionStatus {
    std::array<std::uint8_t, 16> cpusvn{};
    std::uint16_t pcesvn = 0;
    TcbStatus tcb_status = TcbStatus::kUnknown;
    static constexpr auto kType = structure("teerex_primitives::TcbVersionStatus",
                                            field("cpusvn", &TcbVersionStatus::cpusvn),
                                            field("pcesvn", &TcbVersionStatus::pcesvn),
                                            field("tcb_status", &TcbVersionStatus::tcb_status));
    static constexpr auto kScaleFields = kType.members();
};
struct SgxTcbInfoOnChain {
    Moment issue_date = 0;
    Moment next_update = 0;
    std::vector<TcbVersionStatus> tcb_levels;
    static constexpr auto kType = structure("teerex_primitives::SgxTcbInfoOnChain",
                                            field("issue_date", &SgxTcbInfoOnChain::issue_date),
                                            field("next_update", &SgxTcbInfoOnChain::next_update),
                                            field("tcb_levels", &SgxTcbInfoOnChain::tcb_levels));
    static constexpr auto kScaleFields = kType.members();
};
struct QeTcb {
    std::uint16_t isvsvn = 0;
    static constexpr auto kType = structure("teerex_primitives::QeTcb", field("isvsvn", &QeTcb::isvsvn));
    static constexpr auto kScaleFields = kType.members();
};
struct SgxQuotingEnclave {
    Moment issue_date = 0;
    Moment next_update = 0;
    std::array<std::uint8_t, 4> miscselect{};
    std::array<std::uint8_t, 4> miscselect_mask{};
    std::array<std::uint8_t, 16> attributes{};
    std::array<std::uint8_t, 16> attributes_mask{};
    std::array<std::uint8_t, 32> mrsigner{};
    std::uint16_t isvprodid = 0;
    std::vector<QeTcb> tcb;
    static constexpr auto kType = structure("teerex_primitives::SgxQuotingEnclave",
                                            field("issue_date", &SgxQuotingEnclave::issue_date),
                                            field("next_update", &SgxQuotingEnclave::next_update),
                                            field("miscselect", &SgxQuotingEnclave::miscselect),
                                            field("miscselect_mask", &SgxQuotingEnclave::miscselect_mask),
                                            field("attributes", &SgxQuotingEnclave::attributes),
                                            field("attributes_mask", &SgxQuotingEnclave::attributes_mask),
                                            field("mrsigner", &SgxQuotingEnclave::mrsigner),
                                            field("isvprodid", &SgxQuotingEnclave::isvprodid),
                                            field("tcb", &SgxQuotingEnclave::tcb));
    static constexpr auto kScaleFields = kType.members();
};

}  // namespace redoubt::devchain::teerex

namespace redoubt::devchain {
template <>
inline constexpr EnumInfo<2> kEnum<teerex::SgxBuildMode>{"teerex_primitives::SgxBuildMode",
                                                         {"Debug", "Production"}};
template <>
inline constexpr EnumInfo<5> kEnum<teerex::SgxStatus>{
    "teerex_primitives::SgxStatus",
    {"Invalid", "Ok", "GroupOutOfDate", "GroupRevoked", "ConfigurationNeeded"}};
template <>
inline constexpr EnumInfo<7> kEnum<teerex::TcbStatus>{
    "teerex_primitives::TcbStatus",
    {"Unknown", "UpToDate", "SWHardeningNeeded", "ConfigurationAndSWHardeningNeeded", "OutOfDate",
     "OutOfDateConfigurationNeeded", "Revoked"}};
}  // namespace redoubt::devchain
