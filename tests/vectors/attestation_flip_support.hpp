/// Changing evidence in one bit of each of its fields: what the fields of DER, of JSON and of PEM are, and
/// the second form of an ECDSA signature.
#pragma once

#include <attestation/der/der_reader.hpp>
#include <attestation/x509/pem.hpp>
#include <primitives/hex.hpp>
#include <tests/vectors/attestation_support.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt::attestation::vectors {

/// A part of some bytes that means something of its own.
struct Field {
    std::string name;
    std::size_t offset = 0;
    std::size_t bytes = 0;
};

/// Names fields that follow each other.
class Layout {
  public:
    explicit Layout(std::size_t offset = 0) : at_(offset) {}
    Layout& add(std::string name, std::size_t bytes) {
        if (bytes > 0) {
            fields_.push_back({std::move(name), at_, bytes});
        }
        at_ += bytes;
        return *this;
    }
    [[nodiscard]] std::size_t end() const { return at_; }
    [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }

  private:
    std::size_t at_;
    std::vector<Field> fields_;
};

/// Every byte by itself.
inline std::vector<Field> each_byte(std::size_t count, std::size_t offset = 0) {
    std::vector<Field> out;
    for (std::size_t at = offset; at < offset + count; ++at) {
        out.push_back({std::to_string(at), at, 1});
    }
    return out;
}

/// The same fields further on.
inline std::vector<Field> moved(std::vector<Field> fields, std::size_t by) {
    for (auto& field : fields) {
        field.offset += by;
    }
    return fields;
}

/// Whether a string holds elements of its own: signatures, keys and extensions do.
inline bool holds_der(ByteView content) {
    if (content.empty() || (content[0] != der::kSequence && content[0] != der::kOctetString &&
                            content[0] != der::kBitString && content[0] != der::kInteger)) {
        return false;
    }
    der::Reader in{content};
    return in.next().has_value() && in.empty();
}

/// Adds the head and the content of each element, at all depths.
inline void add_der_fields(ByteView der, const std::string& path, Layout& out) {
    der::Reader in{der};
    for (std::size_t number = 0; !in.empty(); ++number) {
        const auto element = in.next();
        ASSERT_OK(element);
        const auto& [tag, content, whole] = element.value();
        const auto name = path + "." + std::to_string(number);
        out.add(name + " head", whole.size() - content.size());
        const bool is_constructed = (tag & 0x20U) != 0;
        const bool is_bits = tag == der::kBitString && !content.empty();
        const auto rest = content.subspan(is_bits ? 1 : 0);
        out.add(name + " unused bits", is_bits ? 1 : 0);
        if (is_constructed || ((is_bits || tag == der::kOctetString) && holds_der(rest))) {
            add_der_fields(rest, name, out);
        } else {
            out.add(name, rest.size());
        }
    }
}
inline std::vector<Field> der_fields(ByteView der) {
    Layout out;
    add_der_fields(der, "der", out);
    EXPECT_EQ(out.end(), der.size());
    return out.fields();
}

/// Each name and each value of JSON.
inline std::vector<Field> json_fields(std::string_view text) {
    std::vector<Field> out;
    constexpr std::string_view kStructure = "{}[]:, \t\r\n";
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto start = at;
        if (text[at] == '"') {
            for (++at; at < text.size() && text[at] != '"'; ++at) {
                at += text[at] == '\\' ? 1U : 0U;
            }
        } else if (kStructure.find(text[at]) == std::string_view::npos) {
            at = std::min(text.find_first_of(kStructure, at), text.size()) - 1;
        } else {
            continue;
        }
        out.push_back({std::to_string(start), start, std::min(at + 1, text.size()) - start});
    }
    return out;
}

/// A certificate in text.
struct PemBlock {
    Bytes der;
    std::vector<std::size_t> digits;  ///< where its digits of base64 are

