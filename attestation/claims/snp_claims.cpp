#include <attestation/claims/snp_claims.hpp>

namespace redoubt::attestation {
namespace {

/// From this version on a report states the processor, and from that one on its mitigations.
constexpr std::uint32_t kVersionWithCpuid = 3;
constexpr std::uint32_t kVersionWithMitigations = 5;

constexpr std::uint8_t kFamily19 = 0x19;
constexpr std::uint8_t kFamily1a = 0x1a;

Result<SnpFirmwareVersion> read_version(ByteCursor& in) {
    SnpFirmwareVersion out;
    BOOST_OUTCOME_TRY(out.build, in.take_byte());
    BOOST_OUTCOME_TRY(out.minor, in.take_byte());
    BOOST_OUTCOME_TRY(out.major, in.take_byte());
    BOOST_OUTCOME_TRY(in.take_byte());
    return out;
}

Result<SnpCpuid> read_cpuid(ByteCursor& in) {
    SnpCpuid out;
    BOOST_OUTCOME_TRY(out.family, in.take_byte());
    BOOST_OUTCOME_TRY(out.model, in.take_byte());
    BOOST_OUTCOME_TRY(out.stepping, in.take_byte());
    return out;
}

/// Up to REPORTED_TCB.
Result<void> read_guest(ByteCursor& in, SnpClaims& out) {
    BOOST_OUTCOME_TRY(out.version, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(out.guest_svn, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(out.policy, in.take_le<std::uint64_t>());
    BOOST_OUTCOME_TRY(out.family_id, in.take_fixed<FixedBytes<16>>());
    BOOST_OUTCOME_TRY(out.image_id, in.take_fixed<FixedBytes<16>>());
    BOOST_OUTCOME_TRY(out.vmpl, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(in.take(4));  // the signature's algorithm
    BOOST_OUTCOME_TRY(out.current_tcb, in.take_fixed<SnpTcb>());
    BOOST_OUTCOME_TRY(out.platform_info, in.take_le<std::uint64_t>());
    BOOST_OUTCOME_TRY(out.key_info, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(in.take(4));
    BOOST_OUTCOME_TRY(out.report_data, in.take_fixed<FixedBytes<64>>());
    BOOST_OUTCOME_TRY(out.measurement, in.take_fixed<FixedBytes<48>>());
    BOOST_OUTCOME_TRY(out.host_data, in.take_fixed<FixedBytes<32>>());
    BOOST_OUTCOME_TRY(out.id_key_digest, in.take_fixed<FixedBytes<48>>());
    BOOST_OUTCOME_TRY(out.author_key_digest, in.take_fixed<FixedBytes<48>>());
    BOOST_OUTCOME_TRY(out.report_id, in.take_fixed<FixedBytes<32>>());
    BOOST_OUTCOME_TRY(out.report_id_ma, in.take_fixed<FixedBytes<32>>());
    return success();
}

/// From REPORTED_TCB on.
Result<void> read_platform(ByteCursor& in, SnpClaims& out) {
    BOOST_OUTCOME_TRY(out.reported_tcb, in.take_fixed<SnpTcb>());
    BOOST_OUTCOME_TRY(const auto cpuid, read_cpuid(in));
    if (out.version >= kVersionWithCpuid) {
        out.cpuid = cpuid;
    }
    BOOST_OUTCOME_TRY(in.take(21));
    BOOST_OUTCOME_TRY(out.chip_id, in.take_fixed<FixedBytes<64>>());
    BOOST_OUTCOME_TRY(out.committed_tcb, in.take_fixed<SnpTcb>());
    BOOST_OUTCOME_TRY(out.current_version, read_version(in));
    BOOST_OUTCOME_TRY(out.committed_version, read_version(in));
    BOOST_OUTCOME_TRY(out.launch_tcb, in.take_fixed<SnpTcb>());
    BOOST_OUTCOME_TRY(const auto launch, in.take_le<std::uint64_t>());
    BOOST_OUTCOME_TRY(const auto current, in.take_le<std::uint64_t>());
    if (out.version >= kVersionWithMitigations) {
        out.launch_mitigations = launch;
        out.current_mitigations = current;
    }
    BOOST_OUTCOME_TRY(in.take(152));
    return success();
}

}  // namespace

std::string_view product_name(SnpProduct product) {
    switch (product) {
        case SnpProduct::kMilan:
            return "Milan";
        case SnpProduct::kGenoa:
            return "Genoa";
        case SnpProduct::kTurin:
            return "Turin";
    }
    return "Milan";
}

std::optional<SnpProduct> snp_product_named(std::string_view name) {
    for (const auto product : {SnpProduct::kMilan, SnpProduct::kGenoa, SnpProduct::kTurin}) {
        if (product_name(product) == name) {
            return product;
        }
    }
    return std::nullopt;
}

std::optional<SnpProduct> product_of(const SnpCpuid& cpuid) {
    if (cpuid.family == kFamily19) {
        if (cpuid.model <= 0x0f) {
            return SnpProduct::kMilan;
        }
        if (cpuid.model <= 0x1f || (cpuid.model >= 0xa0 && cpuid.model <= 0xaf)) {
            return SnpProduct::kGenoa;
        }
    }
    if (cpuid.family == kFamily1a && cpuid.model <= 0x11) {
        return SnpProduct::kTurin;
    }
    return std::nullopt;
}

SnpSvns svns_of(const SnpTcb& tcb, SnpProduct product) {
    const auto& bytes = tcb.bytes;
    if (product == SnpProduct::kTurin) {
        return {.fmc = bytes[0],
                .boot_loader = bytes[1],
                .tee = bytes[2],
                .snp = bytes[3],
                .microcode = bytes[7]};
    }
    return {.boot_loader = bytes[0], .tee = bytes[1], .snp = bytes[6], .microcode = bytes[7]};
}

Result<SnpClaims> read_snp_report_body(ByteCursor& in) {
    SnpClaims out;
    BOOST_OUTCOME_TRY(read_guest(in, out));
    BOOST_OUTCOME_TRY(read_platform(in, out));
    return out;
}

}  // namespace redoubt::attestation
