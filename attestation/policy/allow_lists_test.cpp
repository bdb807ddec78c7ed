#include <attestation/policy/allow_lists.hpp>

#include <gtest/gtest.h>

namespace redoubt::attestation {
namespace {

TdRegister td_register(std::uint8_t fill) {
    TdRegister out;
    out.bytes.fill(fill);
    return out;
}

TEST(AllowedTd, compares_the_registers_that_it_names) {
    TdxClaims claims;
    claims.mr_td = td_register(1);
    claims.rtmr = {td_register(2), td_register(3), td_register(4), td_register(5)};
    EXPECT_FALSE(is_allowed(claims, std::vector<AllowedTd>{}));
    AllowedTd td{.mr_td = td_register(1)};
    EXPECT_TRUE(is_allowed(claims, {td}));
    for (std::size_t i = 0; i < claims.rtmr.size(); ++i) {
        td.rtmr[i] = td_register(9);
        EXPECT_FALSE(is_allowed(claims, {td})) << i;
        EXPECT_TRUE(is_allowed(claims, {td, {.mr_td = td_register(1)}})) << i;
        td.rtmr[i] = claims.rtmr[i];
        EXPECT_TRUE(is_allowed(claims, {td})) << i;
    }
    td.mr_td = td_register(2);
    EXPECT_FALSE(is_allowed(claims, {td}));
}

TEST(AllowedRealm, compares_the_measurements_that_it_names) {
    CcaRealmClaims claims;
    claims.initial_measurement = Bytes(64, 1);
    claims.extensible_measurements = {Bytes(64, 2), Bytes(64, 3), Bytes(64, 4), Bytes(64, 5)};
    AllowedRealm realm{.initial_measurement = Bytes(64, 1)};
    EXPECT_TRUE(is_allowed(claims, {realm}));
    for (std::size_t i = 0; i < claims.extensible_measurements.size(); ++i) {
        realm.extensible_measurements[i] = Bytes(64, 9);
        EXPECT_FALSE(is_allowed(claims, {realm})) << i;
        realm.extensible_measurements[i] = claims.extensible_measurements[i];
        EXPECT_TRUE(is_allowed(claims, {realm})) << i;
    }
    realm.personalization = FixedBytes<64>{};
    EXPECT_TRUE(is_allowed(claims, {realm}));
    realm.personalization->bytes[63] = 1;
    EXPECT_FALSE(is_allowed(claims, {realm}));
    // A shorter digest is another hash's, never the beginning of this one.
    EXPECT_FALSE(is_allowed(claims, {{.initial_measurement = Bytes(32, 1)}}));
}

TEST(AllowedComponent, has_to_fit_each_piece_of_the_firmware) {
    CcaPlatformClaims claims;
    claims.components = {{"BL", "1.2", Bytes(32, 1), Bytes(32, 0xa)}, {"", "", Bytes(32, 2), Bytes(32, 0xb)}};
    const AllowedComponent any_second{.measurement = Bytes(32, 2)};
    EXPECT_TRUE(is_allowed(claims, {{.measurement = Bytes(32, 1)}, any_second}));
    EXPECT_FALSE(is_allowed(claims, {{.measurement = Bytes(32, 1)}}));
    EXPECT_FALSE(is_allowed(claims, {any_second}));
    const AllowedComponent first{
        .measurement = Bytes(32, 1), .signer_id = Bytes(32, 0xa), .type = "BL", .version = "1.2"};
    EXPECT_TRUE(is_allowed(claims, {first, any_second}));
    auto other = first;
    other.signer_id = Bytes(32, 0xb);
    EXPECT_FALSE(is_allowed(claims, {other, any_second}));
    other = first;
    other.type = "M1";
    EXPECT_FALSE(is_allowed(claims, {other, any_second}));
    other = first;
    other.version = "1.1";
    EXPECT_FALSE(is_allowed(claims, {other, any_second}));
    // One piece that fits does not pay for the other.
    EXPECT_FALSE(is_allowed(claims, {first, first}));
}

TEST(AllowedNitroPcr, wants_the_register_with_one_of_its_values) {
    NitroClaims claims;
    NitroPcr role;
    role.bytes.fill(3);
    EXPECT_FALSE(has_allowed_value(claims, {3, {role}}));
    EXPECT_FALSE(has_allowed_value(claims, {3, {NitroPcr{}}}));
    claims.pcrs[3] = role;
    EXPECT_TRUE(has_allowed_value(claims, {3, {NitroPcr{}, role}}));
    EXPECT_FALSE(has_allowed_value(claims, {3, {NitroPcr{}}}));
    EXPECT_FALSE(has_allowed_value(claims, {4, {role}}));
    EXPECT_FALSE(has_allowed_value(claims, {31, {role}}));
}

}  // namespace
}  // namespace redoubt::attestation
