#include <attestation/sim/evidence.hpp>

#include <primitives/byte_cursor.hpp>

namespace redoubt::attestation::sim {
namespace {

Result<Evidence> read_evidence(ByteView bytes) {
    Evidence out;
    auto& claims = out.claims;
    ByteCursor in{bytes};
    BOOST_OUTCOME_TRY(const auto magic, in.take(kSimMagic.size()));
    BOOST_OUTCOME_TRY(const auto type, in.take_le<std::uint16_t>());
    BOOST_OUTCOME_TRY(claims.flags, in.take_le<std::uint16_t>());
    BOOST_OUTCOME_TRY(claims.mr_enclave, in.take_fixed<Hash256>());
    BOOST_OUTCOME_TRY(claims.mr_signer, in.take_fixed<Hash256>());
    BOOST_OUTCOME_TRY(claims.isv_prod_id, in.take_le<std::uint16_t>());
    BOOST_OUTCOME_TRY(claims.isv_svn, in.take_le<std::uint16_t>());
    BOOST_OUTCOME_TRY(const auto reserved, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(claims.report_data, in.take_fixed<FixedBytes<64>>());
    BOOST_OUTCOME_TRY(claims.made_at_s, in.take_le<std::uint64_t>());
    BOOST_OUTCOME_TRY(claims.key, in.take_fixed<FixedBytes<32>>());
    out.signed_bytes = bytes.first(kSimSignedBytes);
    BOOST_OUTCOME_TRY(out.signature, in.take(kSimEvidenceBytes - kSimSignedBytes));
    BOOST_OUTCOME_TRY(in.expect_end());
    if (!equal(magic, kSimMagic) || type != kSimType || (claims.flags & ~kSimDebug) != 0 || reserved != 0) {
        return Reason::kSimMalformed;
    }
    return out;
}

}  // namespace

Result<Evidence> parse_evidence(ByteView bytes) {
    auto out = read_evidence(bytes);
    if (!out) {
        return Reason::kSimMalformed;
    }
    return out;
}

}  // namespace redoubt::attestation::sim
