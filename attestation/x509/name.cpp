#include <attestation/x509/name.hpp>

#include <attestation/der/der_reader.hpp>

#include <array>

namespace redoubt::attestation::x509 {
namespace {

constexpr std::array<std::uint8_t, 3> kCommonNameOid{0x55, 0x04, 0x03};

struct Attribute {
    ByteView oid;
    der::Element value;
};

Result<Attribute> read_attribute(der::Reader& set) {
    BOOST_OUTCOME_TRY(auto pair, set.enter());
    Attribute out;
    BOOST_OUTCOME_TRY(out.oid, pair.take_oid());
    BOOST_OUTCOME_TRY(out.value, pair.next());
    BOOST_OUTCOME_TRY(pair.expect_end());
    return out;
}

bool is_text(std::uint8_t tag) {
    return tag == der::kUtf8String || tag == der::kPrintableString || tag == der::kIa5String;
}

bool is_same_attribute(const Attribute& a, const Attribute& b) {
    const bool is_same_type = a.value.tag == b.value.tag || (is_text(a.value.tag) && is_text(b.value.tag));
    return is_same_type && equal(a.oid, b.oid) && equal(a.value.content, b.value.content);
}

Result<bool> compare(ByteView a, ByteView b) {
    BOOST_OUTCOME_TRY(const auto whole_a, der::read_single(a, der::kSequence));
    BOOST_OUTCOME_TRY(const auto whole_b, der::read_single(b, der::kSequence));
    der::Reader parts_a{whole_a.content};
    der::Reader parts_b{whole_b.content};
    while (!parts_a.empty() && !parts_b.empty()) {
        BOOST_OUTCOME_TRY(auto set_a, parts_a.enter(der::kSet));
        BOOST_OUTCOME_TRY(auto set_b, parts_b.enter(der::kSet));
        while (!set_a.empty() && !set_b.empty()) {
            BOOST_OUTCOME_TRY(const auto attribute_a, read_attribute(set_a));
            BOOST_OUTCOME_TRY(const auto attribute_b, read_attribute(set_b));
            if (!is_same_attribute(attribute_a, attribute_b)) {
                return false;
            }
        }
        if (set_a.empty() != set_b.empty()) {
            return false;
        }
    }
    return parts_a.empty() && parts_b.empty();
}

Result<std::string_view> find_common_name(ByteView name) {
    BOOST_OUTCOME_TRY(const auto whole, der::read_single(name, der::kSequence));
    der::Reader parts{whole.content};
    std::optional<std::string_view> found;
    while (!parts.empty()) {
        BOOST_OUTCOME_TRY(auto set, parts.enter(der::kSet));
        while (!set.empty()) {
            BOOST_OUTCOME_TRY(const auto attribute, read_attribute(set));
            if (!equal(attribute.oid, kCommonNameOid)) {
                continue;
            }
            if (found || !is_text(attribute.value.tag)) {
                return Reason::kMalformed;
            }
            found = text_of(attribute.value.content);
        }
    }
    if (!found) {
        return Reason::kMalformed;
    }
    return *found;
}

}  // namespace

bool is_same_name(ByteView a, ByteView b) {
    const auto result = compare(a, b);
    return result.has_value() && result.value();
}

std::optional<std::string_view> common_name(ByteView name) {
    const auto found = find_common_name(name);
    return found ? std::optional{found.value()} : std::nullopt;
}

}  // namespace redoubt::attestation::x509
