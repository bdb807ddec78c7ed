#include <attestation/snp/certificate_table.hpp>

#include <attestation/limits.hpp>
#include <primitives/byte_cursor.hpp>

#include <algorithm>
#include <bitset>

namespace redoubt::attestation::snp {
namespace {

constexpr std::size_t kEntriesMax = 32;

using Guid = FixedBytes<16>;

struct Part {
    Guid guid;  ///< as it is written
    ByteView CertificateTable::*member;
};

constexpr std::array<Part, 5> kParts{{
    {{{0x63, 0xda, 0x75, 0x8d, 0xe6, 0x64, 0x45, 0x64, 0xad, 0xc5, 0xf4, 0xb9, 0x3b, 0xe8, 0xac, 0xcd}},
     &CertificateTable::vcek},
    {{{0xa8, 0x07, 0x4b, 0xc2, 0xa2, 0x5a, 0x48, 0x3e, 0xaa, 0xe6, 0x39, 0xc0, 0x45, 0xa0, 0xb8, 0xa1}},
     &CertificateTable::vlek},
    {{{0x4a, 0xb7, 0xb3, 0x79, 0xbb, 0xac, 0x4f, 0xe4, 0xa0, 0x2f, 0x05, 0xae, 0xf3, 0x27, 0xc7, 0x82}},
     &CertificateTable::ask},
    {{{0xc0, 0xb4, 0x06, 0xa4, 0xa8, 0x03, 0x49, 0x52, 0x97, 0x43, 0x3f, 0xb6, 0x01, 0x4c, 0xd0, 0xae}},
     &CertificateTable::ark},
    {{{0x92, 0xf8, 0x1b, 0xc3, 0x58, 0x11, 0x4d, 0x3d, 0x97, 0xff, 0xd1, 0x9f, 0x88, 0xdc, 0x67, 0xea}},
     &CertificateTable::revocation_list},
}};

/// The same identifier with its first three numbers little-endian.
Guid in_mixed_order(Guid guid) {
    const auto begin = guid.bytes.begin();
    std::reverse(begin, begin + 4);
    std::reverse(begin + 4, begin + 6);
    std::reverse(begin + 6, begin + 8);
    return guid;
}

}  // namespace

Certificates CertificateTable::certificates(SnpSigningKey key) const {
    Certificates out{.vek = to_bytes(key == SnpSigningKey::kVlek ? vlek : vcek),
                     .ask = to_bytes(ask),
                     .ark = to_bytes(ark)};
    if (!revocation_list.empty()) {
        out.revocation_lists.push_back(to_bytes(revocation_list));
    }
    return out;
}

Result<CertificateTable> read_certificate_table(ByteView bytes) {
    if (bytes.size() > kEvidenceBytesMax) {
        return Reason::kLimitExceeded;
    }
    CertificateTable out;
    std::bitset<kParts.size()> seen;
    ByteCursor in{bytes};
    for (std::size_t entries = 0; entries <= kEntriesMax; ++entries) {
        BOOST_OUTCOME_TRY(const auto guid, in.take_fixed<Guid>());
        BOOST_OUTCOME_TRY(const auto offset, in.take_le<std::uint32_t>());
        BOOST_OUTCOME_TRY(const auto size, in.take_le<std::uint32_t>());
        if (guid.is_zero()) {
            return out;
        }
        if (offset > bytes.size() || size > bytes.size() - offset) {
            return Reason::kMalformed;
        }
        for (std::size_t i = 0; i < kParts.size(); ++i) {
            const auto& part = kParts.at(i);
            if (guid != part.guid && guid != in_mixed_order(part.guid)) {
                continue;
            }
            if (seen.test(i)) {
                return Reason::kMalformed;
            }
            seen.set(i);
            out.*part.member = bytes.subspan(offset, size);
        }
    }
    return Reason::kLimitExceeded;
}

}  // namespace redoubt::attestation::snp
