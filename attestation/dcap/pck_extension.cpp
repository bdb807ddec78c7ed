#include <attestation/dcap/pck_extension.hpp>

#include <attestation/der/der_reader.hpp>

#include <bitset>

namespace redoubt::attestation::dcap {
namespace {

/// 1.2.840.113741.1.13.1
constexpr std::array<std::uint8_t, 9> kSgxOid{0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01};

constexpr std::uint8_t kPpid = 1;
constexpr std::uint8_t kTcb = 2;
constexpr std::uint8_t kPceId = 3;
constexpr std::uint8_t kFmspc = 4;
constexpr std::uint8_t kSgxType = 5;
constexpr std::uint8_t kPlatformInstanceId = 6;
constexpr std::uint8_t kConfiguration = 7;

constexpr std::uint8_t kPceSvn = 17;
constexpr std::uint8_t kCpuSvn = 18;

constexpr std::uint8_t kDynamicPlatform = 1;
constexpr std::uint8_t kCachedKeys = 2;
constexpr std::uint8_t kSmtEnabled = 3;

/// Visits the members {OID, value} of a sequence whose OIDs are `prefix` and one more arc. Members with other
/// OIDs are refused, doubled ones as well. @return which members there are
template <class OnMember>
Result<std::bitset<128>> read_members(der::Reader& list, ByteView prefix, OnMember&& on_member) {
    std::bitset<128> seen;
    while (!list.empty()) {
        BOOST_OUTCOME_TRY(auto member, list.enter());
        BOOST_OUTCOME_TRY(const auto oid, member.take_oid());
        if (oid.size() != prefix.size() + 1 || !equal(oid.first(prefix.size()), prefix) ||
            oid.back() >= 128 || seen.test(oid.back())) {
            return Reason::kPckExtensionInvalid;
        }
        seen.set(oid.back());
        BOOST_OUTCOME_TRY(on_member(oid.back(), member));
        BOOST_OUTCOME_TRY(member.expect_end());
    }
    return seen;
}

template <class Fixed>
Result<Fixed> take_fixed(der::Reader& member) {
    BOOST_OUTCOME_TRY(const auto octets, member.take_octets(Fixed::kSize));
    Fixed out;
    std::ranges::copy(octets, out.bytes.begin());
    return out;
}

Bytes with_arc(ByteView prefix, std::uint8_t arc) {
    auto out = to_bytes(prefix);
    out.push_back(arc);
    return out;
}

Result<void> read_tcb(der::Reader& member, PckExtension& out) {
    BOOST_OUTCOME_TRY(auto list, member.enter());
    const auto read_one = [&](std::uint8_t arc, der::Reader& value) -> Result<void> {
        if (arc == kPceSvn) {
            BOOST_OUTCOME_TRY(const auto svn, value.take_unsigned(UINT16_MAX));
            out.pce_svn = static_cast<std::uint16_t>(svn);
            return success();
        }
        if (arc == kCpuSvn) {
            BOOST_OUTCOME_TRY(out.cpu_svn, take_fixed<FixedBytes<16>>(value));
            return success();
        }
        if (arc < 1 || arc > kCpuSvn) {
            return Reason::kPckExtensionInvalid;
        }
        BOOST_OUTCOME_TRY(const auto svn, value.take_unsigned(UINT8_MAX));
        out.sgx_components.at(arc - 1U) = static_cast<std::uint8_t>(svn);
        return success();
    };
    BOOST_OUTCOME_TRY(const auto seen, read_members(list, with_arc(kSgxOid, kTcb), read_one));
    if (seen.count() != kCpuSvn) {
        return Reason::kPckExtensionInvalid;
    }
    return success();
}

Result<void> read_configuration(der::Reader& member, PckExtension& out) {
    BOOST_OUTCOME_TRY(auto list, member.enter());
    const auto read_one = [&](std::uint8_t arc, der::Reader& value) -> Result<void> {
        BOOST_OUTCOME_TRY(const bool is_set, value.take_boolean());
        if (arc == kDynamicPlatform) {
            out.is_dynamic = is_set;
        } else if (arc == kCachedKeys) {
            out.has_cached_keys = is_set;
        } else if (arc == kSmtEnabled) {
            out.has_smt = is_set;
        }
        return success();
    };
    BOOST_OUTCOME_TRY(read_members(list, with_arc(kSgxOid, kConfiguration), read_one));
    return success();
}

Result<void> read_member(std::uint8_t arc, der::Reader& value, PckExtension& out) {
    switch (arc) {
        case kPpid: {
            BOOST_OUTCOME_TRY(out.ppid, take_fixed<FixedBytes<16>>(value));
            return success();
        }
        case kTcb:
            return read_tcb(value, out);
        case kPceId: {
            BOOST_OUTCOME_TRY(out.pce_id, take_fixed<FixedBytes<2>>(value));
            return success();
        }
        case kFmspc: {
            BOOST_OUTCOME_TRY(out.fmspc, take_fixed<FixedBytes<6>>(value));
            return success();
        }
        case kSgxType: {
            BOOST_OUTCOME_TRY(const auto type, value.take_unsigned(2, der::kEnumerated));
            out.sgx_type = static_cast<SgxType>(type);
            return success();
        }
        case kPlatformInstanceId: {
            BOOST_OUTCOME_TRY(value.take_octets(16));
            return success();
        }
        case kConfiguration:
            return read_configuration(value, out);
        default: {  // a member of a later kind
            BOOST_OUTCOME_TRY(value.next());
            return success();
        }
    }
}

Result<PckExtension> parse(ByteView value) {
    BOOST_OUTCOME_TRY(const auto whole, der::read_single(value, der::kSequence));
    der::Reader list{whole.content};
    PckExtension out;
    BOOST_OUTCOME_TRY(const auto seen,
                      read_members(list, kSgxOid, [&](std::uint8_t arc, der::Reader& member) {
                          return read_member(arc, member, out);
                      }));
    for (const auto arc : {kPpid, kTcb, kPceId, kFmspc, kSgxType}) {
        if (!seen.test(arc)) {
            return Reason::kPckExtensionInvalid;
        }
    }
    return out;
}

}  // namespace

Result<PckExtension> parse_pck_extension(ByteView value) {
    auto parsed = parse(value);
    if (!parsed) {
        return Reason::kPckExtensionInvalid;
    }
    return parsed;
}

Result<PckExtension> read_pck_extension(const x509::Certificate& leaf) {
    const auto value = leaf.find_extension(kSgxOid);
    if (!value || !value.value()) {
        return Reason::kPckExtensionInvalid;
    }
    return parse_pck_extension(*value.value());
}

}  // namespace redoubt::attestation::dcap
