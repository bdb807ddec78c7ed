/// A strict reader of DER: definite and shortest lengths, tags of one byte, nothing left over. Values are
/// views of the input; nothing is allocated. Nothing recurses either: a value is entered where the code that
/// reads a format says so, so that its depth is the format's and needs no limit.
///
/// @source X.690 (DER), attestation.md section 19
#pragma once

#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <optional>

namespace redoubt::attestation::der {

inline constexpr std::uint8_t kBoolean = 0x01;
inline constexpr std::uint8_t kInteger = 0x02;
inline constexpr std::uint8_t kBitString = 0x03;
inline constexpr std::uint8_t kOctetString = 0x04;
inline constexpr std::uint8_t kNull = 0x05;
inline constexpr std::uint8_t kObjectIdentifier = 0x06;
inline constexpr std::uint8_t kEnumerated = 0x0a;
inline constexpr std::uint8_t kUtf8String = 0x0c;
inline constexpr std::uint8_t kPrintableString = 0x13;
inline constexpr std::uint8_t kIa5String = 0x16;
inline constexpr std::uint8_t kUtcTime = 0x17;
inline constexpr std::uint8_t kGeneralizedTime = 0x18;
inline constexpr std::uint8_t kSequence = 0x30;
inline constexpr std::uint8_t kSet = 0x31;
/// `[number]` of a constructed, context-specific tag.
[[nodiscard]] constexpr std::uint8_t context(std::uint8_t number) {
    return static_cast<std::uint8_t>(0xa0U | number);
}
/// `[number] IMPLICIT` of a primitive type.
[[nodiscard]] constexpr std::uint8_t context_primitive(std::uint8_t number) {
    return static_cast<std::uint8_t>(0x80U | number);
}

struct Element {
    std::uint8_t tag = 0;
    ByteView content;
    ByteView whole;  ///< with tag and length
};

/// All errors of this class are Reason::kMalformed.
class Reader {
  public:
    explicit Reader(ByteView input) noexcept : rest_(input) {}

    [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }
    /// The tag of the next element. @return nullopt at the end
    [[nodiscard]] std::optional<std::uint8_t> peek() const noexcept {
        return rest_.empty() ? std::nullopt : std::optional{rest_.front()};
    }
    [[nodiscard]] Result<Element> next();
    /// The next element, which has this tag.
    [[nodiscard]] Result<Element> expect(std::uint8_t tag);
    /// A reader of the content of the next element, which is a SEQUENCE.
    [[nodiscard]] Result<Reader> enter(std::uint8_t tag = kSequence);
    /// The content of the next element when it has this tag; nullopt, and nothing is read, otherwise.
    [[nodiscard]] Result<std::optional<ByteView>> take_if(std::uint8_t tag);
    [[nodiscard]] Result<void> expect_end() const;

    /// A BOOLEAN: 00 or ff.
    [[nodiscard]] Result<bool> take_boolean();
    /// An INTEGER (or a value of `tag` encoded as one) from 0 to `max`.
    [[nodiscard]] Result<std::uint64_t> take_unsigned(std::uint64_t max, std::uint8_t tag = kInteger);
    /// An INTEGER of any size as its shortest two's complement bytes.
    [[nodiscard]] Result<ByteView> take_integer();
    /// The content octets of an OBJECT IDENTIFIER.
    [[nodiscard]] Result<ByteView> take_oid();
    /// An OCTET STRING of exactly `size` bytes.
    [[nodiscard]] Result<ByteView> take_octets(std::size_t size);
    /// A BIT STRING of whole bytes.
    [[nodiscard]] Result<ByteView> take_bit_bytes();

  private:
    ByteView rest_;
};

/// The only element of `input`: nothing follows it.
[[nodiscard]] Result<Element> read_single(ByteView input, std::uint8_t tag);

}  // namespace redoubt::attestation::der