    /// Writes the digits of one byte anew.
    template <class Text>
    void write(Text& text, std::size_t at) const {
        const auto group = at / 3;
        const auto bytes = ByteView{der}.subspan(group * 3, std::min<std::size_t>(3, der.size() - group * 3));
        const auto written = x509::encode_base64(bytes);
        for (std::size_t i = 0; i < written.size(); ++i) {
            text.at(digits.at(group * 4 + i)) = static_cast<typename Text::value_type>(written.at(i));
        }
    }
};

inline std::vector<PemBlock> pem_blocks(std::string_view text) {
    std::vector<PemBlock> out;
    constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
    for (auto at = text.find(kBegin); at != std::string_view::npos; at = text.find(kBegin, at)) {
        PemBlock block;
        std::string digits;
        for (at += kBegin.size(); at < text.size() && text[at] != '-'; ++at) {
            if (text[at] != '\n' && text[at] != '\r') {
                block.digits.push_back(at);
                digits.push_back(text[at]);
            }
        }
        block.der = x509::decode_base64(digits).value();
        out.push_back(std::move(block));
    }
    return out;
}

/// Changes one bit of each field and counts what is refused for it. Which bit of which byte differs from
/// field to field and is the same in each run.
class Flips {
  public:
    Flips() : count_("attestation, one bit changed") {}

    /// @param part  what the evidence in question holds; it is put right again
    template <class Part, class IsRefused>
    void each(const std::string& kind,
              const std::string& id,
              Part& part,
              const std::vector<Field>& fields,
              const IsRefused& is_refused) {
        for (const auto& field : fields) {
            auto& byte = part.at(field.offset + chosen(field.bytes));
            const auto before = byte;
            byte = static_cast<typename Part::value_type>(byte ^ bit());
            count_.record(kind, id + " " + field.name, is_refused());
            byte = before;
        }
    }

    /// The certificates of `text`, from `offset` on, that were not changed before.
    template <class Text, class IsRefused>
    void each_certificate(const std::string& kind,
                          const std::string& id,
                          Text& text,
                          std::size_t offset,
                          const IsRefused& is_refused) {
        const std::string whole(text.begin() + static_cast<std::ptrdiff_t>(offset), text.end());
        for (auto block : pem_blocks(whole)) {
            if (!is_new(kind, block.der)) {
                continue;
            }
            for (auto& digit : block.digits) {
                digit += offset;
            }
            for (const auto& field : der_fields(block.der)) {
                const auto at = field.offset + chosen(field.bytes);
                const auto before = block.der.at(at);
                block.der.at(at) ^= bit();
                block.write(text, at);
                count_.record(kind, id + " " + field.name, is_refused());
                block.der.at(at) = before;
                block.write(text, at);
            }
        }
    }

    /// Whether nothing of this kind with the same bytes was asked about before.
    template <class Part>
    bool is_new(const std::string& kind, const Part& part) {
        return seen_.emplace(kind, std::string(part.begin(), part.end())).second;
    }

  private:
    std::size_t chosen(std::size_t count) { return (++seed_ * 2654435761U) % count; }
    [[nodiscard]] std::uint8_t bit() const { return static_cast<std::uint8_t>(1U << (seed_ % 8)); }

    tests::VectorCount count_;
    std::size_t seed_ = 0;
    std::set<std::pair<std::string, std::string>> seen_;
};

inline constexpr std::string_view kOrderP256 =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
inline constexpr std::string_view kOrderP384 =
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973";

/// n - s for the order n of a curve: with it the signature is as good.
/// @param s  big-endian
inline Bytes second_form(std::string_view order, ByteView s) {
    auto out = parse_hex(order).value();
    int borrow = 0;
    for (std::size_t i = out.size(); i > 0; --i) {
        const int difference = out[i - 1] - s[i - 1] - borrow;
        borrow = difference < 0 ? 1 : 0;
        out[i - 1] = static_cast<std::uint8_t>(difference);
    }
    return out;
}

}  // namespace redoubt::attestation::vectors
