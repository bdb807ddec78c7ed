// Every accepted Nitro document, changed in one bit of any of its fields, is refused: of what is signed, of
// the certificates and of the signature no bit is free.
#include <gtest/gtest.h>

#include <attestation/nitro/document.hpp>
#include <tests/vectors/attestation_flip_support.hpp>
#include <tests/vectors/attestation_nitro_support.hpp>

namespace redoubt::attestation {
namespace {

using tests::VectorCount;
using vectors::Field;
using vectors::Flips;
using vectors::Index;
using vectors::NitroCase;

/// Calls `visit` with each accepted Nitro case.
template <class Visit>
void for_each_accepted(const Index& index, Visit&& visit) {
    for (const auto& entry : index.entries()) {
        if (vectors::is_nitro(entry) && entry.at("expect").at("appraisal").at("verified").get<bool>()) {
            visit(entry.at("id").get<std::string>(), vectors::nitro_case(index, entry));
        }
    }
}

/// Every head and every string of a payload, keys included.
std::vector<Field> payload_fields(ByteView payload, std::size_t offset) {
    vectors::Layout out{offset};
    auto in = cbor::Reader::open(payload, cbor::Lengths::kDefiniteButOfMaps).value();
    auto rest = payload;
    std::string member = "map";
    while (!in.empty()) {
        const auto item = in.next().value();
        if (!item.content.empty()) {
            const auto head = static_cast<std::size_t>(item.content.data() - rest.data());
            if (item.kind == cbor::Kind::kText) {
                member = text_of(item.content);
            }
            out.add(member + " head", head).add(member, item.content.size());
            rest = rest.subspan(head + item.content.size());
            continue;
        }
        // A number is one head; a container's head is what stands before its first item.
        const bool is_container = item.kind == cbor::Kind::kMap || item.kind == cbor::Kind::kArray;
        const auto head =
            is_container ? std::size_t{1} + (item.number > 23 ? 1U : 0U) : cbor::measure(rest).value();
        out.add(member + " number", head);
        rest = rest.subspan(head);
    }
    out.add("break", rest.size());
    EXPECT_LE(rest.size(), 1U);
    EXPECT_EQ(out.end(), offset + payload.size());
    return out.fields();
}

/// The structure around a payload: what stands between its three strings are their heads and an empty map.
std::vector<Field> structure_fields(const cose::Sign1& sign1, const Bytes& document) {
    const auto at = [&](ByteView part) { return static_cast<std::size_t>(part.data() - document.data()); };
    const auto header_end = at(sign1.protected_header) + sign1.protected_header.size();
    const auto payload_end = at(sign1.payload) + sign1.payload.size();
    auto out = vectors::each_byte(at(sign1.payload) - header_end, header_end);
    const auto more = vectors::each_byte(at(sign1.signature) - payload_end, payload_end);
    out.insert(out.end(), more.begin(), more.end());
    const auto first = vectors::each_byte(at(sign1.protected_header));
    out.insert(out.end(), first.begin(), first.end());
    out.push_back({"protected header", at(sign1.protected_header), sign1.protected_header.size()});
    out.push_back({"r", at(sign1.signature), 48});
    out.push_back({"s", at(sign1.signature) + 48, 48});
    return out;
}

TEST(FlippedNitroDocument, is_refused_whichever_field_it_is) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    Flips flips;
    for_each_accepted(index, [&](const std::string& id, NitroCase one) {
        const auto is_refused = [&] { return !one.appraise().is_verified(); };
        ASSERT_FALSE(is_refused()) << id;
        const auto original = one.document;
        const auto parsed = nitro::parse_document(original).value();
        const auto at = [&](ByteView part) {
            return static_cast<std::size_t>(part.data() - original.data());
        };
        const auto& sign1 = parsed.sign1;
        flips.each("Nitro fields", id, one.document, payload_fields(sign1.payload, at(sign1.payload)),
                   is_refused);
        flips.each("Nitro structure", id, one.document, structure_fields(sign1, original), is_refused);
        auto certificates = parsed.bundle;
        certificates.push_back(parsed.certificate);
        for (const auto certificate : certificates) {
            if (flips.is_new("certificate", certificate)) {
                flips.each("Nitro certificates", id, one.document,
                           vectors::moved(vectors::der_fields(certificate), at(certificate)), is_refused);
            }
        }
    });
}

// What may differ without another verdict: the other s, the tag, and what the unprotected header says.
TEST(FreeNitroBytes, are_the_second_signature_the_tag_and_the_unprotected_header) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, free bytes"};
    for_each_accepted(index, [&](const std::string& id, const NitroCase& one) {
        const auto before = one.appraise();
        const auto stays = [&](const Bytes& document) {
            const auto after = nitro::verify_document(document, {.time = one.time, .roots = one.roots});
            return document != one.document && after.is_verified() &&
                   measurement(after.claims) == measurement(before.claims);
        };
        const auto parsed = nitro::parse_document(one.document).value();
        const auto s = parsed.sign1.signature.subspan(48);
        auto other_s = one.document;
        std::ranges::copy(vectors::second_form(vectors::kOrderP384, s),
                          other_s.begin() + (s.data() - one.document.data()));
        count.record("the other s of Nitro", id, stays(other_s));
        const Bytes tag{0xd2};
        count.record("the tag of Nitro", id, stays(concat(tag, one.document)));
        auto header = one.document;
        const auto empty_map =
            parsed.sign1.protected_header.data() + parsed.sign1.protected_header.size() - one.document.data();
        ASSERT_EQ(header.at(static_cast<std::size_t>(empty_map)), 0xa0);
        const Bytes content{0x04, 0x41, 0x01};  // 4: h'01'
        header.at(static_cast<std::size_t>(empty_map)) = 0xa1;
        header.insert(header.begin() + empty_map + 1, content.begin(), content.end());
        count.record("the unprotected header of Nitro", id, stays(header));
    });
}

}  // namespace
}  // namespace redoubt::attestation
