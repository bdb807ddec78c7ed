// Every field of every accepted DCAP vector, changed in one bit, makes the evidence refused. No field of a
// quote or of its collateral is free; what is free is written down at the end: zeros after a quote, text
// around PEM blocks, and the second form of an ECDSA signature.
#include <gtest/gtest.h>

#include <attestation/dcap/quote.hpp>
#include <attestation/dcap/verifier.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/vectors/attestation_layouts.hpp>

namespace redoubt::attestation {
namespace {

using nlohmann::json;
using tests::VectorCount;
using vectors::DcapCase;
using vectors::Flips;
using vectors::Index;

Result<dcap::VerifiedCollateral> verified_collateral(const DcapCase& one) {
    CheckLog log{dcap::kChecks};
    return dcap::VerifiedCollateral::verify(one.collateral.value(), one.roots.value(), one.time, {}, log);
}

/// Calls `visit` with each accepted DCAP case.
template <class Visit>
void for_each_accepted(const Index& index, Visit&& visit) {
    for (const auto& entry : index.entries()) {
        if (!entry.at("kind").get<std::string>().starts_with("dcap-") ||
            !entry.at("expect").at("appraisal").at("verified").get<bool>()) {
            continue;
        }
        visit(entry, vectors::dcap_case(index, entry));
    }
}

TEST(FlippedQuote, is_refused_whichever_field_it_is) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    Flips flips;
    for_each_accepted(index, [&](const json& entry, const DcapCase& one) {
        const auto collateral = verified_collateral(one);
        ASSERT_OK(collateral);
        auto quote = one.quote;
        vectors::flip_quote(flips, "", entry.at("id"), quote, [&] {
            return !dcap::verify_quote(quote, collateral.value(), one.setting()).is_verified();
        });
    });
}

TEST(FlippedCollateral, is_refused_whichever_part_it_is) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    Flips flips;
    for_each_accepted(index, [&](const json& entry, const DcapCase& one) {
        const auto file = entry.at("files").at("collateral").get<std::string>();
        auto changed = one.collateral.value();
        const auto is_refused = [&] {
            return !dcap::verify_quote(one.quote, changed, one.setting()).is_verified();
        };
        const auto flip_document = [&](const std::string& what, dcap::SignedText& document) {
            auto& [text, signature, issuer_chain] = document;
            if (flips.is_new(what, text)) {
                flips.each(what, file, text, vectors::json_fields(text), is_refused);
                flips.each(what + " signature", file, signature.bytes, {{"r", 0, 32}, {"s", 32, 32}},
                           is_refused);
            }
            flips.each_certificate(what + " issuer chain", file, issuer_chain, 0, is_refused);
        };
        flip_document("TCB info", changed.tcb_info);
        flip_document("QE identity", changed.qe_identity);
        flips.each_certificate("PCK list issuer chain", file, changed.pck_crl_issuer_chain, 0, is_refused);
        const auto flip_list = [&](const char* what, Bytes& list) {
            list = parse_hex(text_of(list)).value();  // as DER it is as good
            ASSERT_FALSE(is_refused()) << file;
            if (flips.is_new(what, list)) {
                flips.each(what, file, list, vectors::der_fields(list), is_refused);
            }
        };
        flip_list("root list", changed.root_ca_crl);
        flip_list("PCK list", changed.pck_crl);
    });
}

// Quote bytes are no identity: these changes keep the verdict, and so nothing may be recognised by the hash
// of a whole quote.
TEST(FreeBytes, change_neither_the_verdict_nor_what_was_signed) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, free bytes"};
    for_each_accepted(index, [&](const json& entry, const DcapCase& one) {
        const auto id = entry.at("id").get<std::string>();
        const auto collateral = verified_collateral(one);
        ASSERT_OK(collateral);
        const auto before = dcap::verify_quote(one.quote, collateral.value(), one.setting());
        const auto quote = dcap::parse_quote(one.quote).value();
        const auto stays = [&](const Bytes& bytes) {
            const auto after = dcap::verify_quote(bytes, collateral.value(), one.setting());
            const auto parsed = dcap::parse_quote(bytes);
            return after.is_verified() && after.tcb->status == before.tcb->status && parsed &&
                   equal(parsed.value().signed_bytes, quote.signed_bytes);
        };
        auto longer = one.quote;
        longer.resize(longer.size() + 100);
        count.record("zeros behind", id, stays(longer));
        for (const auto& signature : {quote.signature, quote.qe_report_signature}) {
            auto changed = one.quote;
            const auto s = signature.last(32);
            std::ranges::copy(vectors::second_form(vectors::kOrderP256, s),
                              changed.begin() + (s.data() - one.quote.data()));
            EXPECT_NE(changed, one.quote);
            count.record("the other s", id, stays(changed));
        }
        longer.back() = 1;
        EXPECT_EQ(reason_of(dcap::parse_quote(longer).error()), Reason::kQuoteTrailingData) << id;
    });
}

}  // namespace
}  // namespace redoubt::attestation
