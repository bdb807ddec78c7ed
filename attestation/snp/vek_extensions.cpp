#include <attestation/snp/vek_extensions.hpp>

#include <attestation/der/der_reader.hpp>

#include <initializer_list>

namespace redoubt::attestation::snp {
namespace {

/// 1.3.6.1.4.1.3704.1
constexpr std::array<std::uint8_t, 8> kAmdOid{0x2b, 0x06, 0x01, 0x04, 0x01, 0x9c, 0x78, 0x01};
constexpr std::uint8_t kProductName = 2;
constexpr std::uint8_t kSvn = 3;
constexpr std::uint8_t kHardwareId = 4;
constexpr std::uint8_t kCspId = 5;

constexpr std::uint8_t kSvnBootLoader = 1;
constexpr std::uint8_t kSvnTee = 2;
constexpr std::uint8_t kSvnSnp = 3;
constexpr std::uint8_t kSvnMicrocode = 8;
constexpr std::uint8_t kSvnFmc = 9;

constexpr std::size_t kTurinChipIdBytes = 8;
constexpr std::size_t kChipIdBytes = 64;

Bytes oid_of(std::initializer_list<std::uint8_t> arcs) {
    return concat(kAmdOid, arcs);
}

Result<ByteView> need(const x509::Certificate& vek, std::initializer_list<std::uint8_t> arcs) {
    BOOST_OUTCOME_TRY(const auto value, vek.find_extension(oid_of(arcs)));
    if (!value) {
        return Reason::kSnpCertProfileInvalid;
    }
    return *value;
}

Result<std::uint8_t> read_svn(const x509::Certificate& vek, std::uint8_t arc) {
    BOOST_OUTCOME_TRY(const auto value, need(vek, {kSvn, arc}));
    der::Reader reader{value};
    BOOST_OUTCOME_TRY(const auto svn, reader.take_unsigned(UINT8_MAX));
    BOOST_OUTCOME_TRY(reader.expect_end());
    return static_cast<std::uint8_t>(svn);
}

Result<std::string> read_text(ByteView value) {
    BOOST_OUTCOME_TRY(const auto text, der::read_single(value, der::kIa5String));
    return std::string{text_of(text.content)};
}

/// The id as it is, or wrapped once more.
Result<FixedBytes<64>> read_hardware_id(ByteView value, std::size_t size) {
    if (value.size() != size) {
        BOOST_OUTCOME_TRY(const auto wrapped, der::read_single(value, der::kOctetString));
        value = wrapped.content;
    }
    if (value.size() != size) {
        return Reason::kSnpCertProfileInvalid;
    }
    FixedBytes<64> out;
    std::ranges::copy(value, out.bytes.begin());
    return out;
}

Result<VekExtensions> read(const x509::Certificate& vek, SnpProduct product) {
    VekExtensions out;
    BOOST_OUTCOME_TRY(const auto name, need(vek, {kProductName}));
    BOOST_OUTCOME_TRY(out.product, read_text(name));
    out.product.resize(std::min(out.product.find('-'), out.product.size()));
    BOOST_OUTCOME_TRY(out.svns.boot_loader, read_svn(vek, kSvnBootLoader));
    BOOST_OUTCOME_TRY(out.svns.tee, read_svn(vek, kSvnTee));
    BOOST_OUTCOME_TRY(out.svns.snp, read_svn(vek, kSvnSnp));
    BOOST_OUTCOME_TRY(out.svns.microcode, read_svn(vek, kSvnMicrocode));
    const bool is_turin = product == SnpProduct::kTurin;
    if (is_turin) {
        BOOST_OUTCOME_TRY(out.svns.fmc, read_svn(vek, kSvnFmc));
    }
    BOOST_OUTCOME_TRY(const auto hardware_id, vek.find_extension(oid_of({kHardwareId})));
    if (hardware_id) {
        BOOST_OUTCOME_TRY(out.hardware_id,
                          read_hardware_id(*hardware_id, is_turin ? kTurinChipIdBytes : kChipIdBytes));
    }
    BOOST_OUTCOME_TRY(const auto csp_id, vek.find_extension(oid_of({kCspId})));
    if (csp_id) {
        BOOST_OUTCOME_TRY(out.csp_id, read_text(*csp_id));
    }
    return out;
}

}  // namespace

Result<VekExtensions> read_vek_extensions(const x509::Certificate& vek, SnpProduct product) {
    auto out = read(vek, product);
    if (!out) {
        return Reason::kSnpCertProfileInvalid;
    }
    return out;
}

}  // namespace redoubt::attestation::snp
