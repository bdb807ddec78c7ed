/// The errors of Teerex. From CaVerificationFailed on they are what checking SGX evidence can end with; the
/// same list is an enum of its own inside OtherSgxVerifyError.
///
/// @source integritee-wire.md, section 2.3
#pragma once

#include <tools/devchain/runtime/type_builder.hpp>

namespace redoubt::devchain::teerex {

inline constexpr Error<> kEnclaveSignerDecodeError{0, "EnclaveSignerDecodeError"};
inline constexpr Error<> kSenderIsNotAttestedEnclave{1, "SenderIsNotAttestedEnclave"};
inline constexpr Error<> kRemoteAttestationVerificationFailed{2, "RemoteAttestationVerificationFailed"};
inline constexpr Error<> kRemoteAttestationIsTooOld{3, "RemoteAttestationIsTooOld"};
inline constexpr Error<> kSgxModeIsNotAllowed{4, "SgxModeIsNotAllowed"};
inline constexpr Error<> kEnclaveIsNotRegistered{5, "EnclaveIsNotRegistered"};
inline constexpr Error<> kEnclaveUrlIsTooLong{6, "EnclaveUrlIsTooLong"};
inline constexpr Error<> kRaProofIsTooLong{7, "RaProofIsTooLong"};
inline constexpr Error<> kEmptyEnclaveRegistry{8, "EmptyEnclaveRegistry"};
inline constexpr Error<> kCollateralIsInvalid{9, "CollateralIsInvalid"};
inline constexpr Error<> kUnregisterActiveEnclaveIsNotAllowed{10, "UnregisterActiveEnclaveIsNotAllowed"};
inline constexpr Error<> kSkippingAttestationIsNotAllowed{11, "SkippingAttestationIsNotAllowed"};
inline constexpr Error<> kMissingTcbInfoForFmspc{12, "MissingTcbInfoForFmspc"};
inline constexpr Error<> kTcbInfoIsOutdated{13, "TcbInfoIsOutdated"};

/// Why SGX evidence was refused, in the order of its names below.
enum class VerifyError : std::uint8_t {
    kCaVerificationFailed,
    kCertificateChainIsInvalid,
    kCertificateChainIsTooShort,
    kCpuSvnDecodingError,
    kCpuSvnLengthMismatch,
    kCpuSvnOidIsMissing,
    kDcapKeyTypeMismatch,
    kDcapQuoteDecodingError,
    kDcapQuoteIsTooLong,
    kDcapQuoteVersionMismatch,
    kDerEncodingError,
    kEnclaveIdentityDecodingError,
    kEnclaveIdentitySignatureIsInvalid,
    kFmspcDecodingError,
    kFmspcLengthMismatch,
    kFmspcOidIsMissing,
    kIntelExtensionAmbiguity,
    kIntelExtensionCertificateDecodingError,
    kIsvEnclaveReportSignatureIsInvalid,
    kKeyLengthIsInvalid,
    kLeafCertificateParsingError,
    kNetscapeDecodingError,
    kNetscapeDerError,
    kPceSvnDecodingError,
    kPceSvnLengthMismatch,
    kPceSvnOidIsMissing,
    kPckCertFormatMismatch,
    kPublicKeyIsInvalid,
    kQeHasRejectedEnclave,
    kQeReportHashMismatch,
    kQuoteBodyDecodingError,
    kQuoteBodyIsInvalid,
    kQuoteBodyMissing,
    kQuoteStatusMissing,
    kRsaSignatureIsInvalid,
    kSgxReportParsingError,
    kTcbInfoIsInvalid,
    kTimestampIsInvalid,
    kTimestampIsMissing,
};
/// Position of the first of these among the pallet's errors.
inline constexpr std::uint8_t kFirstVerifyError = 15;

}  // namespace redoubt::devchain::teerex

namespace redoubt::devchain {
template <>
inline constexpr EnumInfo<39> kEnum<teerex::VerifyError>{"sgx_verify::Error",
                                                         {"CaVerificationFailed",
                                                          "CertificateChainIsInvalid",
                                                          "CertificateChainIsTooShort",
                                                          "CpuSvnDecodingError",
                                                          "CpuSvnLengthMismatch",
                                                          "CpuSvnOidIsMissing",
                                                          "DcapKeyTypeMismatch",
                                                          "DcapQuoteDecodingError",
                                                          "DcapQuoteIsTooLong",
                                                          "DcapQuoteVersionMismatch",
                                                          "DerEncodingError",
                                                          "EnclaveIdentityDecodingError",
                                                          "EnclaveIdentitySignatureIsInvalid",
                                                          "FmspcDecodingError",
                                                          "FmspcLengthMismatch",
                                                          "FmspcOidIsMissing",
                                                          "IntelExtensionAmbiguity",
                                                          "IntelExtensionCertificateDecodingError",
                                                          "IsvEnclaveReportSignatureIsInvalid",
                                                          "KeyLengthIsInvalid",
                                                          "LeafCertificateParsingError",
                                                          "NetscapeDecodingError",
                                                          "NetscapeDerError",
                                                          "PceSvnDecodingError",
                                                          "PceSvnLengthMismatch",
                                                          "PceSvnOidIsMissing",
                                                          "PckCertFormatMismatch",
                                                          "PublicKeyIsInvalid",
                                                          "QeHasRejectedEnclave",
                                                          "QeReportHashMismatch",
                                                          "QuoteBodyDecodingError",
                                                          "QuoteBodyIsInvalid",
                                                          "QuoteBodyMissing",
                                                          "QuoteStatusMissing",
                                                          "RsaSignatureIsInvalid",
                                                          "SgxReportParsingError",
                                                          "TcbInfoIsInvalid",
                                                          "TimestampIsInvalid",
                                                          "TimestampIsMissing"}};
}  // namespace redoubt::devchain

namespace redoubt::devchain::teerex {

inline constexpr Error<VerifyError> kOtherSgxVerifyError{14, "OtherSgxVerifyError", {""}};

}  // namespace redoubt::devchain::teerex
