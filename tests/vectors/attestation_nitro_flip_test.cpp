// Every accepted Nitro document, changed in one bit of any of its fields, is refused: of what is signed, of
// the certificates and of the signature no bit is free.
#include <gtest/gtest.h>

#include <attestation/nitro/document.hpp>
#include <primitives/hex.hpp>
#include <tests/vectors/attestation_nitro_support.hpp>

namespace redoubt::attestation {
namespace {

using tests::VectorCount;
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

/// A part of a payload, with the name of the member it belongs to.
struct Field {
    std::string name;
    ByteView bytes;
};

/// Every head and every string of a payload, keys included.
std::vector<Field> fields_of(ByteView payload) {
    std::vector<Field> out;
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
            out.push_back({member + " head", rest.first(head)});
            out.push_back({member, item.content});
            rest = rest.subspan(head + item.content.size());
            continue;
        }
        // A number is one head; a container's head is what stands before its first item.
        const bool is_container = item.kind == cbor::Kind::kMap || item.kind == cbor::Kind::kArray;
        const auto head =
            is_container ? std::size_t{1} + (item.number > 23 ? 1U : 0U) : cbor::measure(rest).value();
        out.push_back({member + " number", rest.first(head)});
        rest = rest.subspan(head);
    }
    return out;
}

/// Which byte of a field is changed: another one in each vector, the same in each run.
std::size_t chosen(std::size_t seed, std::size_t count) {
    return (seed * 2654435761U) % count;
}

TEST(FlippedNitroDocument, is_refused_whichever_field_it_is) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, one bit changed"};
    std::size_t seed = 0;
    for_each_accepted(index, [&](const std::string& id, NitroCase one) {
        ASSERT_TRUE(one.appraise().is_verified()) << id;
        const auto parsed = nitro::parse_document(one.document).value();
        auto fields = fields_of(parsed.sign1.payload);
        fields.push_back({"protected header", parsed.sign1.protected_header});
        fields.push_back({"r", parsed.sign1.signature.first(48)});
        fields.push_back({"s", parsed.sign1.signature.subspan(48)});
        for (const auto& field : fields) {
            ++seed;
            const auto start = static_cast<std::size_t>(field.bytes.data() - one.document.data());
            auto& byte = one.document.at(start + chosen(seed, field.bytes.size()));
            const auto before = byte;
            byte ^= static_cast<std::uint8_t>(1U << (seed % 8));
            count.record("Nitro fields", id + " " + field.name, !one.appraise().is_verified());
            byte = before;
        }
    });
}

TEST(FlippedNitroCertificate, is_refused_wherever_it_is_changed) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, one bit changed"};
    std::size_t seed = 0;
    constexpr std::size_t kStride = 24;
    for_each_accepted(index, [&](const std::string& id, NitroCase one) {
        const auto parsed = nitro::parse_document(one.document).value();
        auto certificates = parsed.bundle;
        certificates.push_back(parsed.certificate);
        for (const auto certificate : certificates) {
            const auto start = static_cast<std::size_t>(certificate.data() - one.document.data());
            for (std::size_t at = 0; at < certificate.size(); at += kStride) {
                ++seed;
                auto& byte =
                    one.document.at(start + at + chosen(seed, std::min(kStride, certificate.size() - at)));
                const auto before = byte;
                byte ^= static_cast<std::uint8_t>(1U << (seed % 8));
                count.record("Nitro certificates", id + " at " + std::to_string(start + at),
                             !one.appraise().is_verified());
                byte = before;
            }
        }
    });
}

/// n - s, big-endian, for the order n of P-384.
Bytes second_form(ByteView s) {
    auto out = parse_hex(
                   "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196ac"
                   "cc52973")
                   .value();
    int borrow = 0;
    for (std::size_t i = out.size(); i > 0; --i) {
        const int difference = out[i - 1] - s[i - 1] - borrow;
        borrow = difference < 0 ? 1 : 0;
        out[i - 1] = static_cast<std::uint8_t>(difference);
    }
    return out;
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
        std::ranges::copy(second_form(s), other_s.begin() + (s.data() - one.document.data()));
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
