#include <attestation/x509/revocation_list.hpp>

#include <attestation/der/der_reader.hpp>
#include <attestation/digest.hpp>
#include <attestation/limits.hpp>
#include <attestation/x509/algorithm.hpp>
#include <attestation/x509/pem.hpp>
#include <attestation/x509/signed_body.hpp>
#include <primitives/hex.hpp>

#include <algorithm>
#include <array>

namespace redoubt::attestation::x509 {
namespace {

constexpr std::array<std::uint8_t, 3> kCrlNumberOid{0x55, 0x1d, 0x14};
constexpr std::array<std::uint8_t, 3> kAuthorityKeyOid{0x55, 0x1d, 0x23};
constexpr std::size_t kCrlNumberBytesMax = 21;

bool is_time(std::optional<std::uint8_t> tag) {
    return tag && (*tag == der::kUtcTime || *tag == der::kGeneralizedTime);
}

struct Entry {
    ByteView serial;
    std::optional<ByteView> extensions;
};

Result<Entry> read_entry(der::Reader& entries) {
    BOOST_OUTCOME_TRY(auto fields, entries.enter());
    Entry out;
    BOOST_OUTCOME_TRY(out.serial, fields.take_integer());
    BOOST_OUTCOME_TRY(read_time(fields));
    BOOST_OUTCOME_TRY(out.extensions, fields.take_if(der::kSequence));
    BOOST_OUTCOME_TRY(fields.expect_end());
    return out;
}

}  // namespace

Result<RevocationList> RevocationList::decode(Bytes bytes) {
    if (bytes.size() > kCrlBytesMax) {
        return Reason::kLimitExceeded;
    }
    RevocationList out;
    out.bytes_ = std::move(bytes);
    if (const auto decoded = out.decode_body(); !decoded) {
        return decoded.error() == make_error_code(Reason::kLimitExceeded) ? Reason::kLimitExceeded
                                                                          : Reason::kCrlMalformed;
    }
    return out;
}

Result<RevocationList> RevocationList::decode_any(ByteView input) {
    if (input.size() > 2 * kCrlBytesMax) {
        return Reason::kLimitExceeded;
    }
    // DER begins with the byte 30, its hexadecimal digits with "3".
    if (!input.empty() && input.front() == der::kSequence) {
        return decode(to_bytes(input));
    }
    if (!input.empty() && input.front() == '3') {
        auto unhexed = parse_hex(text_of(input));
        if (!unhexed) {
            return Reason::kCrlMalformed;
        }
        return decode(std::move(unhexed).value());
    }
    auto block = read_pem_block(text_of(input), "X509 CRL", kCrlBytesMax);
    if (!block) {
        return Reason::kCrlMalformed;
    }
    return decode(std::move(block).value());
}

Result<void> RevocationList::decode_body() {
    BOOST_OUTCOME_TRY(const auto document, read_signed_body(bytes_));
    body_ = document.signed_bytes;
    scheme_ = document.scheme;
    signature_ = document.signature;

    der::Reader fields{document.fields};
    BOOST_OUTCOME_TRY(const auto version, fields.take_unsigned(1));
    BOOST_OUTCOME_TRY(const auto inner_scheme, read_signature_scheme(fields));
    if (version != 1 || inner_scheme != scheme_) {
        return Reason::kCrlMalformed;
    }
    BOOST_OUTCOME_TRY(const auto issuer, fields.expect(der::kSequence));
    issuer_ = issuer.whole;
    BOOST_OUTCOME_TRY(validity_.not_before, read_time(fields));
    if (!is_time(fields.peek())) {
        return Reason::kCrlMalformed;  // without nextUpdate a list would never grow old
    }
    BOOST_OUTCOME_TRY(validity_.not_after, read_time(fields));
    BOOST_OUTCOME_TRY(const auto entries, fields.take_if(der::kSequence));
    entries_ = entries.value_or(ByteView{});
    BOOST_OUTCOME_TRY(auto extensions, fields.enter(der::context(0)));
    BOOST_OUTCOME_TRY(fields.expect_end());
    BOOST_OUTCOME_TRY(const auto list, extensions.expect(der::kSequence));
    BOOST_OUTCOME_TRY(extensions.expect_end());
    BOOST_OUTCOME_TRY(decode_extensions(list.content));
    return check_entries();
}

Result<void> RevocationList::check_entries() {
    der::Reader entries{entries_};
    while (!entries.empty()) {
        if (entry_count_ == kCrlEntriesMax) {
            return Reason::kLimitExceeded;
        }
        BOOST_OUTCOME_TRY(const auto entry, read_entry(entries));
        if (entry.extensions) {
            BOOST_OUTCOME_TRY(const auto extensions, read_extensions(*entry.extensions));
            // The one that may be critical says that the entry is another issuer's.
            if (std::ranges::any_of(extensions, &Extension::is_critical)) {
                return Reason::kCrlMalformed;
            }
        }
        ++entry_count_;
    }
    return success();
}

Result<void> RevocationList::decode_extensions(ByteView list) {
    BOOST_OUTCOME_TRY(const auto extensions, read_extensions(list));
    std::size_t key_identifiers = 0;
    for (const auto& extension : extensions) {
        if (extension.is_critical) {
            return Reason::kCrlMalformed;
        }
        key_identifiers += equal(extension.oid, kAuthorityKeyOid) ? 1U : 0U;
        if (equal(extension.oid, kCrlNumberOid)) {
            der::Reader value{extension.value};
            BOOST_OUTCOME_TRY(const auto number, value.take_integer());
            BOOST_OUTCOME_TRY(value.expect_end());
            if (!number_.empty() || number.size() > kCrlNumberBytesMax || (number[0] & 0x80U) != 0) {
                return Reason::kCrlMalformed;
            }
            number_ = number;
        }
    }
    if (number_.empty() || key_identifiers != 1) {
        return Reason::kCrlMalformed;
    }
    return success();
}

ListNumber RevocationList::list_number() const {
    return {.issuer_sha256 = sha2_256({issuer_}), .number = to_bytes(number_)};
}

bool RevocationList::is_signed_by(const PublicKey& issuer_key) const {
    return issuer_key.verify(scheme_, body_, signature_);
}

bool RevocationList::lists(ByteView serial) const {
    der::Reader entries{entries_};
    while (!entries.empty()) {
        const auto entry = read_entry(entries);
        REDOUBT_ASSERT(entry.has_value());  // decode has read each entry
        if (equal(entry.value().serial, serial)) {
            return true;
        }
    }
    return false;
}

}  // namespace redoubt::attestation::x509

namespace redoubt::attestation {

bool is_older_number(ByteView number, ByteView other) {
    const auto significant = [](ByteView bytes) {
        const auto first = std::ranges::find_if(bytes, [](std::uint8_t byte) { return byte != 0; });
        return bytes.subspan(static_cast<std::size_t>(first - bytes.begin()));
    };
    const auto mine = significant(number);
    const auto theirs = significant(other);
    return mine.size() != theirs.size() ? mine.size() < theirs.size()
                                        : std::ranges::lexicographical_compare(mine, theirs);
}

}  // namespace redoubt::attestation
